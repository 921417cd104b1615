"""Counts how often a database is asked: one statement, or several in one go."""

from typing import Any, Self

from messenger.store.connection_watch import ConnectionWatch, Waiting
from messenger.store.db import Database


class Rounds(ConnectionWatch):
    """Every statement waits for its answer once."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    @classmethod
    def of(cls, database: Database) -> Self:
        """Those of a database, from now on."""
        rounds = cls()
        database._watch = rounds
        return rounds

    def waiting(self, connection: Any) -> Waiting:
        self.count += 1
        return super().waiting(connection)
