import assert from "node:assert/strict";
import { test } from "node:test";
import { type Folder, treeOf } from "./folders.ts";
import type { ShownFile } from "./shown.ts";

const file = (folder: string | null, name: string): ShownFile => ({ id: name, name, folder, mime: "text/plain", size: 1 });

function drawn({ name, count, folders, files }: Folder): unknown[] {
  return [`${name} ${count}`, ...files.map((each) => each.name), ...folders.map(drawn)];
}

test("folders hold their files and say how many there are in all", () => {
  const files = [file("2025/март", "b"), file(null, "a"), file("2025", "c"), file("2024", "d")];
  assert.deepEqual(drawn(treeOf(files)), [" 4", "a", ["2024 1", "d"], ["2025 2", "c", ["март 1", "b"]]]);
});

test("folders that hold nothing but one another are one", () => {
  const files = [file("архив/проект/фото", "a"), file("архив/проект/фото", "b")];
  assert.deepEqual(drawn(treeOf(files)), ["архив / проект / фото 2", "a", "b"]);
});

test("folders are in the order of people, numbers by their size", () => {
  const names = treeOf([file("10", "a"), file("9", "b"), file("Ё", "c")]).folders.map(({ name }) => name);
  assert.deepEqual(names, ["9", "10", "Ё"]);
});
