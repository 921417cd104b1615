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

export interface AskingParts {
  app: Modules["app"];
  log: Log;
  /** Ask somebody; null: they will not say. */
  login: (host: string, realm: string, again: boolean) => Promise<Login | null>;
  certificate: (host: string, offered: string[]) => Promise<number | null>;
}

/** Answer what a proxy and a server ask. A server's own login is no business of ours. */
export function answerNetwork({ app, log, login, certificate }: AskingParts): void {
  /** Once for all requests that run into the same proxy. */
  const asking = new Map<string, Promise<Login | null>>();
  const given = new Map<string, Login>();
  const refused = new Map<string, number>();

  app.on("login", (event, _contents, _details, info, answer) => {
    event.preventDefault();
    if (!info.isProxy) return answer();
    const where = `${info.host}:${info.port}`;
    const tries = refused.get(where) ?? 0;
    const known = given.get(where);
    if (known !== undefined && tries === 0) {
      refused.set(where, 1);
      return answer(known.name, known.password);
    }
    const asked = asking.get(where) ?? login(where, info.realm, tries > 0).finally(() => asking.delete(where));
    asking.set(where, asked);
    asked.then(
      (said) => {
        if (said === null) return answer();
        given.set(where, said);
        refused.set(where, 0);
        answer(said.name, said.password);
      },
      () => answer(),
    );
  });

  app.on("select-client-certificate", (event, _contents, url, offered, answer) => {
    event.preventDefault();
    const host = new URL(url).host;
    if (offered.length === 0) return answer();
    certificate(host, offered.map(titleOf)).then(
      (index) => answer(...((index === null ? [] : [offered[index]]) as [Certificate])),
      () => answer(),
    );
  });

  app.on("certificate-error", (event, _contents, url, error, _certificate, answer) => {
    event.preventDefault();
    log.warn("a certificate is not trusted", { host: hostOf(url), error });
    answer(false);
  });
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
