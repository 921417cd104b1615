// A whole program over a fake Electron, with the answers that a server would give.

import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { TestContext } from "node:test";
import type { Machine } from "../main/electron.ts";
import type { Program } from "../main/program.ts";
import { begin } from "../main/start.ts";
import { type Fake, fake, FakeStore, type FakeWindow, stores, windows } from "./electron.ts";
import { ABOUT, answers, directory, machine } from "./machine.ts";

export const SERVER = "https://chat.example.org";
export const CLIENT_PAGE = "app://messenger/chats";
export const SHELL_PAGE = "app://shell/page.html";

export interface Scene {
  electron: Fake;
  program: Program;
  home: string;
  /** The window of the client, and what was told to its page. */
  window: () => FakeWindow;
  told: () => unknown[];
  say: (channel: string, message?: unknown) => void;
  ask: (channel: string, message?: unknown) => Promise<any>;
  /** A page of the shell, and what it asks. */
  page: () => FakeWindow;
  pageAsk: (channel: string, message?: unknown) => Promise<any>;
  store: (partition?: string) => FakeStore;
}

export interface Given extends Partial<Machine> {
  /** Known servers, by address. */
  servers?: string[];
  preferences?: object;
  preset?: object;
  paths?: Record<string, string>;
  before?: (electron: Fake) => void;
  answer?: FakeStore["answer"];
  extras?: Partial<Parameters<typeof begin>[2]>;
}

export const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate);
};

/** What goes to a disk takes as long as it takes. */
export async function until(holds: () => boolean): Promise<void> {
  for (let turn = 0; turn < 4_000; turn++) {
    if (holds()) return;
    await new Promise((later) => setTimeout(later, 5));
  }
  throw new Error("it never came");
}

export async function scene(t: TestContext, given: Given = {}): Promise<Scene> {
  const home = directory(t);
  const userData = join(home, "data");
  mkdirSync(userData, { recursive: true });
  const electron = fake({ userData, temp: join(home, "temp"), downloads: join(home, "downloads"), ...given.paths });
  const made = machine(t, given);
  const { servers = [SERVER] } = given;
  if (servers.length > 0) {
    const kept = { servers: servers.map((address, index) => ({ id: String(index + 1), address, about: ABOUT })), shown: "1", next: servers.length + 1 };
    writeFileSync(join(userData, "servers.json"), JSON.stringify(kept));
  }
  if (given.preferences !== undefined) writeFileSync(join(userData, "preferences.json"), JSON.stringify(given.preferences));
  if (given.preset !== undefined) writeFileSync(join(dirname(made.execPath), "messenger.json"), JSON.stringify(given.preset));
  const { fromPartition } = electron.session;
  const answer = given.answer ?? (async (url: string) => (url.endsWith("/api/v1/server") ? answers({ data: ABOUT }) : answers({}, 404)));
  electron.session.fromPartition = (partition) => {
    const store = fromPartition(partition);
    (stores.get(partition) as FakeStore).answer = answer;
    return store;
  };
  given.before?.(electron);
  const program = await (begin(electron, made, { updater: async () => Promise.reject(new Error("none")), every: () => {}, unexpected: () => {}, ...given.extras }) as Promise<Program>);
  await settle();
  const of = (kind: "client" | "page") => () => {
    const found = windows.filter((each) => !each.state.destroyed && String(each.options.webPreferences?.preload).endsWith(`${kind}.cjs`)).at(-1);
    if (found === undefined) throw new Error(`there is no ${kind} window`);
    return found;
  };
  const window = of("client");
  const page = of("page");
  return {
    electron,
    program,
    home,
    window,
    page,
    told: () => window().webContents.sent.map(([, told]) => told),
    say: (channel, message) => electron.ipc.send(window().webContents.id, CLIENT_PAGE, channel, ...(message === undefined ? [] : [message])),
    ask: (channel, message) => electron.ipc.invoke(window().webContents.id, CLIENT_PAGE, channel, ...(message === undefined ? [] : [message])),
    pageAsk: (channel, message) => electron.ipc.invoke(page().webContents.id, SHELL_PAGE, channel, ...(message === undefined ? [] : [message])),
    store: (partition = "persist:server-1") => stores.get(partition) as FakeStore,
  };
}

/** What stands in the menu of the program under a label. */
export function item(electron: Fake, label: string): any {
  const all: any[] = electron.notes.last("menu").template.flatMap((each: any) => each.submenu);
  const found = all.find((each) => each.label === label);
  if (found === undefined) throw new Error(`${label} is not in the menu`);
  return found;
}
