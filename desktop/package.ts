// `node package.ts`: builds and packs for this system, or for those named (`--win --linux --mac`).
// `--plan DIR` goes as far as it goes without Electron's binary: the archive, and what it would be set to.

import { rmSync } from "node:fs";
import { join } from "node:path";
import { build, Platform } from "electron-builder";
import { make } from "./build.ts";
import { configuration } from "./builder.ts";
import { plan } from "./plan.ts";

const HERE = import.meta.dirname;
const given = process.argv.slice(2);

await make();
if (given[0] === "--plan") {
  const directory = given[1] ?? join(HERE, "release", "plan");
  console.log(JSON.stringify(await plan(directory), null, 2));
} else {
  const platforms = { "--win": Platform.WINDOWS, "--linux": Platform.LINUX, "--mac": Platform.MAC };
  const chosen = Object.entries(platforms).flatMap(([name, platform]) => (given.includes(name) ? [platform] : []));
  rmSync(join(HERE, "release"), { recursive: true, force: true });
  const targets = new Map((chosen.length > 0 ? chosen : [Platform.current()]).map((platform) => [...platform.createTarget()][0]!));
  const made = await build({ projectDir: HERE, targets, config: configuration(), publish: "never" });
  for (const path of made) console.log(path);
}
