// What administrators do: accounts, invitations, the audit trail, the state of the instance.

import { BASE, type Http, type Page, read } from "../lib/http.ts";
import type {
  AccountChange,
  AddedUser,
  AuditEntry,
  DataState,
  Hold,
  InviteLink,
  Job,
  JobRun,
  ListedInvite,
  Me,
  NewHold,
  NewInvite,
  NewUser,
  Organisation,
  OrganisationChange,
  Status,
} from "./types.ts";

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

  users(next?: number): Promise<Page<Me>> {
    return this.#http.page("/admin/users", next === undefined ? {} : { next });
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

  invites(next?: string): Promise<Page<ListedInvite>> {
    return this.#http.page("/admin/invites", next === undefined ? {} : { next });
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

  audit(choice: AuditChoice = {}, next?: number): Promise<Page<AuditEntry>> {
    return this.#http.page("/admin/audit", next === undefined ? { ...choice } : { ...choice, next });
  }

  /** All such records as a table (CSV). */
  auditTable(choice: AuditChoice): Promise<Blob> {
    const given = Object.entries(choice).map(([name, value]) => [name, String(value)]);
    return this.#http.withToken(async (token) => {
      const headers = { Authorization: `Bearer ${token}` };
      const answer = await fetch(`${BASE}/admin/audit/csv?${new URLSearchParams(given)}`, { headers });
      return answer.ok ? answer.blob() : read(answer);
    });
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
