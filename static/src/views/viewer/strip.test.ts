import assert from "node:assert/strict";
import { test } from "node:test";
import type { Query } from "../../lib/http.ts";
import type { ShownFile } from "../files/shown.ts";
import { Strip } from "./strip.ts";

const photo = (id: string): ShownFile => ({
  ...{ id, name: `${id}.jpg`, mime: "image/jpeg", size: 1, width: 30, height: 20, preview: true },
});

/** A server whose answers are pages of ids with their messages, by way. */
function sourceOf(pages: Record<string, [seq: number, id: string][][]>) {
  const asked: Query[] = [];
  const page = async <T>(_path: string, query: Query = {}) => {
    asked.push(query);
    const way = query["before_seq"] === undefined ? "newer" : "older";
    const at = Number(query["before"] ?? 0);
    const found = pages[way]?.[at];
    if (found === undefined) throw new Error("not reached");
    const data = found.map(([seq, id]) => ({ ...photo(id), seq })) as T[];
    return { data, next: pages[way]?.[at + 1] === undefined ? null : at + 1 };
  };
  return { asked, page };
}

const ids = ({ items }: Strip): string => items.map(({ file }) => file.id).join("");

test("photos of a message are amid those of its chat, the oldest first", async () => {
  const source = sourceOf({ older: [[[4, "c"], [2, "b"]], [[1, "a"]]], newer: [[[8, "f"], [9, "g"]]] });
  const strip = new Strip({ files: [photo("d"), photo("e")], index: 1, where: { chat_id: 3, seq: 6 } }, source);
  assert.equal(strip.index, 1);
  assert.deepEqual([await strip.grow("older"), await strip.grow("newer")], [2, 2]);
  assert.equal(ids(strip), "bcdefg");
  assert.equal(await strip.grow("older"), 1);
  assert.equal(ids(strip), "abcdefg");
  assert.ok(!strip.goesOn("older") && !strip.goesOn("newer"));
  assert.deepEqual(source.asked[2], { kind: "media", limit: 40, before_seq: 6, before: "1" });
});

test("one is counted among the photos of its own message", () => {
  const strip = new Strip({ files: [photo("d"), photo("e")], index: 1, where: { chat_id: 3, seq: 6 } }, sourceOf({}));
  assert.deepEqual(strip.items.map((item) => strip.numberOf(item)), [{ index: 1, of: 2 }, { index: 2, of: 2 }]);
});

test("photos that a card got lead to it, among those of messages", async () => {
  const page = async <T>() => ({
    data: [
      { ...photo("c"), seq: 9, task_id: 4, attached_at: "2026-11-03T09:00:00.000Z" },
      { ...photo("d"), seq: 11, task_id: null, attached_at: "2026-11-04T09:00:00.000Z" },
    ] as T[],
    next: null,
  });
  const where = { chat_id: 3, seq: 6, task_id: 2, attached_at: "2026-11-02T09:00:00.000Z" };
  const strip = new Strip({ files: [photo("a"), photo("b")], index: 0, where }, { page });
  await strip.grow("newer");
  assert.deepEqual(strip.items.map(({ task_id }) => task_id), [2, 2, 4, null]);
  assert.deepEqual(strip.items.map(({ attached_at }) => attached_at?.slice(8, 10)), ["02", "02", "03", "04"]);
});

test("a page that is not reached is asked for again, and nothing is lost by it", async () => {
  const pages: Record<string, [number, string][][]> = {};
  const strip = new Strip({ files: [photo("d")], index: 0, where: { chat_id: 3, seq: 6 } }, sourceOf(pages));
  assert.equal(await strip.grow("older"), 0);
  assert.ok(strip.failed.value && strip.goesOn("older"));
  pages["older"] = [[[2, "b"]]];
  assert.equal(await strip.grow("older"), 1);
  assert.ok(!strip.failed.value);
  assert.equal(ids(strip), "bd");
});

test("a document has the files beside it that were given, and no others", async () => {
  const paper = { id: "p", name: "p.pdf", mime: "application/pdf", size: 1 };
  const strip = new Strip({ files: [photo("d"), paper], index: 1, where: { chat_id: 3, seq: 6 } }, sourceOf({}));
  assert.equal(ids(strip), "dp");
  assert.equal(await strip.grow("older"), 0);
  assert.ok(!strip.failed.value);
});
