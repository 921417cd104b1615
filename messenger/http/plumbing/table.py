"""Tables to be downloaded: CSV (RFC 4180) that table programs open without harm."""

import csv
import io
from collections.abc import Sequence
from typing import Final

from aiohttp import web

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""A table program would compute a cell that begins so; what people typed stands in some."""
MARK: Final = b"\xef\xbb\xbf"
"""By its first three bytes a table program knows that Cyrillic letters follow."""


async def begin(request: web.Request, name: str, columns: Sequence[str]) -> web.StreamResponse:
    """Answer with a file of this name, and its first line."""
    answer = web.StreamResponse(
        headers={
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store",
        }
    )
    await answer.prepare(request)
    await answer.write(MARK + lines([columns]))
    return answer


def lines(rows: Sequence[Sequence[object]]) -> bytes:
    written = io.StringIO()
    csv.writer(written).writerows([cell(each) for each in row] for row in rows)
    return written.getvalue().encode()


def cell(value: object) -> object:
    """What stands in the table: with an apostrophe before what would be computed."""
    plain = isinstance(value, str) and value.startswith(FORMULA)
    return f"'{value}" if plain else value
