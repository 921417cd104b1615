import assert from "node:assert/strict";
import { test } from "node:test";
import { gendered } from "./gendered.ts";

const MOVED = "[перенёс|перенесла|перенёс(ла)] в «Готово»";

test("a verb agrees with the surname", () => {
  assert.equal(gendered(MOVED, "Анна Соколова"), "перенесла в «Готово»");
  assert.equal(gendered(MOVED, "Никита Орлов"), "перенёс в «Готово»");
  assert.equal(gendered(MOVED, "Тимур Сафин"), "перенёс в «Готово»");
});

test("a name that does not say it gets both forms", () => {
  assert.equal(gendered(MOVED, "Саша Бондаренко"), "перенёс(ла) в «Готово»");
  assert.equal(gendered(MOVED, "Alice"), "перенёс(ла) в «Готово»");
});

test("a language without forms stays as it is", () => {
  assert.equal(gendered("moved it to “Done”", "Анна Соколова"), "moved it to “Done”");
});
