import assert from "node:assert/strict";
import { test } from "node:test";
import { Unreachable } from "../../lib/errors.ts";
import { Listing } from "./listing.ts";

interface Row {
  seq: number;
  name: string;
}

function listingOf(pages: Row[][], local: Row[] = []) {
  const asked: (string | number | null)[] = [];
  const listing = new Listing<Row>({
    ask: async (next) => {
      asked.push(next);
      const at = Number(next ?? 0);
      const data = pages[at];
      if (data === undefined) throw new Unreachable();
      return { data, next: at + 1 < pages.length ? at + 1 : null };
    },
    order: (one, other) => other.seq - one.seq,
    id: ({ seq }) => String(seq),
    at: ({ name }) => name,
    local: async () => local,
  });
  return { listing, asked, seqs: () => listing.items.value.map(({ seq }) => seq) };
}

const row = (seq: number, name = ""): Row => ({ seq, name });

test("pages follow one another to the end, each asked for once", async () => {
  const { listing, asked, seqs } = listingOf([[row(9), row(7)], [row(5)]]);
  await Promise.all([listing.load(), listing.load()]);
  assert.deepEqual(seqs(), [9, 7]);
  await listing.load();
  await listing.load();
  assert.deepEqual(seqs(), [9, 7, 5]);
  assert.deepEqual(asked, [null, 1]);
  assert.ok(!listing.more.value);
});

test("what is new comes to its place, what is taken out goes", async () => {
  const { listing, seqs } = listingOf([[row(9), row(7)], [row(5)]]);
  await listing.load();
  listing.change(({ seq }) => seq === 11, [row(11)]);
  listing.change(({ seq }) => seq === 9, []);
  assert.deepEqual(seqs(), [11, 7]);
});

test("what is further away than one has come waits for its page", async () => {
  const { listing, seqs } = listingOf([[row(9), row(7)], [row(5)]]);
  await listing.load();
  listing.change(({ seq }) => seq === 6, [row(6)]);
  assert.deepEqual(seqs(), [9, 7]);
});

test("a page that did not come is asked for again", async () => {
  const { listing, seqs } = listingOf([[row(9)]]);
  const pages: Row[][] = [];
  const lame = listingOf(pages);
  await lame.listing.load();
  assert.equal(lame.listing.state.value, "failed");
  pages.push([row(3)]);
  await lame.listing.load();
  assert.equal(lame.listing.state.value, "ready");
  await listing.load();
  assert.deepEqual([lame.seqs(), seqs()], [[3], [9]]);
});

test("without a server there is what this device has, until its pages come", async () => {
  const pages: Row[][] = [];
  const { listing, seqs } = listingOf(pages, [row(9), row(8)]);
  await listing.load();
  assert.deepEqual(seqs(), [9, 8]);
  assert.equal(listing.state.value, "failed");
  pages.push([row(9), row(7)]);
  await listing.load();
  assert.equal(listing.state.value, "ready");
  assert.deepEqual(seqs(), [9, 8, 7]);
});

test("what came to the front is fetched; where a page does not reach what is here, it begins anew", async () => {
  const pages = [[row(9), row(7)], [row(5)]];
  const { listing, asked, seqs } = listingOf(pages);
  await listing.load();
  pages[0] = [row(11), row(9)];
  await listing.renew();
  assert.deepEqual(seqs(), [11, 9, 7]);
  await listing.load();
  assert.deepEqual(seqs(), [11, 9, 7, 5]);
  pages.splice(0, 2, [row(20), row(19)], [row(18)]);
  await listing.renew();
  assert.deepEqual(seqs(), [20, 19]);
  await listing.load();
  assert.deepEqual(seqs(), [20, 19, 18]);
  assert.deepEqual(asked, [null, null, 1, null, 1]);
});

test("what is asked for while a page is on its way is asked for after it, once", async () => {
  const { listing, asked } = listingOf([[row(9)], [row(5)]]);
  await Promise.all([listing.load(), listing.renew(), listing.renew()]);
  assert.deepEqual(asked, [null, null]);
});
