import assert from "node:assert/strict";
import { test } from "node:test";
import { FILES_A_MESSAGE, isZip, localOf, sorted, withStem } from "./choosing.ts";

const LIMITS = { file: 1000, zip: 5000 };

function file(name: string, size: number, type = ""): File {
  return new File([new Uint8Array(size)], name, { type });
}

const names = (files: File[]): string[] => files.map(({ name }) => name);

test("what is empty or too large stays outside; what may be reduced or unpacked does not", () => {
  const found = sorted(
    [
      file("empty.txt", 0, "text/plain"),
      file("film.mp4", 1001, "video/mp4"),
      file("photo.jpg", 4000, "image/jpeg"),
      file("moving.gif", 4000, "image/gif"),
      file("1c.zip", 4000, "application/zip"),
      file("all.zip", 5001, "application/x-zip-compressed"),
      file("note.txt", 1000, "text/plain"),
    ],
    0,
    LIMITS,
  );
  assert.deepEqual(names(found.taken), ["photo.jpg", "1c.zip", "note.txt"]);
  assert.deepEqual(names(found.empty), ["empty.txt"]);
  assert.deepEqual(names(found.large), ["film.mp4", "moving.gif", "all.zip"]);
});

test("no more are taken than one message has room for", () => {
  const files = ["a", "b", "c"].map((name) => file(name, 1));
  const found = sorted(files, FILES_A_MESSAGE - 2, LIMITS);
  assert.deepEqual([names(found.taken), names(found.more)], [["a", "b"], ["c"]]);
  assert.deepEqual(sorted(files, FILES_A_MESSAGE + 1, LIMITS).taken, []);
});

test("a ZIP too large for a file is unpacked, any other as one wishes", () => {
  assert.equal(localOf(file("a.zip", 900, "application/zip"), false, LIMITS).unpack, false);
  assert.equal(localOf(file("a.zip", 1001, "application/zip"), false, LIMITS).unpack, true);
  assert.equal(localOf(file("a.docx", 900, "application/msword"), false, LIMITS).unpack, undefined);
  assert.equal(isZip({ name: "a.docx", mime: "application/zip-like" }), false);
});

test("as files go pictures alone; a name is in composed letters, a type is known where systems know none", () => {
  assert.equal(localOf(file("a.png", 1, "image/png"), true, LIMITS).shown_as, "file");
  assert.equal(localOf(file("a.pdf", 1, "application/pdf"), true, LIMITS).shown_as, undefined);
  assert.equal(localOf(file("а\u0438\u0306.txt", 1), false, LIMITS).name, "а\u0439.txt");
  assert.equal(localOf(file("IMG_1.HEIC", 1), false, LIMITS).mime, "image/heic");
});

test("a new name keeps its ending, and is no path", () => {
  assert.equal(withStem(" Смета/2026 ", ".xlsx"), "Смета2026.xlsx");
  assert.equal(withStem(" ../ ", ".xlsx"), "...xlsx");
  assert.equal(withStem(" \u202e ", ".xlsx"), null);
});
