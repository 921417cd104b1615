// What would be packed, made as far as it goes without Electron's binary: the configuration checked by
// electron-builder's own schema, the ASAR archive with its integrity, and the fuses.

import { createHash } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as asar from "@electron/asar";
import { FuseV1Options } from "@electron/fuses";
import { configuration, versionOf } from "./builder.ts";
import { projectOf, withPreset } from "./msi.ts";

const HERE = import.meta.dirname;
const require = createRequire(import.meta.url);

/** electron-builder's own name of each fuse, and Electron's. */
const FUSES = {
  runAsNode: FuseV1Options.RunAsNode,
  enableCookieEncryption: FuseV1Options.EnableCookieEncryption,
  enableNodeOptionsEnvironmentVariable: FuseV1Options.EnableNodeOptionsEnvironmentVariable,
  enableNodeCliInspectArguments: FuseV1Options.EnableNodeCliInspectArguments,
  enableEmbeddedAsarIntegrityValidation: FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
  onlyLoadAppFromAsar: FuseV1Options.OnlyLoadAppFromAsar,
  loadBrowserProcessSpecificV8Snapshot: FuseV1Options.LoadBrowserProcessSpecificV8Snapshot,
  grantFileProtocolExtraPrivileges: FuseV1Options.GrantFileProtocolExtraPrivileges,
} as const;

export interface Plan {
  version: string;
  files: string[];
  /** Of the archive's header: what Electron compares before it loads a file. */
  integrity: { algorithm: string; hash: string };
  /** Electron's number of each fuse, and whether it is on. */
  fuses: Record<string, boolean>;
  targets: Record<string, string[]>;
}

/** Raises where electron-builder would not take the configuration. */
export async function validate(config: object): Promise<void> {
  const { validateConfiguration } = require("app-builder-lib/out/util/config/config.js") as {
    validateConfiguration: (config: object, log: object) => Promise<void>;
  };
  const { DebugLogger } = require("builder-util") as { DebugLogger: new (on: boolean) => object };
  await validateConfiguration(config, new DebugLogger(false));
}

const UNREACHABLE = `
Electron's program, or a tool that packs it, could not be had: its words are above. They are fetched once
from where Electron and electron-builder publish them. Behind a proxy set HTTPS_PROXY; with a mirror of
your own set ELECTRON_MIRROR and ELECTRON_BUILDER_BINARIES_MIRROR. \`bin/desktop --plan\` does without.`;
const FETCHING = /ENOTFOUND|ECONN|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|HTTPError|RequestError|status code \d|cannot resolve|fetch failed|certificate|download/i;

/** Why packing failed, for who reads it: mostly that something could not be fetched. */
export function explained(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  return FETCHING.test(said) ? `${said}\n${UNREACHABLE}` : said;
}

/** As the folder of a Windows build stands, without Electron's own files. */
function windowsFiles(directory: string, archive: string): string {
  const made = join(directory, "win-unpacked");
  mkdirSync(join(made, "resources"), { recursive: true });
  cpSync(archive, join(made, "resources", "app.asar"));
  writeFileSync(join(made, "Messenger.exe"), "");
  return made;
}

/** Pack `dist/` into `directory`; the archive is `app.asar` there, the MSI's project `project.wxs`. */
export async function plan(directory: string, dist = join(HERE, "dist")): Promise<Plan> {
  const config = configuration();
  await validate(config);
  mkdirSync(directory, { recursive: true });
  const staged = mkdtempSync(join(directory, "staged-"));
  cpSync(dist, join(staged, "dist"), { recursive: true, filter: (path) => !path.endsWith(".map") });
  const about = { name: "messenger-desktop", productName: "Messenger", version: versionOf(), main: "dist/main.cjs", type: "module" };
  writeFileSync(join(staged, "package.json"), JSON.stringify(about));
  const archive = join(directory, "app.asar");
  await asar.createPackage(staged, archive);
  rmSync(staged, { recursive: true });
  const { headerString } = asar.getRawHeader(archive);
  const fuses = Object.entries(FUSES).map(([name, number]) => [FuseV1Options[number], config.electronFuses?.[name as keyof typeof FUSES] === true]);
  const named = (targets: unknown): string[] => (targets as { target: string; arch: string[] }[]).flatMap(({ target, arch }) => arch.map((each) => `${target} ${each}`));
  writeFileSync(join(directory, "project.wxs"), withPreset(await projectOf(windowsFiles(directory, archive), config, versionOf())));
  return {
    version: about.version,
    files: asar.listPackage(archive, { isPack: false }),
    integrity: { algorithm: "SHA256", hash: createHash("sha256").update(headerString).digest("hex") },
    fuses: Object.fromEntries(fuses) as Record<string, boolean>,
    targets: { win: named(config.win?.target), linux: named(config.linux?.target), mac: named(config.mac?.target) },
  };
}
