// What a browser has for web push: the permission, one subscription, and what keeps it from having any.
// Not in the first load.

import { desktop } from "./desktop.ts";

export type Lack = "desktop" | "insecure" | "home_screen" | "unsupported";

/** As `PushSubscription.toJSON()` has it, with the server's key it was made with (null: not said). */
export interface Subscribed {
  endpoint: string;
  keys: { p256dh: string; auth: string };
  key: string | null;
}

/** The browser has no push service, or it does not answer. */
export class NoService extends Error {
  constructor(cause?: unknown) {
    super("The browser's push service did not subscribe this device.", { cause });
    this.name = "NoService";
  }
}

export interface PushDevice {
  lack(): Lack | null;
  permission(): NotificationPermission;
  /** To be called in a click, before anything is waited for. */
  ask(): Promise<NotificationPermission>;
  subscription(): Promise<Subscribed | null>;
  /** Raises NoService. */
  subscribe(key: string): Promise<Subscribed>;
  unsubscribe(): Promise<void>;
  /** Call it with each test that the service worker says it got; the result ends that. */
  onTest(heard: (id: string) => void): () => void;
  /** Call it when the permission was changed elsewhere. */
  onPermission(changed: () => void): void;
}

/** Some browsers settle neither way, where their service cannot be reached. */
const SUBSCRIBED_WITHIN_MS = 15_000;

export const browserPush: PushDevice = {
  lack,
  permission: () => Notification.permission,
  ask: () => Notification.requestPermission(),
  subscription: async () => saidBy((await manager())?.getSubscription()),
  subscribe: (key) => inTime(subscribe(key)),
  unsubscribe: async () => void (await (await (await manager())?.getSubscription())?.unsubscribe()),
  onTest(heard) {
    const { serviceWorker } = navigator;
    const hear = (event: MessageEvent): void => {
      const told = event.data as { kind?: string; id?: string };
      if (told.kind === "push.test" && told.id !== undefined) heard(told.id);
    };
    serviceWorker?.addEventListener("message", hear);
    return () => serviceWorker?.removeEventListener("message", hear);
  },
  onPermission(changed) {
    // Not known under this name everywhere.
    void navigator.permissions?.query({ name: "notifications" }).then(
      (status) => status.addEventListener("change", changed),
      () => {},
    );
  },
};

function lack(): Lack | null {
  // It is told over its connection, which lives as long as the program.
  if (desktop) return "desktop";
  if (!isSecureContext) return "insecure";
  if ("serviceWorker" in navigator && "PushManager" in window && "Notification" in window) return null;
  return isApple(navigator) ? "home_screen" : "unsupported";
}

/** An iPhone or an iPad, which says that it is a Mac: there push is for what is on the Home Screen. */
export function isApple({ userAgent, maxTouchPoints }: { userAgent: string; maxTouchPoints: number }): boolean {
  return /iPhone|iPad/.test(userAgent) || (/Macintosh/.test(userAgent) && maxTouchPoints > 1);
}

export type Browser = "android" | "edge" | "firefox" | "ios" | "safari" | "chrome";

/** Where one finds what a site may do. */
export function browserOf(agent: { userAgent: string; maxTouchPoints: number }): Browser {
  const { userAgent } = agent;
  if (isApple(agent)) return "ios";
  if (/Firefox\//.test(userAgent)) return "firefox";
  if (/Android/.test(userAgent)) return "android";
  if (/Edg\//.test(userAgent)) return "edge";
  return /Chrome\//.test(userAgent) ? "chrome" : /Safari\//.test(userAgent) ? "safari" : "chrome";
}

async function manager(): Promise<PushManager | null> {
  const { serviceWorker } = navigator;
  if (serviceWorker === undefined) return null;
  return (await serviceWorker.getRegistration())?.pushManager ?? null;
}

async function subscribe(applicationServerKey: string): Promise<Subscribed> {
  const registration = await navigator.serviceWorker.ready;
  const { pushManager } = registration;
  const old = await pushManager.getSubscription();
  // Another key of the server's is refused as long as there is one.
  if (old !== null && keyOf(old) !== applicationServerKey) await old.unsubscribe();
  const made = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  return said(made);
}

async function inTime(work: Promise<Subscribed>): Promise<Subscribed> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new NoService()), SUBSCRIBED_WITHIN_MS);
  try {
    return await Promise.race([work, late.promise]);
  } catch (error) {
    throw error instanceof NoService ? error : new NoService(error);
  } finally {
    clearTimeout(timer);
  }
}

async function saidBy(found: Promise<PushSubscription | null> | undefined): Promise<Subscribed | null> {
  const subscription = await found;
  return subscription ? said(subscription) : null;
}

function said(subscription: PushSubscription): Subscribed {
  const { endpoint, keys = {} } = subscription.toJSON();
  const { p256dh = "", auth = "" } = keys;
  return { endpoint: endpoint ?? subscription.endpoint, keys: { p256dh, auth }, key: keyOf(subscription) };
}

function keyOf({ options }: PushSubscription): string | null {
  const key = options?.applicationServerKey;
  if (!key) return null;
  const binary = String.fromCharCode(...new Uint8Array(key));
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
