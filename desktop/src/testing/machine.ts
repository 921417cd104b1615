// A machine for tests: folders that go with the test, and what a build leaves in `dist/`.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { Machine } from "../main/electron.ts";
import type { About } from "../main/probe.ts";

export function directory(t: TestContext): string {
  const made = mkdtempSync(join(tmpdir(), "messenger-desktop-"));
  t.after(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const LOCALES = join(import.meta.dirname, "../../../static/src/locales/desktop");

/** As `build.ts` leaves it, as small as can be. */
export function dist(t: TestContext): string {
  const made = directory(t);
  for (const folder of ["web/assets", "web/.vite", "pages", "locales", "icons"]) mkdirSync(join(made, folder), { recursive: true });
  const manifest = {
    "src/app/main.tsx": { file: "assets/main-1.js", css: ["assets/main-2.css"], imports: ["_core.js", "_core.js"] },
    "_core.js": { file: "assets/core-3.js", css: ["assets/main-2.css"] },
  };
  writeFileSync(join(made, "web/.vite/manifest.json"), JSON.stringify(manifest));
  for (const [name, text] of [["web/assets/main-1.js", "1"], ["web/icon.svg", "<svg/>"], ["web/sw.js", "self"], ["web/.hidden.js", "self"], ["pages/page.html", "<!doctype html>"], ["web/secret.exe", "MZ"]]) {
    writeFileSync(join(made, name as string), text as string);
  }
  for (const locale of ["ru", "en"]) writeFileSync(join(made, "locales", `${locale}.json`), readFileSync(join(LOCALES, `${locale}.json`)));
  return made;
}

export function machine(t: TestContext, given: Partial<Machine> = {}): Machine {
  return {
    argv: [],
    env: {},
    platform: "linux",
    execPath: join(directory(t), "messenger"),
    resources: "/nowhere",
    dist: given.dist ?? dist(t),
    now: () => Date.parse("2026-11-29T12:00:00Z"),
    run: async () => Promise.reject(new Error("no such program")),
    ...given,
  };
}

export const ABOUT: About = {
  product: "messenger",
  api_level: 1,
  settings: { organisation: { name: "Acme", accent: "green", locale: "en" }, default_locale: "en", registration: "invite" },
};

export const answers = (body: unknown, status = 200, headers: Record<string, string> = {}): Response => Response.json(body, { status, headers });
