import assert from "node:assert/strict";
import { test } from "node:test";
import { plainText, renderMarkdown, safeHref } from "./markdown.ts";

interface Node {
  type: string;
  props: { children?: unknown; href?: string; class?: string };
}

/** The nodes, written as tags: what a browser would be given. */
function written(children: unknown): string {
  if (Array.isArray(children)) return children.map(written).join("");
  if (children === null || children === undefined || children === false) return "";
  if (typeof children !== "object") return String(children);
  const { type, props } = children as Node;
  const href = props.href === undefined ? "" : ` ${props.href}`;
  return `<${type}${href}>${written(props.children)}</${type}>`;
}

const shown = (text: string): string => written(renderMarkdown(text));

test("bold, italic, struck, code, quotes, lists and links are shown as such", () => {
  assert.equal(
    shown("**a** *b* ~~c~~ `d`"),
    "<p><strong>a</strong> <em>b</em> <del>c</del> <code>d</code></p>",
  );
  assert.equal(shown("> a"), "<blockquote><p>a</p></blockquote>");
  assert.equal(shown("- a\n- b"), "<ul><li>a</li><li>b</li></ul>");
  assert.equal(shown("```\na < b\n```"), "<pre><code>a < b</code></pre>");
  assert.equal(shown("[a](https://b.example/c)"), "<p><a https://b.example/c>a</a></p>");
});

test("a line break stays one", () => {
  assert.equal(shown("a\nb"), "<p>a<br></br>b</p>");
});

test("HTML is text", () => {
  const text = "<img src=x onerror=alert(1)> <b>a</b>";
  assert.equal(shown(text), `<p>${text}</p>`);
});

test("links that run scripts or show data are text", () => {
  for (const href of [
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,a",
    "vbscript:a",
  ]) {
    assert.doesNotMatch(shown(`[a](${href})`), /<a/);
    assert.equal(safeHref(href), null);
  }
});

test("images, headings and tables are shown as written", () => {
  assert.equal(shown("![a](https://b.example/c.png)"), "<p>![a](https://b.example/c.png)</p>");
  assert.equal(shown("# a"), "<p># a</p>");
});

test("entities stay what was typed", () => {
  assert.equal(shown("a &amp; b &lt;"), "<p>a &amp; b &lt;</p>");
});

test("a mention of somebody leads to them, of nobody it is text", () => {
  const mention = (name: string) => (name === "bob" ? { href: "/people/2", own: false } : null);
  const made = written(renderMarkdown("@bob, @carol and mail@bob", { mention }));
  assert.equal(made, "<p><a /people/2>@bob</a>, @carol and mail@bob</p>");
});

test("nesting without end is shown as text", () => {
  const text = ">".repeat(5000);
  assert.ok(shown(text).length > 0);
});

test("plain text has the words alone", () => {
  assert.equal(plainText("**a** [b](https://c.example)\n\n- d\n- e\n\n`f`"), "a b d e f");
});
