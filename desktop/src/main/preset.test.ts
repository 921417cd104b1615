// What an administrator has set, from each of the places it may stand.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test, type TestContext } from "node:test";
import { fake } from "../testing/electron.ts";
import { machine } from "../testing/machine.ts";
import { preset } from "./preset.ts";

const NONE = { servers: [], locked: false, updates: null, proxy: null, dictionaries: null };
const windows = (t: TestContext, keys: Record<string, string>, argv: string[] = []) =>
  machine(t, {
    platform: "win32",
    argv,
    env: { SystemRoot: "/win" },
    run: async (program, verb, key = "") => {
      assert.deepEqual([program, verb], [join("/win", "System32", "reg.exe"), "query"]);
      if (keys[key] === undefined) throw new Error("ERROR: The system was unable to find the specified registry key or value.");
      return `\r\n${key}\r\n${keys[key]}\r\n`;
    },
  });
const POLICY = "HKLM\\Software\\Policies\\Messenger";

test("a policy goes before the file, the file before the installer's arguments, these before the program's", async (t) => {
  const { systemPreferences } = fake({});
  const values = "    Servers    REG_SZ    https://a.example; b.example\r\n    Locked    REG_DWORD    0x1\r\n    Updates    REG_SZ    https://a.example/downloads\r\n    Dictionaries    REG_SZ    https://a.example/downloads";
  const file = { servers: ["b.example", "http://evil.example", 5], locked: "yes", updates: "file:///x", proxy: "p:1", dictionaries: "http://evil.example" };
  const all = windows(t, { [POLICY]: values, "HKLM\\Software\\Messenger": "    Servers    REG_SZ    c.example" }, ["--server=d.example"]);
  writeFileSync(join(dirname(all.execPath), "messenger.json"), JSON.stringify(file));
  const said = { servers: ["https://a.example", "https://b.example"], locked: true, updates: "https://a.example/downloads", proxy: null, dictionaries: "https://a.example/downloads/" };
  assert.deepEqual(await preset(all, systemPreferences), said);
  const beside = windows(t, { "HKLM\\Software\\Messenger": "    Servers    REG_SZ    c.example" }, ["--server=d.example"]);
  writeFileSync(join(dirname(beside.execPath), "messenger.json"), JSON.stringify(file));
  assert.deepEqual(await preset(beside, systemPreferences), { ...NONE, servers: ["https://b.example"], proxy: "p:1" });
  const installed = { "HKLM\\Software\\Messenger": "    Servers    REG_SZ    c.example", "HKCU\\Software\\Messenger": "    Servers    REG_SZ    own.example" };
  assert.deepEqual((await preset(windows(t, installed, ["--server=d.example"]), systemPreferences)).servers, ["https://c.example"]);
  assert.deepEqual((await preset(windows(t, { "HKCU\\Software\\Messenger": "    Servers    REG_SZ    own.example\r\n    Locked    REG_SZ    1" }), systemPreferences)), { ...NONE, servers: ["https://own.example"], locked: true });
  assert.deepEqual((await preset(windows(t, {}, ["--server=d.example"]), systemPreferences)).servers, ["https://d.example"]);
  assert.deepEqual(await preset(windows(t, {}), systemPreferences), NONE);
});

test("a policy may say one thing alone", async (t) => {
  const said = await preset(windows(t, { [POLICY]: "    Proxy    REG_SZ    p:1" }), fake({}).systemPreferences);
  assert.deepEqual(said, { ...NONE, proxy: "p:1" });
});

test("a link brings no argument along", async (t) => {
  for (const link of ["messenger://chat/1", "MESSENGER:x"]) {
    assert.deepEqual(await preset(machine(t, { argv: [link, "--server=evil.example"] }), fake({}).systemPreferences), NONE);
  }
});

test("a slip of the pen is nothing, and no end of the program", async (t) => {
  for (const updates of ["https://", "https://[", "downloads", 7, "http://chat.example.org/downloads"]) {
    const made = machine(t);
    writeFileSync(join(dirname(made.execPath), "messenger.json"), JSON.stringify({ updates, dictionaries: updates }));
    assert.deepEqual(await preset(made, fake({}).systemPreferences), NONE);
  }
});

test("macOS has policies in the user defaults, which profiles set", async (t) => {
  const said: Record<string, string> = { Servers: "a.example", Locked: "true", Proxy: "p:1" };
  const found = await preset(machine(t, { platform: "darwin" }), { getUserDefault: ((name: string) => said[name]) as never });
  assert.deepEqual(found, { servers: ["https://a.example"], locked: true, updates: null, proxy: "p:1", dictionaries: null });
  const none = await preset(machine(t, { platform: "darwin" }), { getUserDefault: (() => "") as never });
  assert.deepEqual(none, NONE);
});

test("nobody is locked to no server", async (t) => {
  const made = machine(t);
  writeFileSync(join(dirname(made.execPath), "messenger.json"), JSON.stringify({ servers: "x", locked: true }));
  assert.equal((await preset(made, fake({}).systemPreferences)).locked, false);
});
