// The people of the organisation, as far as one may see them, and oneself.

import { computed, type ReadonlySignal, signal } from "@preact/signals-core";
import { ApiError, Unreachable } from "../lib/errors.ts";
import type { Http } from "../lib/http.ts";
import type { Change } from "./changes.ts";
import type { Outbox } from "./outbox.ts";
import { meWith } from "./overlays/chats.ts";
import type { Replica } from "./replica.ts";
import { RowStore } from "./row-store.ts";
import type { Me, User } from "./types.ts";

const COLOURS = 12;
const BATCH = 200;

export class People {
  readonly #replica: Replica;
  readonly #http: Http;
  readonly #users = new RowStore<User>();
  readonly #me;
  readonly #asked = new Set<number>();
  #wanted = new Set<number>();
  /** The current user, with changes that are on their way. */
  readonly me: ReadonlySignal<Me>;
  /** Everybody who is not disabled, by name. */
  readonly all: ReadonlySignal<User[]> = computed(() =>
    this.#users.all.value
      .filter((user) => user.disabled_at === null)
      .sort((one, other) => one.display_name.localeCompare(other.display_name)),
  );

  constructor(replica: Replica, http: Http, outbox: Outbox, me: Me) {
    this.#replica = replica;
    this.#http = http;
    this.#me = signal(me);
    this.me = computed(() => meWith(this.#me.value, outbox.items.value));
    replica.changes.hear((changes) => this.#hear(changes));
  }

  async load(): Promise<void> {
    const { database } = this.#replica;
    const users = await database.getAll("users");
    const me = await database.get("meta", "me");
    if (me?.name === "me") this.#me.value = me.value;
    this.#users.fill(users.map((user) => [user.id, user]));
  }

  /** Somebody; who is not known here is looked up. */
  of(id: number): ReadonlySignal<User | null> {
    if (this.#users.peek(id) === null) this.#want(id);
    return this.#users.of(id);
  }

  /** What somebody is called here; the @username is added where another person has the same name. */
  name(id: number): string {
    const user = this.of(id).value;
    return user === null ? "…" : this.nameOf(user);
  }

  /** The same of somebody one has. */
  nameOf(user: User): string {
    return this.isShared(user) ? `${user.display_name} (@${user.username})` : user.display_name;
  }

  /** Whether somebody else whom one may see has the same display name. */
  isShared(user: User): boolean {
    return this.#shared.value.has(alike(user.display_name));
  }

  byUsername(username: string): User | null {
    return this.#byUsername.value.get(username.toLowerCase()) ?? null;
  }

  /** People whose names begin with, or else contain, what was typed. */
  find(text: string, limit = 20): User[] {
    const wanted = folded(text.trim());
    const ranked = this.all.value.flatMap((user) => {
      const rank = rankOf(user, wanted);
      return rank === null ? [] : [{ user, rank }];
    });
    ranked.sort((one, other) => one.rank - other.rank);
    return ranked.slice(0, limit).map(({ user }) => user);
  }

  initials(user: User): string {
    const words = user.display_name.split(/\s+/).filter((word) => word !== "");
    const letters = [words[0], words.length > 1 ? words.at(-1) : undefined];
    return letters
      .map((word) => [...(word ?? "")][0] ?? "")
      .join("")
      .toUpperCase();
  }

  /** One of twelve, always the same for the same person. */
  colour(id: number): number {
    return id % COLOURS;
  }

  /** Names that more than one has; as one text, it is the same as long as they are. */
  readonly #sharedText = computed(() => {
    const names = this.#users.all.value.map((user) => alike(user.display_name));
    const once = new Set<string>();
    const again = names.filter((name) => once.size === once.add(name).size);
    return [...new Set(again)].sort().join("\n");
  });
  readonly #shared = computed(() => new Set(this.#sharedText.value.split("\n")));

  readonly #byUsername = computed(
    () => new Map(this.#users.all.value.map((user) => [user.username.toLowerCase(), user])),
  );

  #want(id: number): void {
    if (this.#asked.has(id) || id <= 0) return;
    this.#asked.add(id);
    if (this.#wanted.size === 0) queueMicrotask(() => void this.#lookUp());
    this.#wanted.add(id);
  }

  async #lookUp(): Promise<void> {
    const ids = [...this.#wanted].slice(0, BATCH);
    this.#wanted = new Set();
    try {
      const users = await this.#http.change<User[]>("POST", "/users/batch", { ids });
      await this.#replica.keep({ users });
    } catch (error) {
      if (!(error instanceof ApiError || error instanceof Unreachable)) throw error;
      for (const id of ids) this.#asked.delete(id);
    }
  }

  #hear(changes: Change[]): void {
    const users = changes.flatMap((change) => (change.kind === "user" ? [change.user] : []));
    if (users.length > 0) this.#users.change(users.map((user) => [user.id, user]));
    for (const change of changes) if (change.kind === "me") this.#me.value = change.me;
  }
}

/** A name as people tell it from others. */
function alike(name: string): string {
  return folded(name.normalize("NFKC").trim().replaceAll(/\s+/g, " "));
}

function folded(text: string): string {
  return text.toLocaleLowerCase().replaceAll("ё", "е");
}

function rankOf(user: User, wanted: string): number | null {
  const name = folded(user.display_name);
  if (name.startsWith(wanted) || user.username.startsWith(wanted)) return 0;
  if (name.split(/\s+/).some((word) => word.startsWith(wanted))) return 1;
  return name.includes(wanted) || user.username.includes(wanted) ? 2 : null;
}
