"""Statements, written with SQLAlchemy or as text, which are compiled before they are needed."""

from collections.abc import Iterable, Sequence
from itertools import count
from typing import Any, Final

import msgspec

from messenger.store.compiled import TEXTS
from messenger.store.recorded import type_of
from messenger.store.sql import sa
from messenger.store.statement_text import CONVERSIONS, Kept

_numbers = count(1)
STAMP: Final = """'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'"""


def is_moment(column: sa.Column[Any]) -> bool:
    return type_of(column).startswith("TIMESTAMP")


def stamp(column: sa.ColumnElement[Any]) -> sa.ColumnElement[str]:
    """Select a moment as the contract's string (UTC, three decimals)."""
    utc = sa.func.timezone(sa.literal_column("'UTC'"), column)
    return sa.func.to_char(utc, sa.literal_column(STAMP)).label(getattr(column, "name", None))


def stamped(name: str) -> str:
    """The same for `sa.text`: select the column under its own name."""
    return f"to_char({name} at time zone 'UTC', {STAMP}) as {name}".replace(":", "\\:")


def columns_of(table: sa.Table, struct: type[msgspec.Struct]) -> list[sa.Column[Any]]:
    """The table's columns that a Struct has fields for, in the Struct's order."""
    return [table.c[name] for name in struct.__struct_fields__ if name in table.c]


def shown(columns: Iterable[sa.Column[Any]]) -> list[sa.ColumnElement[Any]]:
    """The same columns to select, with moments as strings."""
    return [stamp(column) if is_moment(column) else column for column in columns]


def summed(
    size: sa.ColumnElement[int], order: Sequence[Any], partition: Sequence[Any] = ()
) -> sa.ColumnElement[int]:
    """The sum of the sizes up to each row, itself included; no two rows share a place in the order.

    Of rows: without that PostgreSQL looks for others at the same place, which takes it longer than
    to read them.
    """
    return sa.func.sum(size).over(partition_by=[*partition], order_by=[*order], rows=(None, 0))


def _rows_as(columns: Iterable[sa.Column[Any]]) -> str:
    """Read the parameter `rows`, JSON of a list of objects, as rows of these columns."""
    typed = (f"{each.name} {type_of(each)}" for each in columns)
    return f"json_to_recordset(:rows) as t({', '.join(typed)})"


def _pairs(columns: Iterable[sa.Column[Any]], source: str) -> str:
    return ", ".join(f"{each.name} = {source}.{each.name}" for each in columns)


def upsert(table: sa.Table, fixed: Sequence[str], merged: Sequence[str] = ()) -> "Prepared":
    """Insert `rows` (JSON, every column of the table), or update what is not `fixed` in them.

    Objects in `merged` columns keep the keys that a row does not name.
    """
    key = [each.name for each in table.primary_key.columns]
    names = ", ".join(each.name for each in table.columns)
    changing = [each for each in table.columns if each.name not in (*key, *fixed, *merged)]
    merging = [f"{name} = {table.name}.{name} || excluded.{name}" for name in merged]
    return Prepared(
        sa.text(
            f"insert into {table.name} ({names}) select {names} from {_rows_as(table.columns)}"
            f" on conflict ({', '.join(key)}) do update"
            f" set {', '.join([_pairs(changing, 'excluded'), *merging])}"
        )
    )


def update(table: sa.Table, *names: str) -> "Prepared":
    """Update these columns from `rows` (JSON), which also hold the primary key."""
    key, changing = list(table.primary_key.columns), [table.c[name] for name in names]
    found = " and ".join(f"{table.name}.{each.name} = t.{each.name}" for each in key)
    return Prepared(
        sa.text(
            f"update {table.name} set {_pairs(changing, 't')}"
            f" from {_rows_as([*key, *changing])} where {found}"
        )
    )


def as_rows(rows: Sequence[Any]) -> str:
    """The parameter `rows` of `upsert` and `update`."""
    return msgspec.json.encode(rows).decode()


def listed_ids(parameter: str) -> sa.TableValuedAlias:
    """A parameter that is an array of ids, as rows with an `id`."""
    ids = sa.func.unnest(sa.bindparam(parameter, type_=sa.ARRAY(sa.BigInteger)))
    listed = ids.table_valued(sa.column("id", sa.BigInteger))
    return listed.render_derived(name="wanted")


UNHURRIED: Final = "set local synchronous_commit = off; "
"""`limits` of a note that a crash of the database may lose: no message waits for its disk."""


class Prepared:
    """A statement; a module constant wherever it is used.

    Only the text and what its parameters need is kept: SQLAlchemy's compiled
    objects of all statements together would be a tenth of the server's memory.
    `limits`: what is set for this statement alone, by `set local`; they go together, and outside of
    a transaction they are one.
    `kept`: a read that is often asked, whose planning takes longer than its answer. It may have no
    plan that hangs on what its parameters are: `tests/store/test_plans.py` looks at that.
    """

    __slots__ = ("converted", "defaults", "kept", "row", "sql", "writes")

    def __init__(
        self, statement: sa.sql.ClauseElement, *, limits: str = "", kept: bool = False
    ) -> None:
        if limits and kept:
            raise ValueError("limits would be kept with the statement")
        compiled = TEXTS.of(statement)
        self.sql = limits + compiled.sql
        self.writes = compiled.writes
        self.defaults = compiled.defaults
        self.converted = {name: CONVERSIONS[each] for name, each in compiled.converted.items()}
        self.row: Any = None
        self.kept = Kept.of(f"kept_{next(_numbers)}", compiled.sql) if kept else None

    def values(self, given: dict[str, Any]) -> dict[str, Any]:
        if not given.keys() <= self.defaults.keys():
            raise TypeError(f"no such parameters: {given.keys() - self.defaults.keys()}")
        values = {**self.defaults, **given}
        for name, convert in self.converted.items():
            if values[name] is not None:
                values[name] = convert(values[name])
        return values
