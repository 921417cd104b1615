import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, test } from "node:test";
import { Words } from "../../lib/locale.ts";
import type { ShownFile } from "./shown.ts";
import { wordsOfFiles } from "./words.ts";

const words = new Words((locale) =>
  Promise.resolve(JSON.parse(readFileSync(new URL(`../../locales/${locale}.json`, import.meta.url), "utf8"))),
);
before(() => words.choose("ru"));

let made = 0;
function file(mime: string, more: Partial<ShownFile> = {}): ShownFile {
  made += 1;
  const shape = mime.startsWith("image/") ? { width: 4, height: 3, preview: true } : {};
  return { id: String(made), name: `договор-${made}.pdf`, mime, size: 2_400_000, ...shape, ...more };
}
const photos = (count: number): ShownFile[] => Array.from({ length: count }, () => file("image/jpeg"));

test("photos, videos and voice messages are counted, up to two files named", () => {
  assert.equal(wordsOfFiles(photos(1), words), "Фото");
  assert.equal(wordsOfFiles(photos(3), words), "3 фото");
  const contract = file("application/pdf", { name: "договор.pdf" });
  assert.equal(wordsOfFiles([...photos(3), contract], words), "3 фото, договор.pdf");
  assert.equal(wordsOfFiles([...photos(3), contract], words, { sizes: true }), "3 фото, договор.pdf 2,3 МБ");
  assert.equal(wordsOfFiles([file("video/mp4"), file("video/webm")], words), "2 видео");
  assert.equal(wordsOfFiles([file("audio/webm", { shown_as: "voice" })], words), "Голосовое сообщение");
});

test("words that follow others begin small, names stay as they are", () => {
  const film = file("video/mp4");
  const plan = file("application/pdf", { name: "План.pdf" });
  assert.equal(wordsOfFiles([...photos(2), film, plan], words), "2 фото, видео, План.pdf");
});

test("many files have the right plural", async () => {
  const many = (count: number): string => wordsOfFiles(Array.from({ length: count }, () => file("text/plain")), words);
  assert.deepEqual([many(3), many(5), many(21)], ["3 файла", "5 файлов", "21 файл"]);
  await words.choose("en");
  assert.deepEqual([many(3), wordsOfFiles(photos(1), words)], ["3 files", "Photo"]);
  await words.choose("ru");
});

test("a photo that was sent as a file is a file", () => {
  const sent = file("image/png", { shown_as: "file", name: "схема.png" });
  assert.equal(wordsOfFiles([sent], words), "схема.png");
});
