// What administrators do: accounts, invitations, the audit trail, the state of the instance.

import type { Http, Page } from "../lib/http.ts";
import type {
  AccountChange,
  AddedUser,
  AuditEntry,
  DataState,
  InviteLink,
  Job,
  JobRun,
  ListedInvite,
  Me,
  NewInvite,
  NewUser,
  Organisation,
  OrganisationChange,
  Status,
} from "./types.ts";

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

  audit(next?: number): Promise<Page<AuditEntry>> {
    return this.#http.page("/admin/audit", next === undefined ? {} : { next });
  }

  data(): Promise<DataState> {
    return this.#http.get("/admin/data");
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
