// The line of a graph: an hour from left to right, in a box of 120 by 40; where nothing is known, a gap.

export type Point = number | null;

const WIDTH = 120;
const HEIGHT = 40;
const MINUTES = 60;
/** Room for the line's own width. */
const EDGE = 1.5;

export function pathOf(points: Point[], most: number): { line: string; area: string } {
  const step = WIDTH / (MINUTES - 1);
  const first = MINUTES - points.length;
  const at = (value: number, index: number): string =>
    `${round((first + index) * step)} ${round(HEIGHT - EDGE - (most > 0 ? value / most : 0) * (HEIGHT - 2 * EDGE))}`;
  const lines: string[] = [];
  const areas: string[] = [];
  for (const [from, to] of stretches(points)) {
    const spots = points.slice(from, to).map((value, index) => at(value ?? 0, from + index));
    // A minute alone is a dot.
    lines.push(`M${spots.join("L")}${spots.length === 1 ? "h0.01" : ""}`);
    areas.push(`M${round((first + from) * step)} ${HEIGHT}L${spots.join("L")}L${round((first + to - 1) * step)} ${HEIGHT}Z`);
  }
  return { line: lines.join(""), area: areas.join("") };
}

/** From where to before where something is known, without a gap. */
function stretches(points: Point[]): [from: number, to: number][] {
  const found: [number, number][] = [];
  let from: number | null = null;
  for (const [index, value] of points.entries()) {
    if (value !== null) from ??= index;
    else if (from !== null) {
      found.push([from, index]);
      from = null;
    }
  }
  if (from !== null) found.push([from, points.length]);
  return found;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
