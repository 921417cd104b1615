// What administrators do: accounts, invitations, the audit trail, the state of the instance.

import type { Http, Page } from "../lib/http.ts";
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

  audit(next?: number): Promise<Page<AuditEntry>> {
    return this.#http.page("/admin/audit", next === undefined ? {} : { next });
  }

  status(): Promise<Record<string, unknown>> {
    return this.#http.get("/admin/status");
  }
}
