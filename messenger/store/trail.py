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
from messenger.store.db import Connection, Database
from messenger.store.rows import audit

MOST: Final = 500
LONGEST: Final = 200
"""Characters of what a request says of itself."""


class Noted(msgspec.Struct, frozen=True):
    action: str
    by: int | None
    place: str | None
    subject: int | None
    what: str | None


class Trail:
    """`note` from anywhere on the loop; `keep` writes."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        # State: what is to be written, with when it began and how often; and what is too much.
        self._noted: dict[Noted, tuple[datetime, int]] = {}
        self._beyond = 0

    def __repr__(self) -> str:
        return f"<Trail, {len(self._noted)} to write>"

    def note(
        self,
        action: str,
        by: int | None,
        place: str | None,
        subject: int | None = None,
        what: str | None = None,
    ) -> None:
        """`what` was asked for: a route, a command."""
        one = Noted(action, by, place, subject, None if what is None else what[:LONGEST])
        found = self._noted.get(one)
        if found is not None:
            self._noted[one] = (found[0], found[1] + 1)
        elif len(self._noted) < MOST:
            self._noted[one] = (self._clock(), 1)
        else:
            self._beyond += 1

    def refused(self, by: int | None, place: str | None, what: str) -> None:
        """Somebody asked for what they may not do."""
        self.note("access.refuse", by, place, what=what)

    async def keep(self) -> None:
        """Write what was noted; raises Unavailable, and then it is kept for the next time."""
        if not self._noted:
            return
        noted, beyond = self._noted, self._beyond
        self._noted, self._beyond = {}, 0
        rows = [(at, one, _details(one, times)) for one, (at, times) in noted.items()]

        async def work(connection: Connection) -> None:
            for at, one, details in rows:
                await audit.record(
                    connection, at, one.by, one.action, one.subject, details, one.place
                )
            if beyond:
                await audit.record(
                    connection, self._clock(), None, "audit.beyond", None, {"times": beyond}
                )

        try:
            await self._database.transact(work)
        except BaseException:
            for one, (at, times) in self._noted.items():
                held = noted.get(one)
                noted[one] = (at, times) if held is None else (held[0], held[1] + times)
            self._noted, self._beyond = noted, self._beyond + beyond
            raise

    async def close(self) -> None:
        """Write the rest; what the database does not take any more is lost."""
        with suppress(Unavailable):
            await self.keep()


def _details(one: Noted, times: int) -> dict[str, Any] | None:
    told: dict[str, Any] = {} if one.what is None else {"what": one.what}
    return {**told, "times": times} if times > 1 else told or None
