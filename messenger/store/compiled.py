"""The texts of statements as SQLAlchemy compiled them, kept in a file beside this one.

`python -m messenger.store` writes the file, when the server is installed; like Python's own `.pyc`
files it is never needed and never wrong: a text is found by the recipe of its statement, so what
has changed since is not found, and is compiled as if there were no file. A server that had to do so
writes the file anew, where it may. That leaves SQLAlchemy out of the next start.
"""

import importlib
import os
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

import msgspec

from messenger.store.recorded import Expression, key_of
from messenger.store.statement_text import StatementText

FILE: Final = Path(__file__).with_suffix(".json")


OTHERS: Final = (
    "messenger.store.compiling",
    "messenger.store.__main__",
    "messenger.store.embedded",
    "messenger.store.schema",
)
"""What declares no statements: how they are compiled, a database started, its tables made."""


class Texts:
    """Those of all statements of this process."""

    def __init__(self, file: Path) -> None:
        self._file = file
        # State: what the file held, what is used, and whether the file lacked any of it.
        self._known: dict[str, StatementText] = {}
        self._used: dict[str, StatementText] = {}
        self.complete = True
        with suppress(OSError, msgspec.MsgspecError):
            self._known = msgspec.json.decode(file.read_bytes(), type=dict[str, StatementText])

    def of(self, statement: Any) -> StatementText:
        """The text of a statement; one of SQLAlchemy's own is compiled and not kept."""
        if not isinstance(statement, Expression):
            return _compile(statement)
        key = key_of(statement.recipe)
        if key not in self._used:
            if key not in self._known:
                self.complete = False
            self._used[key] = self._known.get(key) or _compile(statement)
        return self._used[key]

    def write(self, file: Path) -> None:
        """Keep the texts of all statements there are; raises OSError."""
        import_all()
        beside = file.with_suffix(f".{os.getpid()}")
        try:
            beside.write_bytes(msgspec.json.format(msgspec.json.encode(self._used), indent=1))
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
        self.complete = True

    def keep(self) -> None:
        """Write the file, if any text was missing and the directory takes it."""
        if not self.complete:
            with suppress(OSError):
                self.write(self._file)


def _compile(statement: Any) -> StatementText:
    from messenger.store.compiling import compiled

    return compiled(statement)


def import_all() -> None:
    """Import every module that declares statements."""
    # A server at rest has no use for it.
    import pkgutil

    store = importlib.import_module("messenger.store")
    for module in pkgutil.walk_packages(store.__path__, "messenger.store."):
        if not module.name.startswith(OTHERS):
            importlib.import_module(module.name)


TEXTS: Final = Texts(FILE)
