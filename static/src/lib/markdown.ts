// Messages' Markdown, from marked's tokens to Preact nodes. HTML is never made, so none can pass.
// What chats have no use for (headings, tables, images, HTML) is shown as it was written.

import { lexer, type MarkedToken, type Token, type Tokens } from "marked";
import { type ComponentChildren, h } from "preact";

export interface MarkdownOptions {
  /** Whom `@name` means here: where their mention leads to, or null when nobody is called so. */
  mention?: (username: string) => { href: string; own: boolean } | null;
}

const APART = new Set(["paragraph", "list_item", "heading", "blockquote"]);
const SAFE = new Set(["http:", "https:", "mailto:"]);
// User names, and `@all`; not the middle of an address like a@b.
const MENTION = /(?<![\p{L}\p{N}_@./-])@([\p{L}\p{N}](?:[\p{L}\p{N}._-]*[\p{L}\p{N}_])?)/gu;

export function renderMarkdown(text: string, options: MarkdownOptions = {}): ComponentChildren {
  const tokens = tokensOf(text);
  if (tokens === null) return h("p", null, text);
  return blocks(tokens, options);
}

/** The words alone: for lists, quotes and notifications. */
export function plainText(text: string): string {
  const tokens = tokensOf(text);
  if (tokens === null) return text;
  return words(tokens).replace(/\s+/g, " ").trim();
}

function tokensOf(text: string): Token[] | null {
  try {
    return lexer(text, { gfm: true, breaks: true });
  } catch {
    // Nesting beyond the stack: nothing that a person wrote.
    return null;
  }
}

function blocks(tokens: Token[], options: MarkdownOptions): ComponentChildren[] {
  return tokens.map((token) => block(token as MarkedToken, options));
}

function block(token: MarkedToken, options: MarkdownOptions): ComponentChildren {
  switch (token.type) {
    case "space":
    case "def":
      return null;
    case "paragraph":
      return h("p", null, inline(token.tokens, options));
    case "blockquote":
      return h("blockquote", null, blocks(token.tokens, options));
    case "code":
      return h("pre", null, h("code", null, token.text));
    case "list":
      return list(token, options);
    case "text":
      return token.tokens ? inline(token.tokens, options) : marked(token.text, options);
    default:
      return h("p", null, token.raw.trimEnd());
  }
}

function list(token: Tokens.List, options: MarkdownOptions): ComponentChildren {
  const items = token.items.map((item) => h("li", null, blocks(item.tokens, options)));
  if (!token.ordered) return h("ul", null, items);
  return h("ol", { start: token.start === "" ? 1 : token.start }, items);
}

function inline(tokens: Token[], options: MarkdownOptions): ComponentChildren[] {
  return tokens.map((token) => span(token as MarkedToken, options));
}

function span(token: MarkedToken, options: MarkdownOptions): ComponentChildren {
  switch (token.type) {
    case "strong":
    case "em":
    case "del":
      return h(token.type, null, inline(token.tokens, options));
    case "codespan":
      return h("code", null, token.text);
    case "br":
      return h("br", null);
    case "escape":
      return token.text;
    case "link":
      return link(token, options);
    case "text":
      return token.tokens ? inline(token.tokens, options) : marked(token.text, options);
    case "checkbox":
      return token.checked ? "☑ " : "☐ ";
    default:
      return token.raw;
  }
}

function link(token: Tokens.Link, options: MarkdownOptions): ComponentChildren {
  const href = safeHref(token.href);
  if (href === null) return token.raw;
  const shown = inline(token.tokens, options);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow" }, shown);
}

/** The address, when it leads to somewhere harmless. */
export function safeHref(href: string): string | null {
  try {
    return SAFE.has(new URL(href).protocol) ? href : null;
  } catch {
    return null;
  }
}

function marked(text: string, options: MarkdownOptions): ComponentChildren {
  if (!options.mention || !text.includes("@")) return text;
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const found of text.matchAll(MENTION)) {
    const meant = options.mention(found[1] ?? "");
    if (meant === null) continue;
    parts.push(text.slice(end, found.index));
    const name = meant.own ? "mention mention-own" : "mention";
    parts.push(h("a", { class: name, href: meant.href }, found[0]));
    end = found.index + found[0].length;
  }
  return [...parts, text.slice(end)];
}

function words(tokens: Token[]): string {
  return tokens
    .map((token) => {
      const inner = token as Tokens.Generic & { items?: Token[] };
      if (inner.type === "br") return " ";
      if (inner.items) return words(inner.items);
      if (inner.tokens) return words(inner.tokens) + (APART.has(inner.type) ? " " : "");
      return (inner["text"] as string | undefined) ?? " ";
    })
    .join("");
}
