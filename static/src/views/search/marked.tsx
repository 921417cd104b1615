// A text with what was found in it: by ranges, never by HTML.

import type { ComponentChildren } from "preact";
import type { Snippet } from "../../models/search/hits.ts";

export function Marked({ of }: { of: Snippet }) {
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const [from, to] of of.ranges) {
    if (from < at || to > of.text.length) continue;
    parts.push(of.text.slice(at, from), <mark key={from}>{of.text.slice(from, to)}</mark>);
    at = to;
  }
  return (
    <>
      {parts}
      {of.text.slice(at)}
    </>
  );
}
