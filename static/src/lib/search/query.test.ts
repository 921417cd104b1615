import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { boxOf, gathered, type Piece, piecesOf, queryOf, written } from "./query.ts";

/** Shortly: `word`, "phrase", op=value, OR; with - where it is not wanted. */
function shown(piece: Piece): string {
  const sign = piece.not ? "-" : "";
  if (piece.kind === "filter") return `${sign}${piece.op}=${piece.value}`;
  if (piece.kind === "or") return "OR";
  return sign + (piece.kind === "phrase" ? `"${piece.text}"` : piece.text);
}

const QUERIES: [typed: string, pieces: string][] = [
  ["договор от:@anna", "договор from=@anna"],
  ['в:"Новый сайт" счёт', "in=Новый сайт счёт"],
  ["In:«Новый сайт»", "in=Новый сайт"],
  ['"точная фраза" -черновик', '"точная фраза" -черновик'],
  ["счёт или договор", "счёт OR договор"],
  ["has:file ЕСТЬ:ссылка", "has=file has=ссылка"],
  ["-from:bob", "-from=bob"],
  ["http://example.org 12:30", "http://example.org 12:30"],
  ["от:", "from="],
  ['"не закрыта', '"не закрыта"'],
  ["a - b", "a - b"],
  ["  ", ""],
];

for (const [typed, pieces] of QUERIES) {
  test(`what is asked by ${typed}`, () => {
    assert.equal(piecesOf(typed).map(shown).join(" "), pieces);
  });
}

test("no text is lost or read twice, whatever is typed", () => {
  const typed = fc.string({ unit: fc.constantFrom(..."ab :-\"«»", "от:", "in:", "or "), maxLength: 40 });
  fc.assert(
    fc.property(typed, (text) => {
      let at = 0;
      for (const { from, to } of piecesOf(text)) {
        assert.equal(text.slice(at, from).trim(), "");
        assert.ok(to > from);
        at = to;
      }
      assert.equal(text.slice(at).trim(), "");
    }),
  );
});

test("an operator becomes a chip when a space follows it, and not before", () => {
  assert.deepEqual(gathered({ chips: [], text: "от:@an" }), { chips: [], text: "от:@an" });
  const { chips, text } = gathered({ chips: [], text: "от:@anna дого" });
  assert.deepEqual([chips.map(shown), text], [["from=@anna"], "дого"]);
});

test("what is in the address is what was in the box", () => {
  const q = 'от:@anna в:"Новый сайт" -есть:файл договор "как есть"';
  const box = boxOf(q);
  assert.equal(box.chips.length, 3);
  assert.equal(box.text, 'договор "как есть"');
  assert.equal(queryOf(box, "ru"), q);
});

test("an operator is written in the language of who writes it", () => {
  assert.equal(written("from", "@anna", "en"), "from:@anna");
  assert.equal(written("in", "Новый сайт", "ru", true), '-в:"Новый сайт"');
});
