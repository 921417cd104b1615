"""A page of documents from its Markdown: HTML, and the headings for a table of contents."""

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec

from messenger.reference.markdown import anchor

if TYPE_CHECKING:
    from markdown_it.token import Token


class Heading(msgspec.Struct, frozen=True):
    """A heading of level 2, and those of level 3 below it."""

    anchor: str
    title: str
    below: list["Heading"]


class Rendered(msgspec.Struct, frozen=True):
    """`body` is HTML, with an `id` at every heading."""

    body: str
    contents: list[Heading]


def render(markdown: str) -> Rendered:
    """Render a page; marks of HTML in it are shown as they are written."""
    # Imported for the first reader of the page: 20 ms that no start has to take.
    from markdown_it import MarkdownIt

    renderer = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = renderer.parse(markdown)
    contents: list[Heading] = []
    for token, text in pairwise(tokens):
        if token.type != "heading_open":
            continue
        title = _plain(text)
        token.attrSet("id", anchor(title))
        if token.tag == "h2":
            contents.append(Heading(anchor(title), title, []))
        elif token.tag == "h3" and contents:
            contents[-1].below.append(Heading(anchor(title), title, []))
    return Rendered(renderer.renderer.render(tokens, renderer.options, {}), contents)


def _plain(token: "Token") -> str:
    return "".join(each.content for each in token.children or ())
