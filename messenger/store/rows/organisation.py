"""The organisation's own settings: name, colour, language, and how far it is set up.

One record in `instance`, as JSON: it is read as a whole, and a new field needs no migration. What
was read once is current until somebody changes it, who says so as of a changed setting.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from messenger.errors import Unavailable
from messenger.model import Accent
from messenger.store.db import Connection, Database
from messenger.store.rows import audit
from messenger.store.rows.rights import check_administrator
from messenger.store.rows.runtime_settings import TELL
from messenger.store.sql import sa
from messenger.store.statements import Prepared

Step = Literal["name", "people", "project", "done"]

READ = Prepared(sa.text("select value from instance where name = 'organisation'"))
LOCK = Prepared(sa.text("select value from instance where name = 'organisation' for update"))
SAVE = Prepared(
    sa.text(
        """
        insert into instance (name, value) values ('organisation', :value)
        on conflict (name) do update set value = excluded.value
        """
    )
)


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """`locale` null: as the server is configured; `setup` null: setting it up has not begun."""

    name: Annotated[str, Meta(description="The organisation's name; empty: it has none yet.")] = ""
    accent: Accent = "teal"
    locale: Annotated[
        Literal["ru", "en"] | None,
        Meta(description="The language of users who have chosen none; null: the server's."),
    ] = None
    setup: Step | None = None


class Organisations:
    """Reads the one record once, and changes it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # State: as it stands in the database; None before it was read.
        self.known: Organisation | None = None
        # How often it was changed here.
        self._changes = 0
        # Who is called whenever it has changed.
        self.watchers: list[Callable[[], None]] = []

    def __repr__(self) -> str:
        return f"<Organisations {self.known}>"

    async def current(self) -> Organisation:
        """Read it; the defaults while it was never read and the database is away."""
        if self.known is None:
            try:
                row = await self.database.fetch_one(READ)
            except Unavailable:
                return Organisation()
            if self.known is None:
                # It was not changed meanwhile.
                self.known = read(row.value if row else None)
        return self.known

    async def refresh(self) -> None:
        """Take over what is stored; raises Unavailable."""
        before = None
        while before != self._changes:
            # What was read before a change may come after it.
            before = self._changes
            row = await self.database.fetch_one(READ)
        self._take(read(row.value if row else None))

    def _take(self, now: Organisation) -> None:
        if self.known == now:
            return
        self.known = now
        for watcher in self.watchers:
            watcher()

    async def change(self, changes: dict[str, Any], by: int, now: datetime) -> Organisation:
        """Set some fields, and record who did; raises Forbidden unless `by` is an administrator."""

        async def work(connection: Connection) -> Organisation:
            await check_administrator(connection, by)
            row = await connection.fetch_one(LOCK)
            was = read(row.value if row else None)
            changed = msgspec.structs.replace(was, **changes)
            await connection.put(SAVE, value=msgspec.json.encode(changed).decode())
            await connection.fetch(TELL)
            before = {name: getattr(was, name) for name in changes}
            details = {"before": before, "after": changes}
            await audit.record(connection, now, by, "organisation.update", None, details)
            return changed

        changed = await self.database.transact(work)
        self._changes += 1
        self._take(changed)
        return changed


def read(value: str | None) -> Organisation:
    return Organisation() if value is None else msgspec.json.decode(value, type=Organisation)
