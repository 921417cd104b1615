import assert from "node:assert/strict";
import { test } from "node:test";
import { safeHref } from "./markdown/links.ts";
import { plainText, renderMarkdown } from "./markdown.ts";

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
  const address = "https://b.example/c.png";
  assert.equal(shown(`![a](${address})`), `<p>![a](<a ${address}>${address}</a>)</p>`);
  assert.equal(shown("# a"), "<p># a</p>");
  assert.equal(shown("a\n==="), "<p>a<br></br>===</p>");
  assert.equal(shown("a | b\n--|--"), "<p>a | b<br></br>--|--</p>");
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
  assert.equal(plainText("1. a\n2. b\n\n```js\nc\n```"), "1. a 2. b js c");
});

test("numbers of a list are those that were written", () => {
  const values = (text: string): unknown[] => {
    const [list] = renderMarkdown(text) as { props: { children: Node[] } }[];
    return list?.props.children.map(({ props }) => (props as { value?: number }).value) ?? [];
  };
  assert.deepEqual(values("1. a\n5. b\n5. c"), [1, 5, 5]);
  assert.equal(shown("1984. a\n1985. b"), "<ol><li>1984. a</li><li>1985. b</li></ol>");
  assert.equal(shown("007. a"), "<ol><li>007. a</li></ol>");
});

test("an address of this site opens in place, another beside it", () => {
  const opened = (text: string): unknown => {
    const [block] = renderMarkdown(text, { origin: "https://here.example" }) as Node[];
    const link = [block?.props.children].flat(9).find((each) => (each as Node | undefined)?.props);
    return (link as { props: { target?: string } }).props.target;
  };
  assert.equal(opened("https://here.example/chat/1"), undefined);
  assert.equal(opened("[a](https://here.example/chat/1)"), undefined);
  assert.equal(opened("https://here.example.org/chat/1"), "_blank");
});

test("a task's number leads to it, where there is such a task", () => {
  const task = (number: number) => (number === 17 ? { href: "/task/3", title: "t" } : null);
  const made = (text: string): string => written(renderMarkdown(text, { task }));
  assert.equal(made("#17, (#17) и #18"), "<p><a /task/3>#17</a>, (<a /task/3>#17</a>) и #18</p>");
  for (const text of ["a#17", "`#17`", "##17", "#17a", "https://a.example/#17", "[#17](https://a.example)"]) {
    assert.doesNotMatch(made(text), /task/);
  }
});

test("marks over one letter stay with their line", () => {
  const piled = shown(`Z${"\u0301".repeat(450)} и й, שָּׁ֖`);
  assert.equal(piled.match(/\u0301/g)?.length, 4);
  assert.ok(piled.endsWith("и й, שָּׁ֖</p>"));
});

test("blank space, however much, is read at once and makes no difference", () => {
  const spaces = " ".repeat(60_000);
  const lines = "\n".repeat(60_000);
  const started = performance.now();
  assert.equal(shown(`a${spaces}`), "<p>a</p>");
  assert.equal(shown(`${lines}a${spaces}b${lines}c${lines}${spaces}`), "<p>a b</p><p>c</p>");
  assert.equal(plainText(`a${spaces}b`), "a b");
  assert.equal(shown("x".repeat(100_000)), `<p>${"x".repeat(100_000)}</p>`);
  assert.ok(performance.now() - started < 1000);
});
