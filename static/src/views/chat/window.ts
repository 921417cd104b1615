// Which of the messages at hand are in the document: a run that grows at the end one scrolls to and is
// let go of at the other, so that a long chat costs no more than a short one. Pure.

/** The run, named by the `seq` of its ends: messages come and go around it. */
export interface Run {
  /** Null: from the first that is at hand. */
  first: number | null;
  /** Null: to the last, also when more come. */
  last: number | null;
}

interface Numbered {
  seq: number;
  files?: readonly { mime: string }[];
}

/** So many are made in one frame without its being late. */
const STEP = 12;
/** What is shown at first: a screenful, so that it is there at once; the rest comes in steps. */
export const FIRST = 24;
/** On a phone's screen there are no more. */
export const FIRST_OF_PHONE = 12;
/** The least that is kept of the end while one follows it. */
export const FOLLOWED = 48;
/** A message with pictures is as much to draw, and at least as high, as so many without. */
const OF_PICTURES = 4;
/** A short message is so high, in CSS pixels. */
const LOWEST = 36;
/** About six screens of short messages on a large display. */
export const MOST = 240;

export function shownOf<M extends Numbered>(messages: M[], run: Run): M[] {
  const [from, to] = bounds(messages, run);
  return from === 0 && to === messages.length ? messages : messages.slice(from, to);
}

/** The newest, and those that follow. */
export function atEnd(messages: Numbered[], count = FIRST): Run {
  return { first: messages[back(messages, messages.length, count)]?.seq ?? null, last: null };
}

/** A run around one message. */
export function around(messages: Numbered[], seq: number): Run {
  const index = messages.findIndex((message) => message.seq === seq);
  return index === -1 ? atEnd(messages) : runOf(messages, back(messages, index, STEP), ahead(messages, index, FIRST));
}

/** How many are kept of the end while one follows it: on a high screen half a view above what is seen. */
export function followedOn(height: number): number {
  return Math.max(FOLLOWED, Math.ceil((1.5 * height) / LOWEST));
}

/** What somebody who follows the end keeps above it as more comes: never hundreds leave in one frame. */
export function following(messages: Numbered[], run: Run, kept: number): Run {
  const [from, to] = bounds(messages, run);
  if (to - from <= kept) return run;
  // So many have come at once that none of those shown before is in reach.
  if (to - from > MOST) return runOf(messages, to - kept, to);
  return runOf(messages, Math.min(from + 2 * STEP, to - kept), to);
}

/** What somebody who stands further up has of it: it ends at the last that was drawn once there are enough. */
export function standing(messages: Numbered[], run: Run, kept: number, last: number | null): Run {
  const [from, to] = bounds(messages, run);
  if (last === null || to - from <= kept || messages[to - 1]?.seq === last) return run;
  return { first: run.first, last };
}

/** The run with a step more of older messages; the same when there are no more at hand. */
export function older(messages: Numbered[], run: Run): Run {
  const [from, to] = bounds(messages, run);
  if (from === 0) return run;
  const start = back(messages, from, STEP);
  return runOf(messages, start, Math.min(to, start + MOST));
}

export function newer(messages: Numbered[], run: Run): Run {
  const [from, to] = bounds(messages, run);
  if (to === messages.length) return run;
  const end = ahead(messages, to, STEP);
  return runOf(messages, Math.max(from, end - MOST), end);
}

/** Whether messages are at hand before and after the run. */
export function beyond(messages: Numbered[], run: Run): { older: boolean; newer: boolean } {
  const [from, to] = bounds(messages, run);
  return { older: from > 0, newer: to < messages.length };
}

/** Where those begin that stand before an index and are as much as so many; one at least. */
function back(messages: Numbered[], to: number, count: number): number {
  let from = to;
  for (let left = count; from > 0 && left > 0; from -= 1) left -= weightOf(messages[from - 1]);
  return from;
}

function ahead(messages: Numbered[], from: number, count: number): number {
  let to = from;
  for (let left = count; to < messages.length && left > 0; to += 1) left -= weightOf(messages[to]);
  return to;
}

function weightOf(message: Numbered | undefined): number {
  return message?.files?.some(({ mime }) => /^(?:image|video)\//.test(mime)) ? OF_PICTURES : 1;
}

function runOf(messages: Numbered[], from: number, to: number): Run {
  return {
    first: messages[Math.max(0, from)]?.seq ?? null,
    last: to >= messages.length ? null : (messages[to - 1]?.seq ?? null),
  };
}

function bounds(messages: Numbered[], { first, last }: Run): [number, number] {
  const from = first === null ? 0 : at(messages, first);
  const to = last === null ? messages.length : at(messages, last + 1);
  // Nothing of the run is at hand any more: the window was made anew.
  return from < to ? [from, to] : [Math.max(0, messages.length - FIRST), messages.length];
}

/** The index of the first message with at least this `seq`. */
function at(messages: Numbered[], seq: number): number {
  let [low, high] = [0, messages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((messages[middle]?.seq ?? Infinity) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
