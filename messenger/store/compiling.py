"""Follows the recipes of statements with SQLAlchemy, and compiles what comes of them.

The only module of the store, beside the check of the tables, that imports SQLAlchemy; imported
where a statement's text is not known yet, and where the texts are written (`store.compiled`).
"""

import importlib
import operator
from datetime import datetime
from typing import Any, Final

import sqlalchemy
from sqlalchemy.dialects.postgresql import psycopg2 as dialects

from messenger.store.recorded import NAMED, TABLES, Expression, Recipe
from messenger.store.statement_text import WRITES, StatementText

DIALECT: Final = dialects.dialect()  # type: ignore[no-untyped-call]

# What was built, by its recipe's identity: one alias that stands twice in a statement is one.
# The recipes are kept with it, so that no other ever has their identity.
_built: dict[int, tuple[Recipe, Any]] = {}
_tables: dict[str, Any] = {}


def compiled(statement: Any) -> StatementText:
    """Compile a recorded statement, or one of SQLAlchemy's own."""
    if isinstance(statement, Expression):
        all_tables()
        statement = built(statement.recipe)
    done: Any = statement.compile(dialect=DIALECT)
    sql = str(done)
    if "POSTCOMPILE" in sql:
        raise ValueError("use `= any(array)` instead of `in`: this statement has no fixed text")
    return StatementText(
        sql=sql,
        writes=WRITES.search(sql) is not None,
        defaults=dict(done.construct_params({}, _check=False)),
        converted=_converted(done),
    )


def _converted(done: Any) -> dict[str, str]:
    """The parameters that psycopg2 does not take as they are, and what they are converted as."""
    found = {}
    for name in getattr(done, "_bind_processors", {}):
        type_ = done.binds[name].type
        match type_:
            case sqlalchemy.ARRAY():
                if type_.item_type.dialect_impl(DIALECT).bind_processor(DIALECT) is not None:
                    raise ValueError(f"{name} is an array of what psycopg2 does not take as it is")
                found[name] = "array"
            case sqlalchemy.Boolean():
                found[name] = "boolean"
            case sqlalchemy.JSON():
                found[name] = "json"
            case _:
                raise ValueError(f"{name} is of a type that is not converted here: {type_!r}")
    return found


def all_tables() -> dict[str, sqlalchemy.Table]:
    """Every table there is, by name; a join finds what it is by from all of them."""
    return {each.name: each for each in map(table, TABLES)}


def table(name: str) -> Any:
    """The real table that recipes call so."""
    if name not in _tables:
        _tables[name] = built(TABLES[name])
    return _tables[name]


def built(recipe: Any) -> Any:
    """Follow a recipe; the same one gives the same object."""
    if not isinstance(recipe, tuple):
        return recipe
    if id(recipe) not in _built:
        _built[id(recipe)] = (recipe, _follow(*recipe))
    return _built[id(recipe)][1]


def _follow(verb: str, *parts: Any) -> Any:
    match verb, parts:
        case "library", (name,):
            return importlib.import_module(name)
        case "table", (name,):
            return table(name)
        case "named", (key,):
            return built(NAMED[key])
        case "column", (of, name):
            return table(of).c[name]
        case "get", (of, name):
            return getattr(built(of), name)
        case "call", (of, given, named):
            arguments = {name: built(each) for name, each in named}
            return built(of)(*map(built, given), **arguments)
        case "moment", (written,):
            return datetime.fromisoformat(written)
        case "list", _:
            return [*map(built, parts)]
        case "tuple", _:
            return (*map(built, parts),)
        case "dict", _:
            return {name: built(each) for name, each in parts}
    return getattr(operator, verb)(*map(built, parts))
