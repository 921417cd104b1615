import assert from "node:assert/strict";
import { test } from "node:test";
import { fitting, type Offered, systemOf } from "./systems.ts";

const offered: Offered[] = (
  [
    ["windows", "x64", "msi"],
    ["windows", "x64", "exe"],
    ["windows", "arm64", "exe"],
    ["macos", "arm64", "dmg"],
    ["linux", "x64", "deb"],
    ["linux", "x64", "AppImage"],
  ] as const
).map(([system, arch, kind]) => ({ name: `${system}-${arch}.${kind}`, version: "1.0.0", system, arch, kind }));

const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/150";
const MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Safari/605";
const LINUX = "Mozilla/5.0 (X11; Linux x86_64) Firefox/150";
const PHONE = "Mozilla/5.0 (Linux; Android 16) Chrome/150";

const CASES: [string, number, string | undefined, string | null][] = [
  [WINDOWS, 0, undefined, "windows-x64.exe"],
  [WINDOWS, 10, "x86", "windows-x64.exe"],
  [WINDOWS, 0, "arm", "windows-arm64.exe"],
  [MAC, 0, undefined, "macos-arm64.dmg"],
  [MAC, 0, "x86", null],
  [MAC, 5, undefined, null],
  [LINUX, 0, "", "linux-x64.AppImage"],
  [PHONE, 5, undefined, null],
];

for (const [userAgent, maxTouchPoints, architecture, name] of CASES) {
  test(`${userAgent.slice(12, 40)} ${architecture ?? ""} is offered ${name ?? "nothing"}`, () => {
    assert.equal(fitting(offered, { userAgent, maxTouchPoints, architecture })?.name ?? null, name);
  });
}

test("a system that nothing is made for is none", () => assert.equal(systemOf({ userAgent: "Plan9", maxTouchPoints: 0 }), null));
