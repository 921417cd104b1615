import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { candidates } from "./candidates.ts";
import { fits, rangesOf, snippetOf, wordsIn } from "./matching.ts";
import { segmentOf } from "./segment.ts";
import { tokensOf } from "./words.ts";

/** The text with what is found in brackets; null where it does not fit. */
function marked(text: string, query: string, typing = false): string | null {
  const tokens = tokensOf(text, true);
  const words = wordsIn(query, typing);
  if (!fits(tokens, words)) return null;
  return rangesOf(tokens, words).reduceRight(
    (shown, { from, to }) => `${shown.slice(0, from)}[${shown.slice(from, to)}]${shown.slice(to)}`,
    text,
  );
}

const FOUND: [query: string, text: string, marked: string | null][] = [
  ["договор", "Подписали договора вчера", "Подписали [договора] вчера"],
  ["ёлка", "Елки стоят", "[Елки] стоят"],
  ["отчеты счет", "Счёт и отчёт", "[Счёт] и [отчёт]"],
  ["счёт договор", "Счёт выставлен", null],
  ["счёт или договор", "Счёт выставлен", "[Счёт] выставлен"],
  ['"акт сверки"', "акт сверки готов", "[акт сверки] готов"],
  ['"акт сверки"', "сверка акта", null],
  ['"акт сверки"', "акт и сверки", null],
  ["счёт -черновик", "Счёт, черновик", null],
  ["123-45", "№ 123-45 от 5 марта", "№ [123-45] от 5 марта"],
  ["anna@example.org", "Пиши на anna@example.org!", "Пиши на [anna@example.org]!"],
  ["user", "см. getUserName()", "см. get[User]Name()"],
  ["getusername", "см. getUserName()", "см. [getUserName]()"],
  ['"getUserName works"', "getUserName works now", "[getUserName works] now"],
  ["акт и сверка", "Акт сверки", "[Акт] [сверки]"],
  ["running", "He runs, we ran", "He [runs], we ran"],
];

for (const [query, text, expected] of FOUND) {
  test(`${query} in ${text}`, () => assert.equal(marked(text, query), expected));
}

test("the last word may be unfinished while it is typed", () => {
  assert.equal(marked("Коммуникация", "коммун", true), "[Коммуникация]");
  assert.equal(marked("communication", "communicati", true), "[communication]");
  assert.equal(marked("Коммуникация", "коммун "), null);
});

test("a snippet shows what was found, and says where something is left out", () => {
  const text = `${"слово ".repeat(80)}договор ${"потом ".repeat(80)}`;
  const snippet = snippetOf(text, wordsIn("договоры"));
  const [[from, to] = [0, 0]] = snippet.ranges;
  assert.equal(snippet.text.slice(from, to), "договор");
  assert.match(snippet.text, /^….*…$/s);
  assert.ok(snippet.text.length <= 242);
});

test("a snippet has one line before what was found, however short the lines are", () => {
  const text = Array.from({ length: 9 }, (_, each) => `line${each}`).join("\n");
  assert.equal(snippetOf(text, wordsIn("line7")).text, "…line6\nline7\nline8");
  assert.match(snippetOf(text, wordsIn("line1")).text, /^line0\nline1/);
});

test("the index passes over nothing that a reader of all texts would find", () => {
  const word = fc.constantFrom("договор", "договора", "счёт", "счета", "акт", "getUserName", "user", "123-45", "run", "running");
  const text = fc.array(word, { maxLength: 5 }).map((words) => words.join(" "));
  const query = fc.tuple(text, fc.boolean(), fc.nat(3)).map(([said, phrase, short]) => {
    const cut = said.slice(0, said.length - short);
    return phrase ? `"${cut}"` : cut;
  });
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), query, (texts, typed) => {
      const words = wordsIn(typed, true);
      const places = candidates(segmentOf(texts.map((each, id) => ({ id, rev: 0, at: id, text: each }))), words);
      for (const [id, each] of texts.entries()) {
        if (fits(tokensOf(each, true), words)) assert.ok(places === null || places.has(id), `${typed} in ${each}`);
      }
    }),
  );
});
