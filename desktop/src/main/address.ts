// A server's address as people type it, as a preset has it, and as links have it.

/** The client's own origin: one for all servers, in a partition of its own for each. */
export const SCHEME = "app";
export const CLIENT = "app://messenger";
export const SHELL = "app://shell";
/** Of links from outside: `messenger://chat/17/341`. */
export const LINK = "messenger";

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The origin that is meant; null where it is none that may be talked to: TLS everywhere but on this machine. */
export function addressOf(typed: string): string | null {
  const given = typed.trim();
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `${isLocal(given) ? "http" : "https"}://${given}`;
  let address: URL;
  try {
    address = new URL(whole);
  } catch {
    return null;
  }
  if (address.username !== "" || address.password !== "" || address.hostname === "") return null;
  if (address.protocol === "https:") return address.origin;
  return address.protocol === "http:" && LOOPBACK.test(address.hostname) ? address.origin : null;
}

function isLocal(given: string): boolean {
  return LOOPBACK.test(given.replace(/[:/](?![^[]*\]).*$/, ""));
}

/** Where the WebSocket of a server is, without a path. */
export function socketOrigin(address: string): string {
  return address.replace(/^http/, "ws");
}

const PLACES = /^\/(chat\/\d{1,16}(\/(\d{1,16}|media|documents|links|voice))?|board\/\d{1,16}|task\/\d{1,16}|people(\/\d{1,16})?|tasks|search|settings(\/[a-z]{1,20})?)?$/;

export interface Link {
  place: string;
  /** The server it is of, where it says so; else the one that is shown. */
  server: string | null;
}

/**
 * What a link from outside means: `messenger://chat/17/341`, or with the server it is of
 * `messenger://open?server=https://chat.example.org&place=/chat/17`. Null for what is no place.
 */
export function linkOf(given: string): Link | null {
  let address: URL;
  try {
    address = new URL(given);
  } catch {
    return null;
  }
  if (address.protocol !== `${LINK}:` || given.length > 2048) return null;
  if (address.host === "open") {
    const server = addressOf(address.searchParams.get("server") ?? "");
    // A place that is none is still a server to be shown.
    const place = placeOf(address.searchParams.get("place") ?? "/") ?? "/";
    return server === null ? null : { place, server };
  }
  const path = `${address.host === "" ? "" : `/${address.host}`}${address.pathname}`.replace(/(.)\/$/, "$1");
  const place = placeOf(path === "" ? "/" : path);
  return place === null ? null : { place, server: null };
}

function placeOf(given: string): string | null {
  return PLACES.test(given) ? given : null;
}

/** Whether it is meant as a link of ours, whatever it leads to. */
export function isLink(given: string): boolean {
  return given.toLowerCase().startsWith(`${LINK}:`);
}

/** The link among a program's arguments, if there is one. */
export function linkAmong(argv: readonly string[]): Link | null {
  return argv.map(linkOf).find((link) => link !== null) ?? null;
}

const OUTSIDE = new Set(["https:", "mailto:"]);

/** What may be handed to the system to open: nothing that starts a program or reads a file. */
export function mayOpenOutside(given: string): boolean {
  try {
    const address = new URL(given);
    const plain = address.username === "" && address.password === "";
    return OUTSIDE.has(address.protocol) && plain && given.length <= 4096 && !/[\p{C}\s]/u.test(given);
  } catch {
    return false;
  }
}
