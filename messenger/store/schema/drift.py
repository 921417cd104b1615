"""Holds the database to `schema.tables`: what the statements are built from must be what is there.

Reads the catalogue and compares; changes nothing.
"""

from collections.abc import Iterator

import psycopg2
import sqlalchemy as sa
from sqlalchemy.engine.reflection import Inspector
from sqlalchemy.pool import NullPool
from sqlalchemy.types import TypeEngine

import messenger.store.schema.tables  # noqa: F401 - declares all that `all_tables` builds
from messenger.store.compiling import all_tables
from messenger.store.schema import beside

# The record of the migrations is theirs.
NOT_OURS = {"_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock", "migration_checksums"}


def check(dsn: str) -> list[str]:
    """Every difference between the database and `schema.tables`, as a sentence each.

    An index that is still to be made beside serving is none.
    """
    engine = sa.create_engine(
        "postgresql+psycopg2://", creator=lambda: psycopg2.connect(dsn), poolclass=NullPool
    )
    owed = frozenset(each.name for each in beside.owed(dsn))
    with engine.connect() as connection:
        return list(_differences(sa.inspect(connection), owed))


def _differences(live: Inspector, owed: frozenset[str]) -> Iterator[str]:
    present = set(live.get_table_names()) - NOT_OURS
    declared = all_tables()
    for name in sorted(declared.keys() - present):
        yield f"Table {name} is missing."
    for name in sorted(present - declared.keys()):
        yield f"Table {name} is not in schema/tables."
    for name in sorted(present & declared.keys()):
        table = declared[name]
        yield from _column_differences(table, live)
        yield from _key_differences(table, live)
        yield from _foreign_differences(table, live)
        yield from _index_differences(table, live, owed)


def _column_differences(table: sa.Table, live: Inspector) -> Iterator[str]:
    present = {column["name"]: column for column in live.get_columns(table.name)}
    for column in table.columns:
        where = f"Column {table.name}.{column.name}"
        found = present.pop(column.name, None)
        if found is None:
            yield f"{where} is missing."
            continue
        has_default = found["default"] is not None or "identity" in found
        if has_default != (column.server_default is not None or column.identity is not None):
            yield f"{where} has {'a' if has_default else 'no'} default, unlike schema/tables."
        wanted_type, found_type = (_sql(kind, live) for kind in (column.type, found["type"]))
        if wanted_type != found_type:
            yield f"{where} is {found_type}, not {wanted_type}."
        if bool(column.nullable) != found["nullable"]:
            may = "may" if found["nullable"] else "must not"
            yield f"{where} {may} be null, unlike schema/tables."
    for name in present:
        yield f"Column {table.name}.{name} is not in schema/tables."


def _key_differences(table: sa.Table, live: Inspector) -> Iterator[str]:
    wanted = tuple(column.name for column in table.primary_key.columns)
    found = tuple(live.get_pk_constraint(table.name)["constrained_columns"])
    if wanted != found:
        yield f"The primary key of {table.name} is {_list(found)}, not {_list(wanted)}."
    wanted_unique, found_unique = _wanted_unique(table), _found_unique(table.name, live)
    for key in sorted(wanted_unique - found_unique):
        yield f"Table {table.name} lacks the unique key {_list(key)}."
    for key in sorted(found_unique - wanted_unique):
        yield f"The unique key {_list(key)} of {table.name} is not in schema/tables."


def _foreign_differences(table: sa.Table, live: Inspector) -> Iterator[str]:
    wanted = {
        (tuple(each.column_keys), each.referred_table.name)
        for each in table.foreign_key_constraints
    }
    found = {
        (tuple(each["constrained_columns"]), each["referred_table"])
        for each in live.get_foreign_keys(table.name)
    }
    for columns, other in sorted(wanted - found):
        yield f"Table {table.name} does not refer to {other} by {_list(columns)}."
    for columns, other in sorted(found - wanted):
        yield f"That {table.name} refers to {other} by {_list(columns)} is not in schema/tables."


def _index_differences(table: sa.Table, live: Inspector, owed: frozenset[str]) -> Iterator[str]:
    """By name; those over columns alone by their order, too. More of them than declared may be."""
    present = {index["name"]: index["column_names"] for index in live.get_indexes(table.name)}
    for index in table.indexes:
        if index.unique or index.name in owed:
            continue
        if index.name not in present:
            yield f"Index {index.name} of {table.name} is missing."
            continue
        plain = [each.name for each in index.expressions if isinstance(each, sa.Column)]
        found = present[str(index.name)][: len(plain)]
        if len(plain) == len(index.expressions) and plain != found:
            columns = tuple(str(name) for name in found)
            yield f"Index {index.name} is over {_list(columns)}, not {_list(tuple(plain))}."


def _wanted_unique(table: sa.Table) -> set[tuple[str, ...]]:
    keys = {
        tuple(column.name for column in constraint.columns)
        for constraint in table.constraints
        if isinstance(constraint, sa.UniqueConstraint)
    }
    for index in table.indexes:
        if index.unique:
            plain = [each.name for each in index.expressions if isinstance(each, sa.Column)]
            partial = index.dialect_options["postgresql"]["where"] is not None
            whole = len(plain) == len(index.expressions) and not partial
            keys.add(tuple(plain) if whole else (str(index.name),))
    return keys


def _found_unique(table: str, live: Inspector) -> set[tuple[str, ...]]:
    """As `_wanted_unique`: by columns; a partial one, or one over expressions, by its name."""
    keys = {tuple(each["column_names"]) for each in live.get_unique_constraints(table)}
    for index in live.get_indexes(table):
        if index["unique"] and "duplicates_constraint" not in index:
            columns = [name for name in index["column_names"] if name is not None]
            partial = "postgresql_where" in index.get("dialect_options", {})
            whole = len(columns) == len(index["column_names"]) and not partial
            keys.add(tuple(columns) if whole else (str(index["name"]),))
    return keys


def _sql(kind: TypeEngine[object], live: Inspector) -> str:
    return str(kind.compile(dialect=live.dialect))


def _list(columns: tuple[str, ...]) -> str:
    return f"({', '.join(columns)})"
