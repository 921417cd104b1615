import assert from "node:assert/strict";
import { test } from "node:test";
import { cutWidth, extensionOf, nameParts, shortened } from "./name.ts";

test("the end of a name and its extension stay, whatever is cut before them", () => {
  assert.deepEqual(nameParts("Договор поставки 2026-03.docx"), { head: "Договор поставки 20", tail: "26-03.docx" });
  assert.deepEqual(nameParts("Времена года, часть 2.wav"), { head: "Времена года, ча", tail: "сть 2.wav" });
  assert.deepEqual(nameParts("Список имён и  нами).pdf"), { head: "Список имён и  ", tail: "нами).pdf" });
  assert.deepEqual(nameParts("a.pdf"), { head: "", tail: "a.pdf" });
});

test("a name is cut between what people see as one character", () => {
  const family = "👨‍👩‍👧‍👦";
  const { head, tail } = nameParts(`отпуск ${family.repeat(6)}.jpg`);
  assert.equal(head, `отпуск ${family}`);
  assert.equal(tail, `${family.repeat(5)}.jpg`);
});

test("what follows a point is an extension only while it is short and has a name before it", () => {
  assert.equal(extensionOf("report.final.xlsx"), ".xlsx");
  assert.equal(extensionOf(".gitignore"), "");
  assert.equal(extensionOf("Mr. Smith and others"), "");
  assert.equal(extensionOf("README"), "");
});

test("a name in a sentence is at most as long as it may be, and shows its kind", () => {
  const name = `${"очень ".repeat(20)}длинный отчёт.pdf`;
  assert.equal([...shortened(name, 30)].length, 30);
  assert.ok(shortened(name, 30).endsWith("отчёт.pdf"));
  assert.equal(shortened("short.pdf", 30), "short.pdf");
});

test("a line is cut after the last letter that has room before the sign of the cut", () => {
  const wide = (text: string): number => [...text].reduce((sum, each) => sum + (each === "Ш" ? 12 : 5), 0);
  assert.equal(cutWidth("Широкая Шаль Шёлк", 60, wide), 12 + 7 * 5 + 5);
  assert.equal(cutWidth("Широкая Шаль Шёлк", 64, wide), 12 + 7 * 5 + 12 + 5);
  assert.equal(cutWidth("Ш", 3, wide), 3);
});
