"""The journal's own connection: opened when it is needed, its statements prepared once."""

from typing import Any

from messenger import errors
from messenger.store.batch import Batch
from messenger.store.db import Connection, Database
from messenger.store.driver import translated
from messenger.store.journal_rows import as_json
from messenger.store.journal_sql import (
    EXECUTE_FIND,
    EXECUTE_POST,
    EXECUTE_POST_AND_MARK,
    OPTIONS,
    PREPARE,
    PREPARE_SHARED,
    execute_post_one,
)
from messenger.store.owed import Owed


class JournalConnection:
    """`current` is the open connection; None until it is needed, and after it was given up."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.current: Connection | None = None

    async def opened(self) -> Connection:
        """The connection, ready for the statements; raises Unavailable."""
        if self.current is None:
            self.current = await self.database.dedicated(OPTIONS)
            try:
                with translated():
                    shared = self.database.shared
                    await self.current.command(PREPARE_SHARED if shared else PREPARE)
            except BaseException:
                await self.give_up()
                raise
        return self.current

    async def listen(self) -> None:
        """Ask for a sign of life; without one the connection is given up."""
        try:
            with translated():
                if self.current is not None:
                    await self.current.command("select 1")
        except errors.Unavailable:
            await self.give_up()

    async def give_up(self) -> None:
        if self.current is not None:
            connection, self.current = self.current, None
            await self.database.give_up(connection)


async def store(batch: Batch, owed: Owed, connection: Connection) -> list[Any]:
    """Commit a batch, with what senders are owed if it is time or there are marks anyway.

    Where several servers write, nothing is owed: each would have to know of the others' marks.
    """
    if batch.doubtful and batch.posts:
        batch.found(await connection.run(EXECUTE_FIND, batch.keys()))
    if batch.plain and not owed.due and not batch.shared:
        # None are left where a try before this one has stored all of them.
        lone = len(batch.placed) == 1
        rows = await connection.run(*_posts(batch), at_once=lone) if batch.placed else []
        batch.unmarked = rows
        owed.keep(batch)
        return rows
    values = batch.values()
    marks, owing = owed.rows()
    values["marks"] = as_json([*owing, *(mark.row() for mark in batch.marks)])
    paid = None
    try:
        rows = await connection.run(EXECUTE_POST_AND_MARK, values)
        paid = marks
    finally:
        owed.ended(paid)
    owed.add(batch.sent_before())
    return rows


def _posts(batch: Batch) -> tuple[str, Any]:
    """The statement that commits messages alone, and its parameters."""
    if len(batch.placed) == 1:
        return execute_post_one(batch.placed[0][0].posting, batch.moment)
    return EXECUTE_POST, batch.values()
