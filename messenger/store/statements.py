"""Statements, written with SQLAlchemy or as text, compiled once when their module is imported."""

import re
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import psycopg2 as dialects

DIALECT: Final = dialects.dialect()  # type: ignore[no-untyped-call]
STAMP: Final = """'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'"""

WRITES: Final = re.compile(r"\b(insert\s+into|update\s+\w|delete\s+from)", re.IGNORECASE)


def stamp(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Select a moment as the contract's string (UTC, three decimals)."""
    utc = sa.func.timezone(sa.literal_column("'UTC'"), column)
    return sa.func.to_char(utc, sa.literal_column(STAMP)).label(getattr(column, "name", None))


class Prepared:
    """A statement, compiled once; a module constant wherever it is used.

    Only the text and what its parameters need is kept: SQLAlchemy's compiled
    objects of all statements together would be a tenth of the server's memory.
    """

    __slots__ = ("defaults", "processors", "row", "sql", "writes")

    def __init__(self, statement: sa.sql.ClauseElement) -> None:
        compiled: Any = statement.compile(dialect=DIALECT)
        self.sql = str(compiled)
        if "POSTCOMPILE" in self.sql:
            raise ValueError("use `= any(array)` instead of `in`: this statement has no fixed text")
        self.writes = WRITES.search(self.sql) is not None
        self.processors = dict(getattr(compiled, "_bind_processors", {}))
        self.defaults: dict[str, Any] = dict(compiled.construct_params({}, _check=False))
        self.row: Any = None

    def values(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.keys() <= self.defaults.keys():
            raise TypeError(f"no such parameters: {given.keys() - self.defaults.keys()}")
        values = {**self.defaults, **given}
        for name, process in self.processors.items():
            if values[name] is not None:
                values[name] = process(values[name])
        return values
