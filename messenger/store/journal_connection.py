"""The journal's own connection: opened when it is needed, its statement prepared once."""

from messenger import errors
from messenger.store.db import Connection, Database
from messenger.store.driver import translated
from messenger.store.journal_sql import OPTIONS, STATEMENT


class JournalConnection:
    """`current` is the open connection; None until it is needed, and after it was given up."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.current: Connection | None = None

    async def opened(self) -> Connection:
        """The connection, ready for the statement; raises Unavailable."""
        if self.current is None:
            self.current = await self.database.dedicated(OPTIONS)
            try:
                with translated():
                    await self.current.command(STATEMENT)
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
