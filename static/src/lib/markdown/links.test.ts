import assert from "node:assert/strict";
import { test } from "node:test";
import { linksIn } from "./links.ts";

const found = (text: string): string[] => linksIn(text).map(({ from, to }) => text.slice(from, to));
const led = (text: string): string[] => linksIn(text).map(({ href }) => href);

test("an address ends where the sentence goes on", () => {
  const address = "https://example.com/a";
  const around = "«_» «_», «_.» „_“. “_” (_) (_). _. _, _! _? _… _: _; _», '_' \"_\" _—".split(" ");
  for (const each of around) assert.deepEqual(found(each.replace("_", address)), [address], each);
  assert.deepEqual(found("https://ru.wikipedia.org/wiki/Б_(в)"), ["https://ru.wikipedia.org/wiki/Б_(в)"]);
  assert.deepEqual(found("https://example.com/?a=1&b=%D0%B0#c."), ["https://example.com/?a=1&b=%D0%B0#c"]);
});

test("addresses are in every script", () => {
  assert.deepEqual(led("https://кремль.рф/новости и почта a@b.ru"), [
    "https://кремль.рф/новости",
    "mailto:a@b.ru",
  ]);
  assert.deepEqual(led("см. www.example.de/ä"), ["https://www.example.de/ä"]);
});

test("without a scheme it is an address only where it can hardly be anything else", () => {
  assert.deepEqual(led("example.com, Ya.ru/maps; привет.рф"), [
    "https://example.com",
    "https://Ya.ru/maps",
    "https://привет.рф",
  ]);
  const typos = "слово.слово сделал.Завтра т.е. и.о. README.md main.rs script.py run.sh app.ts 1.5 v1.2";
  assert.deepEqual(found(typos), []);
});

test("an address that hides where it leads is none", () => {
  assert.deepEqual(found("https://bank.ru@evil.example/a ftp://a.example javascript:alert(1)"), []);
});
