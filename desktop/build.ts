// Makes `dist/`: the main process and the preloads, each in one file, the shell's pages, the words, the
// icons, and the client that `static/` was built into. What is packed is this folder and nothing else.

import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { build, type BuildOptions } from "rolldown";

const HERE = import.meta.dirname;
const WEB = join(HERE, "..", "static", "dist");
const LOCALES = join(HERE, "..", "static", "src", "locales", "desktop");

const common = { platform: "node", external: ["electron", /^node:/], logLevel: "warn" } as const satisfies BuildOptions;

/** Builds into `dist`; raises where the client was not built before. */
export async function make(dist = join(HERE, "dist")): Promise<void> {
  if (!existsSync(join(WEB, ".vite", "manifest.json"))) throw new Error("static/dist is not there: build the client first (npm run build in static/)");
  rmSync(dist, { recursive: true, force: true });
  mkdirSync(join(dist, "pages"), { recursive: true });
  const cjs = (input: string, file: string): BuildOptions => ({
    ...common,
    input: join(HERE, "src", input),
    output: { file: join(dist, file), format: "cjs", codeSplitting: false, minify: false },
  });
  await build([
    cjs("main.ts", "main.cjs"),
    // A sandboxed preload can require nothing but Electron.
    cjs("preload/client-entry.ts", "client.cjs"),
    cjs("preload/page-entry.ts", "page.cjs"),
    { input: join(HERE, "src", "pages", "page.ts"), platform: "browser", logLevel: "warn", output: { file: join(dist, "pages", "page.js"), format: "esm" } },
  ]);
  for (const name of ["page.html", "page.css"]) copyFileSync(join(HERE, "src", "pages", name), join(dist, "pages", name));
  cpSync(WEB, join(dist, "web"), { recursive: true });
  // The packed client is offline without one.
  for (const name of ["sw.js", "manifest.webmanifest"]) rmSync(join(dist, "web", name), { force: true });
  cpSync(join(HERE, "icons"), join(dist, "icons"), { recursive: true });
  mkdirSync(join(dist, "locales"));
  for (const locale of ["ru", "en"]) {
    const words: unknown = JSON.parse(readFileSync(join(LOCALES, `${locale}.json`), "utf8"));
    writeFileSync(join(dist, "locales", `${locale}.json`), JSON.stringify(words));
  }
}

if (import.meta.main) await make(process.argv[2]);
