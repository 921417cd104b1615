// Whatever was written can be read: everything visible in a text survives, but for marks of something.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { previewOf } from "./preview.ts";
import { plainText, renderMarkdown } from "../../lib/markdown.ts";

interface Node {
  type: string;
  props: { children?: unknown; href?: string; title?: string; value?: number };
}

/** All that a reader gets of the nodes, also where links lead. */
function read(children: unknown): string {
  if (Array.isArray(children)) return children.map(read).join("");
  if (children === null || children === undefined || children === false) return "";
  if (typeof children !== "object") return String(children);
  const { props } = children as Node;
  return `${props.value ?? ""}${read(props.children)}${props.href ?? ""}${props.title ?? ""}`;
}

const shown = (text: string): string => read(renderMarkdown(text));
const packed = (text: string): string => text.replace(/\s/g, "");

const MARKS = [
  ..."*_~>#+-=|\\[]()!:.<",
  ..." \n\n",
  ..."** __ ~~ *** --- === ~~~~ []() [] ![] - + > <!-- -->".split(" "),
  "- ",
  "+ ",
  "* ",
  "> ",
  "# ",
  "    ",
  "  \n",
  "\\\n",
];
const CODE = ["`", "``", "```\n", "~~~\n"];
const NUMBERS = ["1.", "1. ", "2) ", "10. ", "007. ", "2026. "];
const AROUND = [
  ..."[Иван]: |](https://a.example/|](/|[^1]: |<b>|</b>|<br|&amp;|@all|«|»|https://a.example/|<https://a.example/".split(
    "|",
  ),
  "```js\n",
  "[x] ",
  '"',
  "](https://a.example 'b')",
];
/** More with RUNS=20000. */
const RUNS = Number(process.env["RUNS"] ?? 1000);
// A letter of its own for each word, to be found again.
const word = fc.constant(null);
const texts = fc
  .array(fc.oneof(word, word, fc.constantFrom(...MARKS, ...CODE, ...NUMBERS, ...AROUND)), {
    maxLength: 24,
  })
  .map((parts) => parts.map((part, at) => part ?? String.fromCodePoint(0x4e00 + at)).join(""));

test("every word survives", () => {
  fc.assert(
    fc.property(texts, (text) => {
      const words = text.match(/[\u4e00-\u4eff]/g) ?? [];
      const [inChat, alone, row] = [shown(text), plainText(text), previewOf(text)];
      for (const each of words) {
        assert.ok(decodeURI(inChat).includes(each), `${each} in the chat`);
        // Where a link leads is seen in the chat.
        if (!/\]\(|\]\[|\]:/.test(text)) {
          assert.ok(alone.includes(each), `${each} alone`);
          assert.ok(row.includes(each), `${each} in the list`);
        }
      }
    }),
    { numRuns: RUNS },
  );
});

test("marks that mark nothing are shown as they were written", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...MARKS, ...CODE), { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      for (const made of [shown, plainText, previewOf]) {
        assert.equal(packed(made(text)), packed(text), made.name);
      }
    }),
    { numRuns: RUNS },
  );
});

test("so are they between words", () => {
  const marks = MARKS.filter((mark) => !/[\n\\]/.test(mark));
  const lines = fc.array(fc.constantFrom(...marks), { maxLength: 8 });
  fc.assert(
    fc.property(lines, (parts) => {
      const line = parts.join("").trim();
      fc.pre(!/^~{3}/.test(line));
      const text = `да\n\n${line}\n\nнет`;
      for (const made of [shown, plainText]) {
        assert.equal(packed(made(text)), packed(text), made.name);
      }
    }),
    { numRuns: RUNS, examples: [[["+ ", "    ", "~~~~", "*"]]] },
  );
});

test("what people write with one key is seen everywhere", () => {
  const said = ["+", "-", "1.", "#", ">", "[Иван]: привет", "[x]", "***", "```\n```", "<b>а</b>", "|", "~~~"];
  for (const text of [...said, ...said.map((each) => `${each} `), ...said.map((each) => `а\n\n${each}`)]) {
    for (const made of [shown, plainText, previewOf]) {
      assert.equal(packed(made(text)), packed(text), `${made.name}: ${text}`);
    }
  }
});
