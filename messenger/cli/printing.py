"""How results are printed: a few lines for people, one line of JSON for machines."""

from collections.abc import Sequence
from typing import Any, Final

import click
import msgspec

as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON, for machines.")
NUMBER: Final = click.IntRange(1, 2**53)
"""Ids and numbers of events."""


def show(value: Any, lines: Sequence[str], as_json: bool) -> None:
    click.echo(msgspec.json.encode(value).decode() if as_json else "\n".join(lines))


def table(names: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns as wide as what stands in them; the last is as long as it likes.

    What people wrote may stand there: nothing in it moves the cursor of a terminal.
    """
    rows = [tuple(map(shown, row)) for row in rows]
    widths = [max(map(len, column)) for column in zip(names, *rows, strict=True)][:-1]
    return [
        "  ".join([*(f"{cell:{width}}" for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in (names, *rows)
    ]


def shown(cell: str) -> str:
    return "".join(char if char.isprintable() else "\ufffd" for char in cell)
