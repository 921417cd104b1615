"""Markdown, as the pages of documents are written in it: headings, tables, links to headings."""

from collections.abc import Iterable, Iterator

from messenger.reference.fields import Field


def heading(title: str, level: int = 2) -> tuple[str, ...]:
    """Lines of a heading, with the blank ones around it."""
    return ("", "#" * level + " " + title, "")


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Lines of a table; a `|` in a cell is escaped."""
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def field_table(fields: list[Field], name: str = "field") -> Iterator[str]:
    """Lines of a table of fields and a blank one; none where there are no fields."""
    if not fields:
        return
    yield from table(
        (name, "type", "", ""),
        (
            (
                f"`{field.name}`",
                field.type,
                "" if field.required else "optional",
                field.sentence + (f" Default: `{field.default}`." if field.default else ""),
            )
            for field in fields
        ),
    )
    yield ""


def link(name: str) -> str:
    """A link to the heading of that name."""
    return f"[{name}](#{anchor(name)})"


def anchor(title: str) -> str:
    """The fragment that a heading gets where Markdown is shown."""
    kept = (letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).replace(" ", "-")
