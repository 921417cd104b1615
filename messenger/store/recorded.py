"""SQLAlchemy's expressions, written down instead of built.

A statement is an expression of SQLAlchemy, and a serving process needs nothing of it but its text,
which was compiled before (`store.compiled`). So the modules that declare tables and statements do
it with `Recorded`: whatever is asked of one is noted as a recipe, a tuple that says what to call on
what. The same recipe is what a compiled text is found by: a changed statement has another one. Only
where a text is missing, SQLAlchemy is imported and the recipe followed (`store.compiling`).

What a table's columns are called, and of which type, is known here too: statements are made of it.
"""

import marshal
from collections.abc import Callable, Iterator
from datetime import datetime
from hashlib import blake2b
from typing import Any, Final

Recipe = tuple[Any, ...]

PLAIN: Final = frozenset({str, int, float, bool, bytes, type(None)})
OPERATORS: Final = (
    "eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "truediv", "mod", "and_", "or_",
)  # fmt: skip
# Types as `create table` names them; what has arguments there (a length) is not used.
TYPES: Final = {
    "BigInteger": "BIGINT", "Boolean": "BOOLEAN", "BYTEA": "BYTEA", "Date": "DATE",
    "Double": "DOUBLE PRECISION", "Float": "FLOAT", "INET": "INET", "Integer": "INTEGER",
    "JSONB": "JSONB", "LargeBinary": "BYTEA", "REAL": "REAL", "SmallInteger": "SMALLINT",
    "Text": "TEXT", "TIMESTAMP": "TIMESTAMP WITH TIME ZONE", "TSVECTOR": "TSVECTOR", "UUID": "UUID",
}  # fmt: skip

TABLES: Final[dict[str, Recipe]] = {}
"""How each table is made, by what recipes call it: its name and the digest of the making."""
NAMED: Final[dict[str, Recipe]] = {}
"""The same of parts of statements that have a name there: other recipes refer to them by this, for
they would hold each of them many times."""
NAMING: Final = frozenset({"alias", "cte", "label", "subquery"})


class Expression:
    """What can stand in one. None is a subclass of another, so that operands stay in order."""

    __slots__ = ("recipe",)
    # Indexing would pass for iterating, without an end.
    __iter__ = None
    __hash__ = object.__hash__

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.recipe!r:.100}>"

    def __getattr__(self, name: str) -> "Expression":
        if name.startswith("__"):
            raise AttributeError(name)
        return Recorded(("get", self.recipe, name))

    def __call__(self, *given: Any, **named: Any) -> "Expression":
        recipe = _call(self.recipe, given, named)
        if given and self.recipe[0] == "get" and self.recipe[2] in NAMING:
            key = key_of(recipe)
            NAMED.setdefault(key, recipe)
            recipe = ("named", key)
        return Recorded(recipe)

    def __getitem__(self, key: Any) -> "Expression":
        if not isinstance(key, str | int | Expression):
            return self  # an annotation, `ColumnElement[Any]`
        return Recorded(("getitem", self.recipe, written(key)))

    def __invert__(self) -> "Expression":
        return Recorded(("invert", self.recipe))

    def __bool__(self) -> bool:
        raise TypeError("an expression is neither true nor false: the database decides")


class Recorded(Expression):
    """Something of SQLAlchemy that may never be built."""

    __slots__ = ()


def _operator(name: str) -> Callable[[Expression, Any], Expression]:
    return lambda self, other: Recorded((name, self.recipe, written(other)))


def _reflected(name: str) -> Callable[[Expression, Any], Expression]:
    return lambda self, other: Recorded((name, written(other), self.recipe))


for _name in OPERATORS:
    setattr(Expression, f"__{_name.rstrip('_')}__", _operator(_name))
for _name in OPERATORS[6:]:
    setattr(Expression, f"__r{_name.rstrip('_')}__", _reflected(_name))


def written(value: Any) -> Any:
    """The recipe of a value that an expression is made of."""
    if isinstance(value, Expression):
        return value.recipe
    if isinstance(value, list | tuple):
        return (type(value).__name__, *map(written, value))
    if isinstance(value, dict):
        return ("dict", *((name, written(each)) for name, each in value.items()))
    if isinstance(value, datetime):
        return ("moment", value.isoformat())
    if type(value) not in PLAIN:
        raise TypeError(f"statements are made of plain values, not of {value!r}")
    return value


def _call(recipe: Recipe, given: tuple[Any, ...], named: dict[str, Any]) -> Recipe:
    parts = tuple(map(written, given))
    return ("call", recipe, parts, tuple((name, written(each)) for name, each in named.items()))


class Column(Expression):
    """A column: one of a table's, once that is made."""

    __slots__ = ("name", "primary_key", "type")

    def __init__(self, recipe: Recipe, name: str, type: Expression, primary_key: bool) -> None:
        super().__init__(recipe)
        self.name = name
        self.type = type
        self.primary_key = primary_key


class Columns:
    """A table's columns: by name, as attributes, and in order."""

    def __init__(self, columns: dict[str, Column]) -> None:
        self._columns = columns

    def __getattr__(self, name: str) -> Column:
        if name not in self._columns:
            raise AttributeError(f"no column {name}")
        return self._columns[name]

    def __getitem__(self, name: str) -> Column:
        return self._columns[name]

    def __contains__(self, name: str) -> bool:
        return name in self._columns

    def __iter__(self) -> Iterator[Column]:
        return iter(self._columns.values())


class Table(Expression):
    __slots__ = ("c", "columns", "name", "primary_key")

    def __init__(self, made: Recipe, name: str, columns: list[Column]) -> None:
        called = f"{name}:{blake2b(marshal.dumps(made, 2), digest_size=8).hexdigest()}"
        TABLES[called] = made
        super().__init__(("table", called))
        self.name = name
        self.c = Columns(
            {
                each.name: Column(
                    ("column", called, each.name), each.name, each.type, each.primary_key
                )
                for each in columns
            }
        )
        self.columns = self.c
        self.primary_key = PrimaryKey([each for each in self.c if each.primary_key])


class PrimaryKey:
    def __init__(self, columns: list[Column]) -> None:
        self.columns = columns


_OF_LIBRARY: Final[dict[str, Expression]] = {}
"""What was taken from it: half of all recipes begin with the same few names."""


class Library(Expression):
    """SQLAlchemy itself; it knows what a table is and what a column."""

    __slots__ = ()

    def __getattr__(self, name: str) -> Expression:
        if (known := _OF_LIBRARY.get(name)) is None:
            makers: dict[str, type[Expression]] = {"Column": ColumnMaker, "Table": TableMaker}
            known = makers.get(name, Recorded)(("get", self.recipe, name))
            _OF_LIBRARY[name] = known
        return known


class ColumnMaker(Expression):
    __slots__ = ()

    def __call__(self, *given: Any, **named: Any) -> Column:
        name, type = given[:2]
        return Column(_call(self.recipe, given, named), name, type, "primary_key" in named)


class TableMaker(Expression):
    __slots__ = ()

    def __call__(self, *given: Any, **named: Any) -> Table:
        columns = [each for each in given if isinstance(each, Column)]
        return Table(_call(self.recipe, given, named), given[0], columns)


def type_of(column: Any) -> str:
    """The type of a table's column, as PostgreSQL names it."""
    return _named(column.type.recipe)


def _named(recipe: Any) -> str:
    """A type by its recipe: a class, or the class called with what the type is made of."""
    if recipe[0] != "call":
        return TYPES[recipe[2]]
    (_, _, name), within = recipe[1:3]
    return f"{_named(within[0])}[]" if name == "ARRAY" else TYPES[name]


def key_of(recipe: Recipe) -> str:
    """What the text of a statement is found by."""
    return blake2b(marshal.dumps(recipe, 2), digest_size=12).hexdigest()
