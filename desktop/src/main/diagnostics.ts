// Why it does not work: each step to the server, in the order in which they depend on one another, with
// what came of it and what to do about it.

import { connect as connectTcp } from "node:net";
import { connect as connectTls } from "node:tls";
import { statfs } from "node:fs/promises";
import type { Store } from "./electron.ts";
import { probe } from "./probe.ts";
import type { Vault } from "./vault.ts";
import type { Key, Words } from "./words.ts";

export type Step = "versions" | "address" | "dns" | "proxy" | "tcp" | "tls" | "http" | "websocket" | "clock" | "push" | "storage" | "secrets";
export type Result = "well" | "ill" | "skipped";

export interface Row {
  step: Step;
  result: Result;
  title: string;
  detail: string;
  hint: string;
}

export interface DiagnosticsParts {
  address: string;
  store: Store;
  notifications: boolean;
  vault: Vault;
  userData: string;
  versions: Record<string, string | undefined>;
  /** How the client's own connection stands. */
  link: string;
  words: Words;
  now: () => number;
  tcp?: (host: string, port: number) => Promise<string>;
  tls?: (host: string, port: number) => Promise<string>;
  socket?: (url: string) => Promise<string>;
}

const WITHIN_MS = 8_000;
const CLOCK_OFF_MS = 120_000;
const FREE_AT_LEAST = 200_000_000;
type Found = { result: Result; detail: string };

const well = (detail: string): Found => ({ result: "well", detail });
const ill = (detail: string): Found => ({ result: "ill", detail });
const skipped: Found = { result: "skipped", detail: "" };

export async function diagnose(parts: DiagnosticsParts): Promise<Row[]> {
  const { address, store, words, tcp = reachTcp, tls = reachTls, socket = reachSocket } = parts;
  const { hostname, port: given, protocol } = new URL(address);
  const host = hostname.replace(/^\[|\]$/g, "");
  const port = Number(given) || (protocol === "https:" ? 443 : 80);
  const found = new Map<Step, Found>();
  const step = async (name: Step, work: () => Promise<Found>): Promise<Found> => {
    const came = await work().catch((error: unknown) => ill(reasonOf(error)));
    found.set(name, came);
    return came;
  };
  const versions = Object.entries(parts.versions).map(([name, version]) => `${name} ${version ?? "?"}`);
  await step("versions", async () => well(versions.join(", ")));
  await step("address", async () => well(address));
  const route = await step("proxy", async () => well(await store.resolveProxy(address)));
  // Behind a proxy it is the proxy that looks names up and connects.
  const direct = /^(DIRECT)?$/.test(route.detail);
  const named = await step("dns", async () => (direct ? well((await store.resolveHost(host)).endpoints.map((each) => each.address).join(", ")) : skipped));
  const reached = await step("tcp", async () => (direct && named.result === "well" ? well(await tcp(host, port)) : skipped));
  await step("tls", async () => (direct && reached.result === "well" && protocol === "https:" ? well(await tls(host, port)) : skipped));
  let server: Date | null = null;
  await step("http", async () => {
    const seen: Store["fetch"] = async (...asked) => {
      const answer = await store.fetch(...asked);
      server = new Date(answer.headers.get("Date") ?? "");
      return answer;
    };
    const probed = await probe(seen, address);
    return "about" in probed ? well(`API ${probed.about.api_level}`) : ill(`${probed.problem} ${probed.detail}`);
  });
  await step("websocket", async () => {
    if (parts.link === "live") return well(parts.link);
    // Behind a proxy only the client's own says something.
    return direct ? well(await socket(`${address.replace(/^http/, "ws")}/api/v1/ws`)) : ill(parts.link);
  });
  await step("clock", async () => clock(server, parts.now()));
  await step("push", async () => (parts.notifications ? well("") : ill("")));
  await step("storage", async () => {
    const { bavail, bsize } = await statfs(parts.userData);
    const free = Math.round((bavail * bsize) / 1_000_000);
    return bavail * bsize < FREE_AT_LEAST ? ill(`${free} MB`) : well(`${free} MB`);
  });
  await step("secrets", async () => (parts.vault.lasts ? well("") : ill("")));
  return [...found].map(([name, { result, detail }]) => rowOf(name, result, detail, words));
}

function clock(server: Date | null, now: number): Found {
  const off = server === null || Number.isNaN(server.getTime()) ? null : now - server.getTime();
  if (off === null) return skipped;
  const said = `${Math.round(off / 1000)} s`;
  return Math.abs(off) > CLOCK_OFF_MS ? ill(said) : well(said);
}

function rowOf(step: Step, result: Result, detail: string, { t }: Words): Row {
  return { step, result, title: t(`desktop.step_${step}` as Key), detail, hint: result === "ill" ? t(`desktop.hint_${step}` as Key) : "" };
}

function reasonOf(error: unknown): string {
  const { code, message } = (error ?? {}) as { code?: string; message?: string };
  return (code ?? message ?? String(error)).slice(0, 200);
}

/** The rows as text, to be sent to somebody who can help. */
export function written(rows: readonly Row[]): string {
  return rows.map(({ step, result, detail }) => `${step.padEnd(10)} ${result.padEnd(8)} ${detail}`.trimEnd()).join("\n");
}

async function reachTcp(host: string, port: number): Promise<string> {
  const line = connectTcp({ host, port });
  return settled(line, "connect", () => `${line.remoteAddress ?? host}:${port}`);
}

async function reachTls(host: string, port: number): Promise<string> {
  // Only looked at: what may be trusted is Chromium's to say, at the next step.
  const line = connectTls({ host, port, servername: host, rejectUnauthorized: false });
  return settled(line, "secureConnect", () => {
    const { subject, valid_to } = line.getPeerCertificate();
    const name = Array.isArray(subject?.CN) ? subject.CN.join(", ") : (subject?.CN ?? "");
    return [line.getProtocol(), name, valid_to, line.authorized ? "" : String(line.authorizationError ?? "")].filter(Boolean).join(", ");
  });
}

function settled(line: ReturnType<typeof connectTcp>, event: string, say: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    line.setTimeout(WITHIN_MS, () => line.destroy(new Error("timeout")));
    line.on("error", reject);
    line.once(event, () => {
      resolve(say());
      line.destroy();
    });
  });
}

/** The server greets who has not signed in with nothing; that it takes the connection is enough. */
async function reachSocket(url: string): Promise<string> {
  const socket = new WebSocket(url, ["messenger.v1.json"]);
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<string>((resolve, reject) => {
      timer = setTimeout(() => reject(new Error("timeout")), WITHIN_MS);
      socket.onopen = () => resolve(socket.protocol);
      socket.onerror = () => reject(new Error("no connection"));
    });
  } finally {
    clearTimeout(timer);
    socket.close();
  }
}
