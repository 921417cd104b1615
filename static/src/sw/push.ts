// Pushes: what they say is shown, replaced and taken away; a click leads to the place, and an action
// does what it says, also while no page is open.

import { ask, forget } from "./asking.ts";
import { isPlace } from "./places.ts";
import { actionsOf, isMessage, isOver, isTold, type Kept, keptOf, type PushAction, type Told, toldBy } from "./told.ts";
import { wordsIn } from "./words.ts";

declare const self: ServiceWorkerGlobalScope;

/** As `views/common/notices.ts` has it: a page holds it while somebody looks at it. */
const LOOKED_AT = "messenger-looked-at";
const FACE_WITHIN_MS = 2_000;
const SNOOZED_MINUTES = 60;

interface Action {
  action: PushAction;
  title: string;
  type?: "text";
}

/** What browsers know beside the standard's first version. */
interface Shown extends NotificationOptions {
  renotify: boolean;
  actions: Action[];
}

export function watchPushes(): void {
  self.addEventListener("push", (event) => {
    event.waitUntil(take(toldBy(read(event.data), self.location.origin)));
  });
  self.addEventListener("notificationclick", (event) => {
    event.notification.close();
    const { action, notification } = event;
    const { reply } = event as { reply?: string | null };
    event.waitUntil(act(action, notification, reply ?? ""));
  });
  self.addEventListener("pushsubscriptionchange", (event) => {
    event.waitUntil(subscribeAnew(event as unknown as Changed));
  });
  self.addEventListener("message", (event) => {
    if (event.data === "signed out") event.waitUntil(clear());
  });
}

function read(data: PushMessageData | null): unknown {
  try {
    return data?.json();
  } catch {
    // No push of ours.
    return undefined;
  }
}

async function take(told: Told): Promise<void> {
  if (told.badge !== null) await showBadge(told.badge);
  if (told.gone) return withdraw(told);
  if (told.title === "") return;
  if (told.kind !== "test" && (await isLookedAt())) return;
  await alone(`messenger-${told.tag}`, () => show(told));
  if (told.kind === "test" && told.id !== null) await answerTest(told.id);
}

async function showBadge(count: number): Promise<void> {
  const { navigator } = self;
  // Not allowed before the client is installed.
  await (count > 0 ? navigator.setAppBadge?.(count) : navigator.clearAppBadge?.())?.catch(() => {});
}

async function withdraw(told: Told): Promise<void> {
  for (const shown of await self.registration.getNotifications({ tag: told.tag })) {
    if (isOver((shown.data ?? {}) as Kept, told)) shown.close();
  }
}

/** The client's own: the server has others. */
async function pages(): Promise<readonly WindowClient[]> {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  return windows.filter(({ url }) => isPlace(new URL(url).pathname));
}

/** Somebody looks at a page of ours: it shows what is new by itself. */
async function isLookedAt(): Promise<boolean> {
  const windows = await pages();
  if (windows.some(({ focused, visibilityState }) => focused && visibilityState === "visible")) return true;
  const held = (await self.navigator.locks?.query())?.held ?? [];
  return held.some(({ name }) => name === LOOKED_AT);
}

/** A tab that tells by itself does it under the same lock: one of them is heard. */
function alone(name: string, run: () => Promise<void>): Promise<void> {
  return self.navigator.locks?.request(name, run) ?? run();
}

async function show(told: Told): Promise<void> {
  const shown = await self.registration.getNotifications({ tag: told.tag });
  const before = shown.map(({ data }) => isTold((data ?? {}) as Kept, told));
  if (before.includes("later")) return;
  const heard = !told.silent && !before.includes("same");
  const data = keptOf(told, crypto.randomUUID());
  const options: Shown = {
    body: told.body,
    tag: told.tag,
    lang: told.lang,
    silent: !heard,
    renotify: heard,
    icon: (await face(told.face)) ?? "/icon-192.png",
    badge: "/badge-96.png",
    data,
    actions: await actions(data, told.lang),
  };
  await self.registration.showNotification(told.title, options);
}

/** Browsers show two at the most. */
async function actions(kept: Kept, lang: string): Promise<Action[]> {
  const word = await wordsIn(lang);
  return actionsOf(kept).map((action) => ({
    action,
    title: word(`push.${action}`),
    // Where there is no field in notifications it opens the chat.
    ...(action === "reply" ? { type: "text" as const } : {}),
  }));
}

/** As an address of data: what loads a notification's picture goes past our caches and cookies. */
async function face(address: string | null): Promise<string | null> {
  if (address === null) return null;
  try {
    const seen = await caches.match(address, { ignoreVary: true });
    const answer = seen ?? (await fetch(address, { signal: AbortSignal.timeout(FACE_WITHIN_MS) }));
    if (!answer.ok) return null;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    const binary = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    return `data:${answer.headers.get("Content-Type") ?? "image/webp"};base64,${btoa(binary)}`;
  } catch {
    return null;
  }
}

/** To the pages, which wait for it, and to the server: the person may look from another device. */
async function answerTest(id: string): Promise<void> {
  for (const page of await pages()) page.postMessage({ kind: "push.test", id });
  // Without a connection the server is not told.
  await ask("POST", "/push/received", { id }).catch(() => null);
}

async function act(action: string, notification: Notification, reply: string): Promise<void> {
  const kept = (notification.data ?? {}) as Kept;
  const text = reply.trim();
  if (action === "read" && isMessage(kept)) return markRead(kept);
  if (action === "reply" && isMessage(kept) && text !== "") return answer(notification, kept, text);
  if ((action === "done" || action === "snooze") && kept.task_id) return onTask(action, notification, kept);
  await open(kept.place ?? "/");
}

async function markRead({ chat_id, seq }: Kept): Promise<void> {
  // What could not be marked is still unread in the client: nothing is lost.
  await ask("POST", `/chats/${chat_id}/read`, { read_seq: seq }).catch(() => null);
}

async function onTask(action: "done" | "snooze", notification: Notification, kept: Kept): Promise<void> {
  const { task_id, key, place } = kept;
  const done =
    action === "done"
      ? ask("PATCH", `/tasks/${task_id}`, { status: "done" }, key)
      : ask("POST", `/tasks/${task_id}/snooze`, { minutes: SNOOZED_MINUTES }, key);
  if ((await done.catch(() => null)) !== null) return;
  // It stays to be done: a click leads to the task.
  const word = await wordsIn(notification.lang);
  await self.registration.showNotification(word("push.not_done"), {
    body: notification.body,
    tag: `undone-${task_id}`,
    lang: notification.lang,
    icon: "/icon-192.png",
    data: { place },
  });
}

async function answer(notification: Notification, kept: Kept, text: string): Promise<void> {
  const { chat_id, seq, task_id, direct, key } = kept;
  const body = {
    client_message_id: key,
    text,
    reply_to: direct || task_id ? null : seq,
    task_id: task_id ?? null,
  };
  const sent = await ask("POST", `/chats/${chat_id}/messages`, body).catch(() => null);
  if (sent !== null) return markRead(kept);
  // The words must not be lost: they stay to be seen, and a click leads to the chat.
  const word = await wordsIn(notification.lang);
  await self.registration.showNotification(word("push.not_sent"), {
    body: text,
    tag: `unsent-${key}`,
    lang: notification.lang,
    icon: "/icon-192.png",
    data: { place: kept.place },
  });
}

/** Bring the client to the front, at a place. */
async function open(place: string): Promise<void> {
  const windows = await pages();
  const found = windows.find(({ visibilityState }) => visibilityState === "visible") ?? windows[0];
  if (found === undefined) return void (await self.clients.openWindow(place));
  found.postMessage({ kind: "go", place });
  // Where a browser does not let it come to the front, it is there all the same.
  await found.focus().catch(() => {});
}

interface Changed {
  oldSubscription?: PushSubscription | null;
  newSubscription?: PushSubscription | null;
}

/** The browser ended a subscription: another one follows it, for whoever is signed in. */
async function subscribeAnew({ oldSubscription, newSubscription }: Changed): Promise<void> {
  const key = (await ask<{ key: string }>("GET", "/push/key"))?.key;
  // Nobody is signed in: the page asks them again.
  if (key === undefined) return;
  const options = { userVisibleOnly: true, applicationServerKey: key };
  const found = newSubscription ?? (await self.registration.pushManager.subscribe(options));
  const { endpoint, keys } = found.toJSON();
  await ask("POST", "/push/subscriptions", { endpoint, keys, key, replaces: oldSubscription?.endpoint ?? null });
}

/** Nothing of who was here is left on the screen. Their badge the page takes away: a worker that asks for it
    is killed with all pages in a Chromium that has no part for badges. */
async function clear(): Promise<void> {
  forget();
  for (const shown of await self.registration.getNotifications()) shown.close();
}
