// What administrators do: accounts, invitations, the audit trail, the state of the instance.

import { BASE, type Http, type Page, read } from "../lib/http.ts";
import type {
  ListedAccount,
  AccountChange,
  AddedUser,
  AuditEntry,
  ChatFigures,
  Condition,
  DataState,
  DoctorReport,
  Hold,
  InviteLink,
  Job,
  JobRun,
  ListedInvite,
  MadeLink,
  ManyAccounts,
  ManyDone,
  Me,
  Member,
  Node,
  NewHold,
  NewInvite,
  NewUser,
  Organisation,
  OrganisationChange,
  RuntimeSetting,
  Session,
  Status,
  TablePerson,
} from "./types.ts";

/** Which accounts: all of what is given holds. */
export interface AccountChoice {
  query?: string;
  role?: "admin" | "user" | "guest";
  state?: "active" | "new" | "disabled";
}

/** Which records of the audit: all of what is given holds. Moments are ISO 8601. */
export interface AuditChoice {
  by?: number;
  action?: string;
  since?: string;
  until?: string;
}

const made = new WeakMap<Http, Admin>();

/** The same one for the same account: made when first asked for, which most never do. */
export function adminOf(http: Http): Admin {
  const held = made.get(http) ?? new Admin(http);
  made.set(http, held);
  return held;
}

export class Admin {
  readonly #http: Http;

  constructor(http: Http) {
    this.#http = http;
  }

  users(choice: AccountChoice = {}, next?: number): Promise<Page<ListedAccount>> {
    return this.#http.page("/admin/users", next === undefined ? { ...choice } : { ...choice, next });
  }

  /** All such accounts as a table (CSV). */
  usersTable(choice: AccountChoice): Promise<Blob> {
    return this.#table("/admin/users/csv", { ...choice });
  }

  /** What accounts a table of people would make; makes none. */
  checkTable(csv: string): Promise<TablePerson[]> {
    return this.#http.change("POST", "/admin/users/check", { csv });
  }

  changeMany(asked: ManyAccounts): Promise<ManyDone> {
    return this.#http.change("POST", "/admin/users/many", asked);
  }

  sessions(user_id: number): Promise<Session[]> {
    return this.#http.get(`/admin/users/${user_id}/sessions`);
  }

  /** One of a person's sessions, or all of them. */
  endSessions(user_id: number, session?: string): Promise<unknown> {
    const one = session === undefined ? "" : `/${session}`;
    return this.#http.change("DELETE", `/admin/users/${user_id}/sessions${one}`);
  }

  resetLink(user_id: number): Promise<MadeLink> {
    return this.#http.change("POST", `/admin/users/${user_id}/reset-link`);
  }

  addUser(asked: NewUser): Promise<AddedUser> {
    return this.#http.change("POST", "/admin/users", asked, crypto.randomUUID());
  }

  changeUser(id: number, changes: AccountChange): Promise<Me> {
    return this.#http.change("PATCH", `/admin/users/${id}`, changes, crypto.randomUUID());
  }

  erase(id: number, messages: "keep" | "remove"): Promise<Me> {
    return this.#http.change("POST", `/admin/users/${id}/erase`, { messages }, crypto.randomUUID());
  }

  removeAvatar(id: number): Promise<Me> {
    return this.#http.change("DELETE", `/admin/users/${id}/avatar`, undefined, crypto.randomUUID());
  }

  invite(asked: NewInvite = {}): Promise<InviteLink> {
    return this.#http.change("POST", "/admin/invites", asked, crypto.randomUUID());
  }

  /** Those that can be used still, or all. */
  invites(good: boolean, next?: string): Promise<Page<ListedInvite>> {
    return this.#http.page("/admin/invites", { ...(good && { good }), ...(next !== undefined && { next }) });
  }

  revokeInvite(id: string): Promise<unknown> {
    return this.#http.change("DELETE", `/admin/invites/${id}`);
  }

  organisation(): Promise<Organisation> {
    return this.#http.get("/admin/organisation");
  }

  setOrganisation(changes: OrganisationChange): Promise<Organisation> {
    return this.#http.change("PATCH", "/admin/organisation", changes);
  }

  settings(): Promise<RuntimeSetting[]> {
    return this.#http.get("/admin/settings");
  }

  /** By name what each is to be, as in the environment; null: the default. */
  changeSettings(settings: Record<string, string | null>): Promise<RuntimeSetting[]> {
    return this.#http.change("PATCH", "/admin/settings", { settings });
  }

  audit(choice: AuditChoice = {}, next?: number): Promise<Page<AuditEntry>> {
    return this.#http.page("/admin/audit", next === undefined ? { ...choice } : { ...choice, next });
  }

  /** All such records as a table (CSV). */
  auditTable(choice: AuditChoice): Promise<Blob> {
    return this.#table("/admin/audit/csv", { ...choice });
  }

  #table(path: string, choice: Record<string, unknown>): Promise<Blob> {
    const given = Object.entries(choice).map(([name, value]) => [name, String(value)]);
    return this.#http.withToken(async (token) => {
      const headers = { Authorization: `Bearer ${token}` };
      const answer = await fetch(`${BASE}${path}?${new URLSearchParams(given)}`, { headers });
      return answer.ok ? answer.blob() : read(answer);
    });
  }

  chats(choice: { query?: string; leaderless?: boolean }, next?: number): Promise<Page<ChatFigures>> {
    return this.#http.page("/admin/chats", next === undefined ? { ...choice } : { ...choice, next });
  }

  takeOver(chat_id: number): Promise<Member> {
    return this.#http.change("POST", `/admin/chats/${chat_id}/take-over`, undefined, crypto.randomUUID());
  }

  /** What is wrong with the installation, in a language; it takes some seconds. */
  doctor(locale: "ru" | "en"): Promise<DoctorReport> {
    return this.#http.get("/admin/doctor", { locale });
  }

  condition(): Promise<Condition> {
    return this.#http.get("/admin/condition");
  }

  /** All servers of this database; the one that answers comes first. */
  servers(): Promise<Node[]> {
    return this.#http.get("/admin/servers");
  }

  data(): Promise<DataState> {
    return this.#http.get("/admin/data");
  }

  holds(): Promise<Hold[]> {
    return this.#http.get("/admin/holds");
  }

  placeHold(asked: NewHold, key: string): Promise<Hold> {
    return this.#http.change("POST", "/admin/holds", asked, key);
  }

  liftHold(id: string): Promise<unknown> {
    return this.#http.change("DELETE", `/admin/holds/${id}`);
  }

  jobs(): Promise<Job[]> {
    return this.#http.get("/admin/jobs");
  }

  runs(name: string): Promise<Page<JobRun>> {
    return this.#http.page(`/admin/jobs/${encodeURIComponent(name)}/runs`, { limit: 200 });
  }

  runJob(name: string): Promise<Job> {
    return this.#http.change("POST", `/admin/jobs/${encodeURIComponent(name)}/run`, undefined, crypto.randomUUID());
  }

  status(): Promise<Status> {
    return this.#http.get("/admin/status");
  }
}
