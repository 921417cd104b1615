import assert from "node:assert/strict";
import { test } from "node:test";
import { otherLayout } from "../../lib/search/layout.ts";
import { score } from "./match.ts";

test("a beginning counts more than the middle", () => {
  assert.ok(score("Новый сайт", "нов") > score("Обновления", "нов"));
});

test("the beginning of a later word is found", () => {
  assert.ok(score("Анна Соколова", "сок") > 0);
});

test("the wrong layout is understood both ways", () => {
  assert.equal(otherLayout("ghbdtn"), "привет");
  assert.ok(score("Привет", "ghbd") > 0);
  assert.ok(score("Release", "куд") > 0);
  assert.ok(score("Девятиэтажка", "ltdnbz") > 0, "with slips, too");
  assert.equal(otherLayout(':fyyf {jhjij ">kbz"'.toLowerCase()), "жанна хорошо эюлияэ", "capitals that are signs");
});

test("ё and е are one letter", () => {
  assert.ok(score("Пётр", "петр") > 0);
});

test("initials and scattered letters are found, far ones are not", () => {
  assert.ok(score("Новый сайт", "нс") > 0);
  assert.ok(score("Продажи", "прдж") > 0);
  assert.equal(score("Цех и заказы на следующую неделю", "цня"), 0);
});

test("several beginnings in any order are found", () => {
  assert.ok(score("Анна Соколова", "сок ан") > 0);
});

test("other letters are not found", () => {
  assert.equal(score("Продажи", "сайт"), 0);
});

test("slips of the finger are forgiven: a wrong letter, a swap, one too few", () => {
  for (const typed of ["сокалова", "сколоова", "соклова", "анна сокалова"]) {
    assert.ok(score("Анна Соколова", typed) > 0, typed);
  }
  assert.ok(score("Анна Соколова", "cjrfkjdf") > 0, "in the other layout too");
  assert.equal(score("Продажи", "склад"), 0);
});

test("what was typed rightly comes before what was nearly typed", () => {
  assert.ok(score("Проект", "проек") > score("Прогон", "проек"));
});
