// `node package.ts`: builds and packs for this system, or for those named (`--win --linux --mac`).
// `--plan [DIR]` goes as far as it goes without Electron's program: the archive, what would be set in it,
// the MSI's project.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { build, Platform } from "electron-builder";
import { make } from "./build.ts";
import { configuration } from "./builder.ts";
import { explained, plan } from "./plan.ts";

const HERE = import.meta.dirname;
const given = process.argv.slice(2);

const USAGE = `bin/desktop [--win] [--linux] [--mac] [--into DIR]   installers, in desktop/release
bin/desktop --plan [DIR]                             what would be packed, without Electron`;
const PLATFORMS = { "--win": Platform.WINDOWS, "--linux": Platform.LINUX, "--mac": Platform.MAC };
const at = given.indexOf("--into");
const [, into = join(HERE, "release")] = at < 0 ? [] : given.splice(at, 2);
if (given[0] !== "--plan" && given.some((each) => !Object.hasOwn(PLATFORMS, each))) {
  console.error(USAGE);
  process.exit(2);
}
await make();
if (given[0] === "--plan") {
  const directory = given[1] ?? join(HERE, "release", "plan");
  console.log(JSON.stringify(await plan(directory), null, 2));
} else {
  const chosen = Object.entries(PLATFORMS).flatMap(([name, platform]) => (given.includes(name) ? [platform] : []));
  // Only what is ours: a folder that was named may have anything in it.
  if (at < 0) rmSync(into, { recursive: true, force: true });
  const targets = new Map((chosen.length > 0 ? chosen : [Platform.current()]).map((platform) => [...platform.createTarget()][0]!));
  try {
    const made = await build({ projectDir: HERE, targets, config: configuration(into), publish: "never" });
    for (const path of made) console.log(path);
  } catch (error) {
    console.error(explained(error));
    process.exit(1);
  }
}
