// How pictures fill the width of an album, in rows of equal height. In shares of the width alone: a browser
// makes pixels of them, so that nothing has to be measured and nothing moves. Pure.

export interface Cell {
  index: number;
  /** Width by height of what is shown: a picture beyond the bounds is cropped. */
  ratio: number;
}

/** Beyond these a picture among others is cropped. */
const NARROWEST = 0.6;
const WIDEST = 2.4;
const MOST_IN_ROW = 4;
/** A row is at most so high, by the width of the album. */
const HIGHEST = 0.8;
/** Costs are sums: their last digits say nothing. */
const ALIKE = 1e-9;
/** Few pictures may be large. */
const WANTED = [
  { count: 3, height: 0.4 },
  { count: 6, height: 0.33 },
  { count: Infinity, height: 0.28 },
];

export function justified(ratios: readonly number[]): Cell[][] {
  const kept = ratios.map((ratio) => Math.min(WIDEST, Math.max(NARROWEST, ratio)));
  const wanted = WANTED.find(({ count }) => kept.length <= count)?.height ?? 0.3;
  const rows: Cell[][] = [];
  let index = 0;
  for (const length of breaks(kept, wanted)) {
    rows.push(bounded(kept.slice(index, index + length), index));
    index += length;
  }
  return rows;
}

/** How many pictures each row has: of all ways the one whose rows differ least from what is wanted. */
function breaks(ratios: readonly number[], wanted: number): number[] {
  // Of the first so many pictures: the least cost, and the length of the last row for that.
  const best: { cost: number; last: number }[] = [{ cost: 0, last: 0 }];
  for (let end = 1; end <= ratios.length; end += 1) {
    let found = { cost: Infinity, last: 1 };
    for (let last = 1; last <= Math.min(MOST_IN_ROW, end); last += 1) {
      const row = cost(ratios.slice(end - last, end), wanted) + (best[end - last]?.cost ?? Infinity);
      // Of two ways as good the one with the larger pictures first.
      if (row < found.cost + ALIKE) found = { cost: row, last };
    }
    best.push(found);
  }
  const lengths: number[] = [];
  for (let end = ratios.length; end > 0; end -= best[end]?.last ?? end) lengths.unshift(best[end]?.last ?? end);
  return lengths;
}

/** Twice as high is as far from it as half as high. */
function cost(row: readonly number[], wanted: number): number {
  return Math.log(1 / sum(row) / wanted) ** 2;
}

function bounded(row: readonly number[], from: number): Cell[] {
  const wider = Math.max(1, 1 / HIGHEST / sum(row));
  return row.map((ratio, at) => ({ index: from + at, ratio: ratio * wider }));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}
