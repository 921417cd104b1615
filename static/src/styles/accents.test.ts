import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const css = readFileSync(new URL("accents.css", import.meta.url), "utf8");
const GROUNDS = { light: { surface: "#ffffff", ink: "#1f1e1b" }, dark: { surface: "#1d1e1c", ink: "#ecebe7" } };

function luminance(colour: string): number {
  const parts = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = parts.map((part) =>
    part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

for (const [, accent = "", block = ""] of css.matchAll(/\[data-accent="(\w+)"\] \{([^}]+)\}/g)) {
  for (const [index, theme] of (["light", "dark"] as const).entries()) {
    test(`${accent} can be read in the ${theme} theme`, () => {
      const found = [...block.matchAll(/--([\w-]+): light-dark\((#\w+), (#\w+)\)/g)];
      const tokens = Object.fromEntries(found.map(([, name, ...pair]) => [name, pair[index] ?? ""]));
      const of = (name: string): string => tokens[name] ?? assert.fail(name);
      const { surface, ink } = GROUNDS[theme];
      const text: [string, string][] = [
        [of("ink-on-accent"), of("accent")],
        [of("ink-on-accent"), of("accent-hover")],
        [of("accent-ink"), surface],
        [of("accent-ink"), of("accent-tint")],
        [of("accent-ink"), of("bubble-own")],
        [ink, of("bubble-own")],
        [of("bubble-own-ink-2"), of("bubble-own")],
        [ink, of("surface-chosen")],
      ];
      for (const [one, other] of text) assert.ok(contrast(one, other) >= 4.5, `${one} on ${other}`);
      assert.ok(contrast(of("focus"), surface) >= 3);
    });
  }
}
