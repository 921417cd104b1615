// Whether a text has what is wanted, and where. Pure. In all their forms, but for phrases; the last word
// may be unfinished.

import { type Piece, piecesOf, type Range } from "./query.ts";
import { fold, stem, type Token, tokensOf } from "./words.ts";

/** One word, or several that follow each other: a phrase, a number with hyphens, an address. */
export interface Word {
  parts: { word: string; stem: string }[];
  /** As they are, in no other form. */
  exact: boolean;
  /** The last one may be the beginning of another. */
  open: boolean;
}

/** One of each group is wanted, and none of those without. */
export interface Words {
  all: Word[][];
  without: Word[];
}

/** They are in every text: nobody looks for them beside others. */
const COMMON = new Set(
  ("и в во не что он на я с со как а то все она так его но да ты к у же вы за бы по ее мне было вот от о из ему для мы " +
    "их до или ни при об это этот the a an of to in and or is it that for on with as was at by be this are from i you")
    .split(" "),
);

/** What is looked for; `typing`: the last word is being written. */
export function wordsIn(text: string, typing = false): Words {
  const pieces = piecesOf(text);
  const words: Words = { all: [], without: [] };
  const last = typing && !/\s$/.test(text) ? pieces.at(-1) : undefined;
  let joins = false;
  for (const piece of pieces) {
    if (piece.kind === "or") {
      joins = words.all.length > 0;
      continue;
    }
    const word = piece.kind === "filter" ? null : wordOf(piece, piece === last);
    if (word === null) continue;
    if (piece.not) words.without.push(word);
    else if (joins) words.all.at(-1)?.push(word);
    else words.all.push([word]);
    joins = false;
  }
  const rare = words.all.filter((group) => !group.every(isCommon));
  return rare.length === 0 ? words : { ...words, all: rare };
}

function wordOf(piece: Extract<Piece, { text: string }>, open: boolean): Word | null {
  const parts = tokensOf(piece.text).map(({ word, stem: found }) => ({ word, stem: found }));
  if (parts.length === 0) return null;
  return { parts, exact: piece.kind === "phrase", open: open && piece.kind === "word" };
}

function isCommon({ parts, exact, open }: Word): boolean {
  return !exact && !open && parts.every(({ word }) => COMMON.has(word));
}

export function isNothing({ all, without }: Words): boolean {
  return all.length + without.length === 0;
}

export function fits(tokens: readonly Token[], { all, without }: Words): boolean {
  const has = (word: Word): boolean => tokens.some((_, at) => isAt(tokens, at, word) > 0);
  return all.every((group) => group.some(has)) && !without.some(has);
}

/** Where the words stand, in their order; none overlaps another. */
export function rangesOf(tokens: readonly Token[], { all }: Words): Range[] {
  const words = all.flat();
  const found: Range[] = [];
  for (const [at, { from }] of tokens.entries()) {
    const length = Math.max(0, ...words.map((word) => isAt(tokens, at, word)));
    const to = tokens[at + length - 1]?.to;
    if (length === 0 || to === undefined) continue;
    const last = found.at(-1);
    if (last !== undefined && from < last.to) last.to = Math.max(last.to, to);
    else found.push({ from, to });
  }
  return found;
}

/** How many tokens from one on are the word, what is inside of compounds counted; 0: they are not. */
function isAt(tokens: readonly Token[], at: number, { parts, exact, open }: Word): number {
  let index = at;
  for (const [nth, part] of parts.entries()) {
    const token = tokens[index];
    if (token === undefined) return 0;
    const begins = open && nth === parts.length - 1 && token.word.startsWith(part.word);
    const same = exact || parts.length > 1 ? token.word === part.word : token.stem === part.stem;
    if (!begins && !same) return 0;
    index += 1;
    if (nth === parts.length - 1) break;
    // The parts of a compound stand behind it.
    while ((tokens[index]?.from ?? token.to) < token.to) index += 1;
  }
  return index - at;
}

/** A piece of a text around what was found first, with `…` where something is left out. */
export function snippetOf(text: string, words: Words, longest = 240): { text: string; ranges: [number, number][] } {
  const ranges = rangesOf(tokensOf(text, true), words);
  const first = ranges[0]?.from ?? 0;
  const near = text.length <= longest || first < longest / 2 ? 0 : wordAfter(text, first - 60);
  const from = Math.max(near, lineAbove(text, first));
  const to = text.length - from <= longest ? text.length : wordBefore(text, from + longest);
  const head = from > 0 ? "…" : "";
  const shown = ranges.filter((range) => range.from >= from && range.to <= to);
  return {
    text: `${head}${text.slice(from, to)}${to < text.length ? "…" : ""}`,
    ranges: shown.map((range) => [range.from - from + head.length, range.to - from + head.length]),
  };
}

/** Where the line before the one of a place begins: a hit has room for two lines, or four. */
function lineAbove(text: string, place: number): number {
  const end = place > 0 ? text.lastIndexOf("\n", place - 1) : -1;
  return end > 0 ? text.lastIndexOf("\n", end - 1) + 1 : 0;
}

function wordAfter(text: string, at: number): number {
  const blank = text.slice(at, at + 60).search(/\s/);
  return blank < 0 ? at : at + blank + 1;
}

function wordBefore(text: string, at: number): number {
  const blank = text.lastIndexOf(" ", at);
  return blank < at - 60 ? at : blank;
}

/** The terms under which an unfinished word may be kept: its stem, and whatever it is longer than. */
export function shorterOf(word: string): string[] {
  const folded = fold(word);
  const found = [stem(folded)];
  for (let length = 3; length <= folded.length; length++) found.push(folded.slice(0, length));
  return [...new Set(found)];
}
