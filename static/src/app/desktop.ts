// Ties the client to the desktop program around it: what the program shows of it, and what it tells.

import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Desktop, DesktopState, DesktopTold } from "../lib/desktop.ts";
import { sparingly } from "../lib/sparingly.ts";
import type { Account } from "../models/account.ts";
import type { Model } from "../models/model.ts";

const SAID_EVERY_MS = 500;
const SNOOZED_MINUTES = 60;
const FILE = /\/api\/v1\/files\/([0-9a-f-]{36})(?:$|[/?#])/;

const said = signal<string | null>(null);
/** What the program wants to be said: that the window crashed. */
export const notice: ReadonlySignal<string | null> = said;

export function dismissNotice(): void {
  said.value = null;
}

export function tieDesktop(model: Model, desktop: Desktop): void {
  const soon = sparingly(SAID_EVERY_MS);
  effect(() => {
    const state = stateOf(model);
    return soon(() => desktop.state(state));
  });
  effect(() => {
    if (model.session.state.value === "out") desktop.left();
  });
  desktop.hear((told) => void act(model, told));
  dragOut(desktop);
  void desktop.started().then(({ notice }) => (said.value = notice));
}

function stateOf({ account: { value: account }, words, organisation }: Model): DesktopState {
  return {
    unread: account?.chats.unread.value ?? 0,
    link: account?.link.state.value ?? "offline",
    locale: words.locale.value === "ru" ? "ru" : "en",
    person: account?.people.me.value.display_name ?? null,
    organisation: organisation.about.value.name,
  };
}

/** Whoever is signed in, once their data is open. */
function opened(model: Model): Promise<Account> {
  return new Promise((resolve) => {
    const end = model.account.subscribe((account) => {
      if (account === null) return;
      resolve(account);
      queueMicrotask(() => end());
    });
  });
}

async function act(model: Model, told: DesktopTold): Promise<void> {
  if (told.kind === "go") return void model.router.follow(told.place);
  if (told.kind === "wake") return model.account.peek()?.link.connectAnew();
  const account = await opened(model);
  const { chat_id, seq, task_id, direct } = told.notice;
  if (told.kind === "reply" && chat_id !== null) {
    // As the worker of a browser answers a push (`sw/push.ts`): a task's message gets a comment.
    const beside = task_id !== null ? { task_id } : direct ? {} : { reply_to: seq };
    const draft = account.drafts.of(chat_id).peek();
    account.writing.send(chat_id, told.text, beside);
    // What one was writing there is another message.
    if (draft !== "") account.drafts.set(chat_id, draft);
  }
  if ((told.kind === "reply" || told.kind === "read") && chat_id !== null) return account.writing.markRead(chat_id, seq);
  if (told.kind === "done" && task_id !== null) account.tasks.update(task_id, { status: "done" });
  // Without a connection the task is there all the same: nothing is lost.
  if (told.kind === "snooze" && task_id !== null) {
    await account.http.change("POST", `/tasks/${task_id}/snooze`, { minutes: SNOOZED_MINUTES }, told.key).catch(() => {});
  }
}

interface Held {
  id: string;
  name: string;
}

/** The stored file that an element stands for. */
function fileAt(target: EventTarget | null): Held | null {
  const element = target instanceof Element ? target.closest<HTMLAnchorElement>("a[href], img[src]") : null;
  const address = element?.getAttribute("href") ?? element?.getAttribute("src") ?? "";
  const id = FILE.exec(address)?.[1];
  if (element === null || id === undefined) return null;
  return { id, name: element.getAttribute("download") || element.getAttribute("alt") || id };
}

/** A click is no dragging: so long a press lasts before its file is fetched. */
const HELD_MS = 150;

/** A file goes out as a file, not as an address: it is fetched while somebody takes hold of it. */
function dragOut(desktop: Desktop): void {
  let held: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("pointerdown", ({ target, button }) => {
    clearTimeout(held);
    const file = button === 0 ? fileAt(target) : null;
    if (file !== null) held = setTimeout(() => desktop.fetch(file.id, file.name), HELD_MS);
  });
  for (const end of ["pointerup", "pointercancel"]) document.addEventListener(end, () => clearTimeout(held));
  document.addEventListener("dragstart", (event) => {
    const file = fileAt(event.target);
    if (file === null) return;
    event.preventDefault();
    desktop.drag(file.id, file.name);
  });
}
