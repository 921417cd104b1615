"""A statement as psycopg2 takes it: its text, and what its parameters need."""

import re
from collections.abc import Callable
from json import dumps
from typing import Any, Final

import msgspec

WRITES: Final = re.compile(r"\b(insert\s+into|update\s+\w|delete\s+from)", re.IGNORECASE)


class StatementText(msgspec.Struct, frozen=True):
    sql: str
    writes: bool
    defaults: dict[str, Any]
    """Every parameter, and its value where none is given."""
    converted: dict[str, str]
    """Which parameters are converted first, and as what: `CONVERSIONS`."""


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
