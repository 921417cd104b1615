// Finding things: at once among what is local (Ctrl+K), and messages on the server.

import type { Http, Page } from "../lib/http.ts";
import type { Chats } from "./chats.ts";
import type { ChatEntry } from "./entries.ts";
import type { People } from "./people.ts";
import type { TaskView } from "./planned.ts";
import type { Tasks } from "./tasks.ts";
import type { Message, User } from "./types.ts";

export type Found =
  | { kind: "chat"; chat: ChatEntry }
  | { kind: "person"; user: User }
  | { kind: "task"; task: TaskView };

const EACH = 8;

export class Search {
  readonly #http: Http;
  readonly #chats: Chats;
  readonly #people: People;
  readonly #tasks: Tasks;

  constructor(http: Http, chats: Chats, people: People, tasks: Tasks) {
    this.#http = http;
    this.#chats = chats;
    this.#people = people;
    this.#tasks = tasks;
  }

  /** Chats, people and tasks whose names have what was typed; the last active first without. */
  everywhere(text: string): Found[] {
    const wanted = text.trim().toLocaleLowerCase();
    const chats = this.#chats.list.value.filter((chat) => has(chat.title, wanted));
    if (wanted === "") return chats.slice(0, EACH).map((chat) => ({ kind: "chat", chat }));
    const number = /^#?(\d+)$/.exec(wanted)?.[1];
    const tasks = this.#tasks.all.value.filter(
      (task) => has(task.title, wanted) || String(task.number) === number,
    );
    return [
      ...chats.slice(0, EACH).map((chat): Found => ({ kind: "chat", chat })),
      ...this.#people.find(wanted, EACH).map((user): Found => ({ kind: "person", user })),
      ...tasks.slice(0, EACH).map((task): Found => ({ kind: "task", task })),
    ];
  }

  /** Messages on the server. */
  messages(q: string, within: { chat_id?: number } = {}): Promise<Page<Message>> {
    return this.#http.page("/search", { q, ...within });
  }
}

function has(name: string, wanted: string): boolean {
  return name.toLocaleLowerCase().includes(wanted);
}
