// The worker that searches what is held on this device. It ends with the tab, or when its account is closed.

import { openDB } from "idb";
import { indexOf, nameOf, type Schema } from "../database.ts";
import type { Message } from "../types.ts";
import { Finding } from "./finding.ts";
import type { LocalFound, Wanted } from "./hits.ts";
import { Shelf } from "./shelf.ts";
import { Units } from "./units.ts";

export type Asked =
  | { do: "open"; user_id: number }
  | { do: "find"; id: number; wanted: Wanted; limit: number }
  | { do: "note"; messages: Message[] }
  | { do: "anew"; chat_id: number | null };

/** `id` of a question; without one: more is known now than when it was answered. */
export type Told = { id: number; found: LocalFound | null } | { read: true };

interface Scope {
  onmessage: ((event: { data: Asked }) => void) | null;
  postMessage(told: Told): void;
}

const scope = globalThis as unknown as Scope;
let opened: Promise<{ finding: Finding; units: Units }> | null = null;

async function open(user_id: number): Promise<{ finding: Finding; units: Units }> {
  // Whatever version the page has made of it.
  const database = await openDB<Schema>(nameOf(user_id), undefined, {
    blocking: (_current, _blocked, event) => (event.target as unknown as IDBDatabase).close(),
  });
  const units = new Units(database, await Shelf.open(indexOf(user_id)));
  return { finding: new Finding(database, units), units };
}

async function answer(asked: Asked): Promise<void> {
  if (asked.do === "open") opened = open(asked.user_id);
  if (opened === null) return;
  const { finding, units } = await opened;
  switch (asked.do) {
    case "open":
      return read(units);
    case "find": {
      const found = await finding.find(asked.wanted, asked.limit).catch(() => null);
      return scope.postMessage({ id: asked.id, found });
    }
    case "note":
      return units.note(asked.messages);
    case "anew":
      return asked.chat_id === null ? read(units) : units.forget(asked.chat_id);
  }
}

async function read(units: Units): Promise<void> {
  await units.refresh();
  scope.postMessage({ read: true });
}

scope.onmessage = ({ data }) => {
  // The local data was wiped, or the disk fails: the server's answers are enough.
  answer(data).catch((error: unknown) => console.warn(error));
};
