"""What is audited and writes nothing itself: sign-ins that fail, rights that are refused.

Noted in memory, as cheaply as a log line, and written every second in one transaction; what happens
again meanwhile is one record with its number of times. Who asks for thousands of things that they
may not have fills neither the memory nor the audit: beyond `MOST` kinds in a second only their
number is kept.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

import msgspec

from messenger.errors import Unavailable
from messenger.place import CURRENT, Place, leave
from messenger.store.db import Connection, Database
from messenger.store.rows import audit

MOST: Final = 500
LONGEST: Final = 200
"""Characters of what a request says of itself."""


class Noted(msgspec.Struct, frozen=True):
    """What is one record, however often it happens; what a program calls itself is anybody's."""

    action: str
    by: int | None
    address: str | None
    subject: int | None
    what: str | None


class Happened(msgspec.Struct):
    """When it began, from where, and how often."""

    at: datetime
    place: Place | None
    times: int = 1


class Trail:
    """`note` from anywhere on the loop; `keep` writes."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        # State: what is to be written, and how much is too much.
        self._noted: dict[Noted, Happened] = {}
        self._beyond = 0

    def __repr__(self) -> str:
        return f"<Trail, {len(self._noted)} to write>"

    def note(
        self,
        action: str,
        by: int | None,
        subject: int | None = None,
        what: str | None = None,
    ) -> None:
        """`what` was asked for, from the current place: a route, a command."""
        told = None if what is None else what[:LONGEST]
        place = CURRENT.get()
        one = Noted(action, by, place and place.address, subject, told)
        found = self._noted.get(one)
        if found is not None:
            found.times += 1
        elif len(self._noted) < MOST:
            self._noted[one] = Happened(self._clock(), place)
        else:
            self._beyond += 1

    def refused(self, by: int | None, what: str) -> None:
        """Somebody asked for what they may not do."""
        self.note("access.refuse", by, what=what)

    async def keep(self) -> None:
        """Write what was noted; raises Unavailable, and then it is kept for the next time."""
        if not self._noted:
            return
        noted, beyond = self._noted, self._beyond
        self._noted, self._beyond = {}, 0

        async def work(connection: Connection) -> None:
            for one, each in noted.items():
                CURRENT.set(each.place)
                details = _details(one, each.times)
                await audit.record(connection, each.at, one.by, one.action, one.subject, details)
            leave()
            if beyond:
                await audit.record(
                    connection, self._clock(), None, "audit.beyond", None, {"times": beyond}
                )

        try:
            await self._database.transact(work)
        except BaseException:
            for one, each in self._noted.items():
                noted.setdefault(one, msgspec.structs.replace(each, times=0)).times += each.times
            self._noted, self._beyond = noted, self._beyond + beyond
            raise

    async def close(self) -> None:
        """Write the rest; what the database does not take any more is lost."""
        with suppress(Unavailable):
            await self.keep()


def _details(one: Noted, times: int) -> dict[str, Any] | None:
    told: dict[str, Any] = {} if one.what is None else {"what": one.what}
    return {**told, "times": times} if times > 1 else told or None
