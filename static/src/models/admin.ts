// What administrators do: accounts, invitations, the audit trail, the state of the instance.

import type { Http, Page } from "../lib/http.ts";
import type { OrganisationSettings } from "./organisation.ts";
import type { Me, Role, User } from "./types.ts";

export interface NewUser {
  username: string;
  display_name?: string;
  email?: string;
  role?: Role;
  password?: string;
}

export interface AddedUser {
  user: User;
  /** The one that was made, when none was given. */
  password: string | null;
}

export interface Invite {
  id: string;
  role: Role;
  uses: number;
  code: string;
  url: string;
  expires_at: string;
}

/** An invitation in the list: its link is there while it is good. */
export interface ListedInvite extends Omit<Invite, "code" | "url"> {
  created_by: number | null;
  created_at: string;
  uses_left: number;
  revoked_at: string | null;
  good: boolean;
  user_ids: number[];
  url: string | null;
}

export interface AuditEntry {
  id: number;
  at: string;
  [detail: string]: unknown;
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

  changeUser(
    id: number,
    changes: { display_name?: string; email?: string | null; role?: Role; disabled?: boolean },
  ): Promise<Me> {
    return this.#http.change("PATCH", `/admin/users/${id}`, changes, crypto.randomUUID());
  }

  invite(asked: { role?: Role; uses?: number; days?: number } = {}): Promise<Invite> {
    return this.#http.change("POST", "/admin/invites", asked, crypto.randomUUID());
  }

  invites(next?: string): Promise<Page<ListedInvite>> {
    return this.#http.page("/admin/invites", next === undefined ? {} : { next });
  }

  revokeInvite(id: string): Promise<unknown> {
    return this.#http.change("DELETE", `/admin/invites/${id}`);
  }

  organisation(): Promise<OrganisationSettings> {
    return this.#http.get("/admin/organisation");
  }

  setOrganisation(changes: Partial<OrganisationSettings>): Promise<OrganisationSettings> {
    return this.#http.change("PATCH", "/admin/organisation", changes);
  }

  audit(next?: number): Promise<Page<AuditEntry>> {
    return this.#http.page("/admin/audit", next === undefined ? {} : { next });
  }

  status(): Promise<Record<string, unknown>> {
    return this.#http.get("/admin/status");
  }
}
