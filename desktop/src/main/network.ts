// The way to a server: the system's proxy or another, with a login where it wants one; a certificate of
// one's own where the server wants that. What is not trusted is never let through, only explained.

import type { Certificate } from "electron";
import type { Modules, Store } from "./electron.ts";
import type { Log } from "./log.ts";

/** Take the system's proxy, or one that was chosen; what is open begins anew over it. */
export async function useProxy(store: Store, proxy: string | null): Promise<void> {
  // This machine itself is never behind one.
  await store.setProxy(proxy === null ? { mode: "system" } : { mode: "fixed_servers", proxyRules: proxy, proxyBypassRules: "<local>" });
  await store.closeAllConnections();
}

export interface Login {
  name: string;
  password: string;
}

/** Who closed the question is not asked again by the next attempt to connect. */
const NOT_AGAIN_MS = 10 * 60_000;

export interface AskingParts {
  app: Modules["app"];
  log: Log;
  now: () => number;
  /** Ask somebody; null: they will not say. */
  login: (host: string, realm: string, again: boolean) => Promise<Login | null>;
  certificate: (host: string, offered: string[]) => Promise<number | null>;
}

/**
 * Answer what a proxy and a server ask. A server's own login is no business of ours. The result asks
 * again where somebody closed the question before.
 */
export function answerNetwork({ app, log, now, login, certificate }: AskingParts): () => void {
  /** Once for all requests that run into the same question, and not again at once. */
  const asking = new Map<string, Promise<unknown>>();
  const closed = new Map<string, number>();
  const given = new Map<string, Login>();
  const once = <T>(what: string, ask: () => Promise<T | null>): Promise<T | null> => {
    if (now() < (closed.get(what) ?? 0)) return Promise.resolve(null);
    const asked = asking.get(what) ?? ask().catch(() => null).finally(() => asking.delete(what));
    asking.set(what, asked);
    return asked.then((said) => {
      if (said === null) closed.set(what, now() + NOT_AGAIN_MS);
      return said as T | null;
    });
  };

  app.on("login", (event, _contents, { firstAuthAttempt }, info, answer) => {
    event.preventDefault();
    if (!info.isProxy) return answer();
    const where = `${info.host}:${info.port}`;
    const known = given.get(where);
    // Each partition asks for itself: what another one was let through with is good for this one.
    if (known !== undefined && firstAuthAttempt) return answer(known.name, known.password);
    void once(where, () => login(where, info.realm, !firstAuthAttempt)).then((said) => {
      if (said === null) return answer();
      given.set(where, said);
      answer(said.name, said.password);
    });
  });

  app.on("select-client-certificate", (event, _contents, url, offered, answer) => {
    event.preventDefault();
    const host = new URL(url).host;
    if (offered.length === 0) return answer();
    const titles = offered.map(titleOf);
    // By what it is, not by its place: another request may list them in another order.
    void once(`${host} certificate`, async () => titles[(await certificate(host, titles)) ?? -1] ?? null).then((title) => {
      const chosen = offered.find((each) => titleOf(each) === title);
      answer(...((chosen === undefined ? [] : [chosen]) as [Certificate]));
    });
  });

  app.on("certificate-error", (event, _contents, url, error, _certificate, answer) => {
    event.preventDefault();
    log.warn("a certificate is not trusted", { host: hostOf(url), error });
    answer(false);
  });
  return () => closed.clear();
}

function titleOf({ subjectName, issuerName, validExpiry }: Certificate): string {
  return `${subjectName} · ${issuerName} · ${new Date(validExpiry * 1000).toISOString().slice(0, 10)}`;
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    return "";
  }
}

/** Tell when the machine is back: it slept, somebody unlocked it, or the network is another one. */
export function onWake(powerMonitor: Modules["powerMonitor"], wake: () => void): void {
  powerMonitor.on("resume", wake);
  powerMonitor.on("unlock-screen", wake);
}
