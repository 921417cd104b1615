// The name that is being typed after `@`, before the caret; none in code, where it would mention nobody.
// Pure.

import { mentionedIn } from "../../lib/markdown.ts";
import { folded } from "../../lib/text.ts";

const TYPED = /(?:^|[\s(«"])@([\p{L}\p{N}._-]{0,32})$/u;

/** Null when it is no name. */
export function typedName(before: string): string | null {
  const typed = TYPED.exec(before)?.[1];
  if (typed === undefined) return null;
  // Code that is not closed yet will be.
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (line.split("`").length % 2 === 0) return null;
  // With a letter more, or it may end like a sentence.
  return mentionedIn(`${before}x`).has(folded(`${typed}x`)) ? typed : null;
}
