"""A statement as psycopg2 takes it: its text, and what its parameters need."""

import re
from collections.abc import Callable
from json import dumps
from typing import Any, Final

import msgspec

WRITES: Final = re.compile(r"\b(insert\s+into|update\s+\w|delete\s+from)", re.IGNORECASE)
PLACES: Final = re.compile(r"%%|%\((\w+)\)s")


class StatementText(msgspec.Struct, frozen=True):
    sql: str
    writes: bool
    defaults: dict[str, Any]
    """Every parameter, and its value where none is given."""
    converted: dict[str, str]
    """Which parameters are converted first, and as what: `CONVERSIONS`."""


class Kept(msgspec.Struct, frozen=True):
    """A statement that a connection prepares once: PostgreSQL then need not plan it each time."""

    name: str
    prepare: bytes
    execute: str

    @classmethod
    def of(cls, name: str, sql: str) -> "Kept":
        """Of a text with psycopg2's placeholders; the types of its parameters follow from it."""
        numbers: dict[str, int] = {}

        def numbered(found: re.Match[str]) -> str:
            if found[1] is None:
                return "%"
            return f"${numbers.setdefault(found[1], len(numbers) + 1)}"

        text = PLACES.sub(numbered, sql)
        given = ", ".join(f"%({parameter})s" for parameter in numbers)
        return cls(name, f"prepare {name} as {text}".encode(), f"execute {name}({given})")


def boolean(value: Any) -> bool:
    if value is not True and value is not False:
        raise TypeError(f"not a boolean: {value!r}")
    return bool(value)


CONVERSIONS: Final[dict[str, Callable[[Any], Any]]] = {
    "array": list,
    "boolean": boolean,
    "json": dumps,
}
"""As SQLAlchemy converts them for psycopg2."""
