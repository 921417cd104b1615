// What would be packed and set, as electron-builder itself reads it.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { configuration, electronVersion, versionOf } from "../builder.ts";
import { KEPT, withPreset } from "../msi.ts";
import { explained, plan, validate } from "../plan.ts";
import { directory, dist } from "../src/testing/machine.ts";

const HERE = join(import.meta.dirname, "..");

test("electron-builder takes the configuration, and would not take a misspelt one", async () => {
  await validate(configuration());
  await assert.rejects(validate({ ...configuration(), electronFuze: {} }), /unknown property 'electronFuze'/);
  await assert.rejects(validate({ ...configuration(), nsis: { oneClick: "no" } }), /nsis\.oneClick/);
});

test("what is packed is dist and nothing else; every fuse is set as it is to be", async (t) => {
  const into = directory(t);
  const made = await plan(into, dist(t));
  assert.match(readFileSync(join(into, "project.wxs"), "utf8"), /<ComponentRef Id="PresetServers"\/>/);
  const outside = made.files.map((file) => file.replaceAll("\\", "/")).filter((file) => !/^\/(dist(\/|$)|package\.json$)/.test(file));
  assert.deepEqual(outside, []);
  assert.ok(made.files.some((file) => file.endsWith("main-1.js")));
  assert.match(made.integrity.hash, /^[0-9a-f]{64}$/);
  assert.deepEqual(made.fuses, {
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    EnableNodeCliInspectArguments: false,
    EnableEmbeddedAsarIntegrityValidation: true,
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: false,
    GrantFileProtocolExtraPrivileges: false,
  });
  assert.deepEqual(made.targets, {
    win: ["nsis x64", "nsis arm64", "msi x64", "msi arm64"],
    linux: ["AppImage x64", "AppImage arm64", "deb x64", "deb arm64", "rpm x64", "rpm arm64"],
    mac: ["dmg x64", "dmg arm64", "zip x64", "zip arm64"],
  });
});

test("versions are the server's and the types'; what the configuration names is there", () => {
  const config = configuration();
  assert.equal(config.extraMetadata.version, versionOf());
  assert.match(versionOf(), /^\d+\.\d+\.\d+$/);
  const { version } = JSON.parse(readFileSync(join(HERE, "node_modules", "electron", "package.json"), "utf8")) as { version: string };
  assert.equal(electronVersion(), version);
  for (const name of [config.nsis?.include, config.mac?.entitlements as string]) assert.ok(existsSync(join(HERE, name ?? "none")), String(name));
  assert.ok(existsSync(join(HERE, "build", config.icon as string)));
  assert.equal(config.win?.verifyUpdateCodeSignature, true);
});

test("both installers for Windows leave what they are given under the names that the program reads", () => {
  const script = readFileSync(join(HERE, "build", "installer.nsh"), "utf8");
  const kept = [...script.matchAll(/!insertmacro keepOption "(\w+)" "(\w+)"/g)].map(([, option, name]) => [option, name]);
  assert.deepEqual(kept, [["SERVER", "Servers"], ["LOCKED", "Locked"], ["UPDATES", "Updates"], ["PROXY", "Proxy"], ["DICTIONARIES", "Dictionaries"]]);
  assert.deepEqual(KEPT.map(({ property, name }) => [property, name]), kept.filter(([option]) => option !== "UPDATES"));
  assert.equal(new Set(KEPT.map(({ guid }) => guid)).size, KEPT.length);
  const [, key] = /WriteRegStr SHELL_CONTEXT "([^"]+)"/.exec(script) ?? [];
  assert.equal(key, "Software\\Messenger");
  // An update takes the old version away first: what was preset stays.
  assert.match(script, /\$\{IfNot\} \$\{isUpdated\}\s+DeleteRegKey SHELL_CONTEXT "Software\\Messenger"/);
  assert.throws(() => withPreset("<Wix/>"), /another one now/);
});

test("who has no network is told what is missing, and who made a mistake is told that alone", () => {
  for (const said of ["connect ECONNREFUSED 127.0.0.1:9", "cannot resolve electron: status code 403", "getaddrinfo EAI_AGAIN mirror"]) {
    assert.match(explained(new Error(said)), /Electron's program, or a tool that packs it, could not be had.*--plan/s);
  }
  assert.equal(explained(new Error("icon.png is not square")), "icon.png is not square");
});

test("no registry is named in the lock file", () => {
  assert.doesNotMatch(readFileSync(join(HERE, "package-lock.json"), "utf8"), /"resolved"/);
});
