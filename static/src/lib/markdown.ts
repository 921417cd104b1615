// Messages' Markdown, from tokens to Preact nodes. HTML is never made, so none can pass.

import type { MarkedToken, Token, Tokens } from "marked";
import { type ComponentChildren, h } from "preact";
import { linksIn, safeHref } from "./markdown/links.ts";
import { bareMarker, hollow, languageOf, markerOf, numberOf, tokensOf } from "./markdown/tokens.ts";
import { mentionsIn } from "./markdown/mentions.ts";
import { calm, folded, RIGHT_TO_LEFT } from "./text.ts";

export interface MarkdownOptions {
  /** Whom `@name` means here: where their mention leads to, or null when nobody is called so. */
  mention?: (username: string) => { href: string; own: boolean } | null;
  /** The task that `#17` means: where it is and what it is called, or null when there is none. */
  task?: (number: number) => { href: string; title: string } | null;
  /** Addresses of this site open in place, others beside it. */
  origin?: string;
}

/** What stands in a link leads nowhere else. */
const INSIDE_LINK: MarkdownOptions = {};

/** A part of a run of words that leads somewhere. */
interface Part {
  from: number;
  to: number;
  node: (shown: string) => ComponentChildren;
}

const APART = new Set(["paragraph", "heading", "blockquote", "code", "hr"]);
const TASK = /(?<![\p{L}\p{N}\p{M}_&#/.-])#([1-9]\d{0,8})(?![\p{L}\p{N}\p{M}_])/gu;

export function renderMarkdown(text: string, options: MarkdownOptions = {}): ComponentChildren {
  const tokens = tokensOf(text);
  if (tokens === null) return h("p", directed(text), broken(text.trim()));
  return tokens.map((token) => block(token as MarkedToken, options, directed(token.raw)));
}

/** The words alone: for lists, quotes and notifications. */
export function plainText(text: string): string {
  const tokens = tokensOf(text);
  const plain = tokens === null ? text : wordsOf(tokens);
  return calm(plain.replace(/\s+/g, " ").trim());
}

/** The names that a text mentions, in small letters; `all` means everybody. */
export function mentionedIn(text: string): Set<string> {
  const names = new Set<string>();
  if (!text.includes("@")) return names;
  const mention = (name: string): null => {
    names.add(folded(name));
    return null;
  };
  renderMarkdown(text, { mention });
  return names;
}

// Blocks

type Direction = { dir?: "auto" | "rtl" };
const INHERITED: Direction = {};

/** From the right where the first letter is; said, so that a style sheet may know it. */
function directed(text: string): Direction {
  const first = /\p{L}/u.exec(text)?.[0] ?? "";
  return { dir: RIGHT_TO_LEFT.test(first) ? "rtl" : "auto" };
}

function blocks(tokens: Token[], options: MarkdownOptions): ComponentChildren[] {
  return tokens.map((token) => block(token as MarkedToken, options, INHERITED));
}

function block(token: MarkedToken, options: MarkdownOptions, dir: Direction): ComponentChildren {
  if (hollow(token)) return h("p", dir, broken(token.raw.trim()));
  switch (token.type) {
    case "space":
      return null;
    case "paragraph":
    case "heading":
      return h("p", dir, inline(token.tokens, options));
    case "blockquote":
      return h("blockquote", dir, blocks(token.tokens, options));
    case "code":
      return code(token);
    case "list":
      return list(token, options, dir);
    case "text":
    case "checkbox":
      return span(token, options);
    default:
      return h("p", dir, broken(token.raw.trim()));
  }
}

function code(token: Tokens.Code): ComponentChildren {
  const language = languageOf(token);
  const named = language === "" ? null : h("span", { class: "prose-language" }, language);
  // Scrolled with the keys as well.
  return h("pre", { tabIndex: 0 }, named, h("code", null, calm(token.text)));
}

function list(token: Tokens.List, options: MarkdownOptions, dir: Direction): ComponentChildren {
  const items = token.items.map((item) => {
    const inner = blocks(item.tokens, options);
    const marker = bareMarker(item);
    if (marker !== null) return h("li", { class: "prose-bare" }, `${marker} `, inner);
    return h("li", token.ordered ? { value: numberOf(item) } : null, inner);
  });
  if (!token.ordered) return h("ul", dir, items);
  const paren = token.items.some((item) => markerOf(item).endsWith(")"));
  return h("ol", { ...dir, ...(paren ? { class: "prose-paren" } : {}) }, items);
}

// Within a block

function inline(tokens: Token[], options: MarkdownOptions): ComponentChildren[] {
  return tokens.map((token) => span(token as MarkedToken, options));
}

function span(token: MarkedToken, options: MarkdownOptions): ComponentChildren {
  if (hollow(token)) return broken(token.raw);
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
      return h(token.type, null, inline(token.tokens, options));
    case "codespan":
      return h("code", null, calm(token.text));
    case "br":
      return token.raw.startsWith("\\") ? ["\\", h("br", null)] : h("br", null);
    case "escape":
      return token.text;
    case "link":
      return link(token, options);
    case "text":
      return token.tokens ? inline(token.tokens, options) : marked(token.text, options);
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    default:
      return marked(token.raw, options);
  }
}

function link(token: Tokens.Link, options: MarkdownOptions): ComponentChildren {
  const href = safeHref(token.href);
  if (href === null) return marked(token.raw, options);
  const inner = inline(token.tokens, INSIDE_LINK);
  const title = token.title ?? (token.text === token.href ? null : token.href);
  return anchor(href, flat(inner), options, title);
}

function anchor(
  href: string,
  shown: ComponentChildren,
  { origin }: MarkdownOptions,
  title: string | null = null,
): ComponentChildren {
  const props = title === null ? { href } : { href, title };
  if (origin !== undefined && new URL(href).origin === origin) return h("a", props, shown);
  return h("a", { ...props, target: "_blank", rel: "noopener noreferrer nofollow" }, shown);
}

/** Words, with the addresses, mentions and tasks in them. */
function marked(text: string, options: MarkdownOptions): ComponentChildren {
  if (options === INSIDE_LINK) return broken(text);
  const parts = [...addresses(text, options), ...mentions(text, options), ...tasks(text, options)];
  if (parts.length === 0) return broken(text);
  parts.sort((one, other) => one.from - other.from);
  const shown: ComponentChildren[] = [];
  let end = 0;
  for (const { from, to, node } of parts) {
    if (from < end) continue;
    shown.push(broken(text.slice(end, from)), node(calm(text.slice(from, to))));
    end = to;
  }
  return [...shown, broken(text.slice(end))];
}

function addresses(text: string, options: MarkdownOptions): Part[] {
  return linksIn(text).map(({ from, to, href }) => ({
    from,
    to,
    node: (shown) => anchor(href, shown, options),
  }));
}

function mentions(text: string, { mention }: MarkdownOptions): Part[] {
  if (mention === undefined) return [];
  return mentionsIn(text).flatMap(({ from, to, name }) => {
    const meant = mention(name);
    if (meant === null) return [];
    const props = { class: meant.own ? "mention mention-own" : "mention", href: meant.href };
    return { from, to, node: (shown: string) => h("a", props, shown) };
  });
}

function tasks(text: string, { task }: MarkdownOptions): Part[] {
  if (task === undefined || !text.includes("#")) return [];
  return [...text.matchAll(TASK)].flatMap((found) => {
    const meant = task(Number(found[1]));
    if (meant === null) return [];
    const props = { class: "task-link", href: meant.href, title: meant.title };
    const node = (shown: string): ComponentChildren => h("a", props, shown);
    return { from: found.index, to: found.index + found[0].length, node };
  });
}

/** Words as they are; a line's end stays one. */
function broken(text: string): ComponentChildren {
  const lines = calm(text).split("\n");
  if (lines.length === 1) return lines[0];
  return lines.flatMap((line, at) => (at === 0 ? [line] : [h("br", null), line]));
}

function flat(children: ComponentChildren[]): ComponentChildren {
  return children.length === 1 ? children[0] : children;
}

// Words alone

function wordsOf(tokens: Token[]): string {
  return tokens.map((token) => wordsOfOne(token as MarkedToken)).join("");
}

function wordsOfOne(token: MarkedToken): string {
  const space = APART.has(token.type) ? " " : "";
  if (hollow(token)) return token.raw + space;
  switch (token.type) {
    case "br":
      return token.raw.startsWith("\\") ? "\\ " : " ";
    case "code":
      return `${languageOf(token)} ${token.text} `;
    case "codespan":
    case "escape":
      return token.text;
    case "image":
      return token.raw;
    case "list":
      return token.items.map(itemWords).join("");
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    case "link":
      return safeHref(token.href) === null ? token.raw : wordsOf(token.tokens);
    default: {
      const { tokens } = token as { tokens?: Token[] };
      return (tokens === undefined ? token.raw : wordsOf(tokens)) + space;
    }
  }
}

function itemWords(item: Tokens.ListItem): string {
  const marker = bareMarker(item) ?? (/\d/.test(markerOf(item)) ? markerOf(item) : null);
  return `${marker === null ? "" : `${marker} `}${wordsOf(item.tokens)} `;
}
