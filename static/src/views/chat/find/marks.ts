// Marks what was found in the messages on the screen, by ranges of the document: nothing in it changes.
// Where a browser has no such marks (CSS Custom Highlight API), the message one is at is still shown.

import { rangesOf, type Words } from "../../../lib/search/matching.ts";
import { tokensOf } from "../../../lib/search/words.ts";

const [ALL, HERE] = ["found", "found-here"];

/** Mark the words as long as the result is not called; `here` says which message one is at. */
export function markWords(root: Element, words: Words, here: () => number | null): { again: () => void; end: () => void } {
  if (!("highlights" in CSS)) return { again: () => {}, end: () => {} };
  let asked = 0;
  const draw = (): void => {
    asked = 0;
    const [all, at] = [new Highlight(), new Highlight()];
    const seq = String(here());
    for (const text of root.querySelectorAll<HTMLElement>(".post-text")) {
      const to = text.closest<HTMLElement>("[data-seq]")?.dataset["seq"] === seq ? at : all;
      for (const range of rangesIn(text, words)) to.add(range);
    }
    CSS.highlights.set(ALL, all);
    CSS.highlights.set(HERE, at);
  };
  const again = (): void => {
    asked ||= requestAnimationFrame(draw);
  };
  const watch = new MutationObserver(again);
  watch.observe(root, { childList: true, subtree: true, characterData: true });
  again();
  const end = (): void => {
    watch.disconnect();
    cancelAnimationFrame(asked);
    CSS.highlights.delete(ALL);
    CSS.highlights.delete(HERE);
  };
  return { again, end };
}

/** A word may stand in several text nodes: half of it bold, say. */
function rangesIn(element: Element, words: Words): Range[] {
  const nodes: { node: Text; from: number }[] = [];
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  let text = "";
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    nodes.push({ node: node as Text, from: text.length });
    text += node.nodeValue ?? "";
  }
  const spot = (at: number): [Text, number] | null => {
    const found = nodes.findLast(({ from }) => from <= at);
    return found === undefined ? null : [found.node, at - found.from];
  };
  return rangesOf(tokensOf(text, true), words).flatMap(({ from, to }) => {
    const [start, end] = [spot(from), spot(to - 1)];
    if (start === null || end === null) return [];
    const range = new Range();
    range.setStart(...start);
    range.setEnd(end[0], end[1] + 1);
    return [range];
  });
}
