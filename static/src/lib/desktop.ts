// The desktop client around this page, where there is one: what its preload puts into the page
// (desktop/src/preload/client.ts). In a browser there is none.

export interface DesktopNotice {
  tag: string;
  title: string;
  body: string;
  place: string;
  seq: number;
  silent: boolean;
  kind: "message" | "reminder" | "export";
  chat_id: number | null;
  task_id: number | null;
  direct: boolean;
}

export interface DesktopState {
  unread: number;
  link: "live" | "connecting" | "syncing" | "offline";
  locale: "ru" | "en";
  person: string | null;
  organisation: string;
}

/** What it tells the page. */
export type DesktopTold =
  | { kind: "go"; place: string }
  /** The machine has slept. */
  | { kind: "wake" }
  | { kind: "reply"; notice: DesktopNotice; text: string; key: string }
  | { kind: "read"; notice: DesktopNotice }
  | { kind: "done" | "snooze"; notice: DesktopNotice; key: string };

export interface Desktop {
  /** The server's origin, under which others open what is shared. */
  server: string;
  socket: string;
  started(): Promise<{ notice: string | null }>;
  state(state: DesktopState): void;
  notify(notice: DesktopNotice): void;
  withdraw(tag: string, seq: number): void;
  fetch(id: string, name: string): void;
  drag(id: string, name: string): void;
  left(): void;
  hear(listener: (told: DesktopTold) => void): void;
}

export const desktop = (globalThis as { messengerDesktop?: Desktop }).messengerDesktop;

/** Where a browser keeps that links go on to the program (`views/program/`). */
export const LINKS_THERE = "messenger.links-in-program";

/** This site's origin, as others open it. */
export const site = desktop?.server ?? globalThis.location?.origin;
