// Addresses in a text: where they begin and end, and where they lead. By linkify-it, which knows the
// letters and the punctuation of every language; what stands around an address stays outside.

import { LinkifyIt, type Match } from "linkify-it";

export interface Link {
  from: number;
  to: number;
  href: string;
}

const SAFE = new Set(["http:", "https:", "mailto:"]);
// Without a scheme only what can hardly be anything else: «сделал.завтра», main.rs and script.py are none.
const DOMAINS = "com org net edu gov info ru su рф by kz ua uz".split(" ");
// Behind a closing quote linkify-it leaves the full stop of the sentence within.
const BEHIND = /[.,:;!?…*`~]+$/;
// Worth looking at: a dot between letters, an `@`, or a scheme.
const LIKELY = /[\p{L}\p{N}][.@][\p{L}\p{N}]|:\/\/|mailto:/iu;

const linkify = new LinkifyIt({ fuzzyLink: true, urlAuth: true, tlds: DOMAINS })
  .add("//")
  .add("ftp:")
  .add("www.", {
    validate(text, at, self) {
      const host = self.re.get_relative_proto_validator();
      host.lastIndex = at;
      return host.exec(text)?.[0].length ?? 0;
    },
  });

/** The addresses in a text, first to last. */
export function linksIn(text: string): Link[] {
  if (!LIKELY.test(text)) return [];
  return (linkify.match(text) ?? []).flatMap((match) => linkOf(match) ?? []);
}

/** The address with a scheme that a text begins with. */
export function linkAtStart(text: string): Link | null {
  const match = /^\w/.test(text) ? linkify.matchAtStart(text) : null;
  return match === null ? null : linkOf(match);
}

/** The address, when it leads to somewhere harmless. */
export function safeHref(href: string): string | null {
  try {
    return SAFE.has(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}

function linkOf({ schema, index, raw, url }: Match): Link | null {
  const surplus = BEHIND.exec(raw)?.[0].length ?? 0;
  const shown = raw.slice(0, raw.length - surplus);
  const bare = schema === "" && !url.startsWith("mailto:");
  const href = bare || schema === "www." ? `https://${shown}` : url.slice(0, url.length - surplus);
  // A name before the host, `https://bank.ru@evil.example`, only ever misleads.
  if (safeHref(href) === null || new URL(href).username !== "") return null;
  return { from: index, to: index + shown.length, href };
}
