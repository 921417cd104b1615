import assert from "node:assert/strict";
import { test } from "node:test";
import { fold, tokensOf } from "./words.ts";

const TEXTS: [text: string, words: string][] = [
  ["Отчёт за Ёлкина, йод", "отчет за елкина йод"],
  ["café Ångström", "cafe angstrom"],
  ["№ 123-45", "123 45"],
  ["anna.petrova@example.org", "anna petrova example org"],
  ["онлайн-встреча", "онлайн встреча"],
  ["дого\u00ADвор, за\u0301мок \u200Bи", "договор замок и"],
  ["", ""],
  ["🙂 …", ""],
];

for (const [text, words] of TEXTS) {
  test(`the words of ${JSON.stringify(text)}`, () => {
    assert.equal(tokensOf(text).map(({ word }) => word).join(" "), words);
  });
}

test("each word says where it stands", () => {
  const text = "Сам Ёж — café";
  assert.deepEqual(tokensOf(text).map(({ from, to }) => text.slice(from, to)), ["Сам", "Ёж", "café"]);
});

test("a name of code is found whole and by its parts", () => {
  const words = tokensOf("getUserName report2024 HTTPServer", true).map(({ word }) => word);
  assert.deepEqual(words, ["getusername", "get", "user", "name", "report2024", "report", "2024", "httpserver", "http", "server"]);
});

test("й stays й, whichever way it is written", () => {
  assert.equal(fold("Й".normalize("NFD")), "й");
});
