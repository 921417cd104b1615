"""Whether the process lives (`/health`), and whether it should get requests (`/ready`).

Both are at the root and need no sign-in: they name no version, no
address and no error. `/health` touches nothing, so that a database that is
away does not get the server killed.
"""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import Final

import msgspec
from aiohttp import web

from messenger.errors import DomainError, Unavailable
from messenger.http.plumbing.keys import DATABASE
from messenger.http.plumbing.responses import refuse, respond
from messenger.reference.operation import Operation
from messenger.store.db import Database
from messenger.store.driver import LOST
from messenger.store.rows import instance
from messenger.store.schema import migrate

REASONS: Final = {
    "starting": "It is still starting.",
    "draining": "It is about to stop.",
    "database": "The database is away.",
    "lock": "It has lost its hold of the database and is taking it back.",
    "migrations": "The database is not as this version needs it; restart the server.",
}
DATABASE_WITHIN: Final = 2.0
"""Seconds the database has to answer; a probe gives up soon after."""
REMEMBERED: Final = 1.0
"""Seconds an answer of the database is good for: probes come often and from several sides."""
MIGRATIONS_EVERY: Final = 60.0
"""Seconds between looks at the migrations, which only an operator takes back."""


class Readiness:
    """Why the server should get no requests now, in words of `REASONS`; nothing: it should.

    `phase` is `starting`, `draining` or None; `failing` names the background tasks that do not
    do their work. Without the bus nothing can be written; without the others everything can.
    """

    def __init__(
        self,
        database: Database,
        phase: Callable[[], str | None] = lambda: None,
        failing: Callable[[], list[str]] = list,
    ) -> None:
        self.database = database
        self.phase = phase
        self.failing = failing
        # State: what the database last said, when; when the migrations were last found complete.
        self.found: list[str] = []
        self.asked_at = -REMEMBERED
        self.complete_at = -MIGRATIONS_EVERY
        self.asking = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<Readiness {self.phase() or ', '.join(self.found) or 'ready'}>"

    async def __call__(self) -> list[str]:
        phase = self.phase()
        if phase is not None:
            return [phase]
        async with self.asking:
            if monotonic() - self.asked_at >= REMEMBERED:
                self.found = await self._ask()
                self.asked_at = monotonic()
        if not self.found and BUS in self.failing():
            return ["lock"]
        return self.found

    async def _ask(self) -> list[str]:
        try:
            async with asyncio.timeout(DATABASE_WITHIN):
                await instance.alive(self.database)
                if monotonic() - self.complete_at >= MIGRATIONS_EVERY:
                    states = await asyncio.to_thread(migrate.status, self.database.dsn)
                    if not all(each.fits for each in states):
                        return ["migrations"]
                    self.complete_at = monotonic()
        except (DomainError, TimeoutError, *LOST):
            return ["database"]
        return []


BUS: Final = "bus"
"""The background task that holds the serving lock."""
READY: Final = web.AppKey("ready", Readiness)


async def health(request: web.Request) -> web.StreamResponse:
    return respond(Alive(True))


async def ready(request: web.Request) -> web.StreamResponse:
    readiness = request.app[READY]
    reasons = await readiness()
    if not reasons:
        return respond(Ready(True, readiness.failing()))
    words = " ".join(REASONS[reason] for reason in reasons)
    # Written here, not raised: a probe every second would fill the log with what is known.
    return refuse(Unavailable(f"Not ready. {words}", reasons=reasons))


class Alive(msgspec.Struct, frozen=True):
    alive: bool


class Ready(msgspec.Struct, frozen=True, omit_defaults=True):
    """`degraded`: background tasks that fail now and are tried again."""

    ready: bool
    degraded: list[str] = []


OPERATIONS: Final = (
    (
        "/health",
        Operation(
            name="health",
            summary="Whether the process lives; asks nothing of the database",
            tag="system",
            ok=Alive,
            public=True,
        ),
    ),
    (
        "/ready",
        Operation(
            name="ready",
            summary="Whether it should get requests; if not, `details.reasons` says why",
            tag="system",
            ok=Ready,
            public=True,
        ),
    ),
)


def install(app: web.Application) -> None:
    """Add both routes; the caller, who knows of starting and stopping, sets READY before."""
    if READY not in app:
        app[READY] = Readiness(app[DATABASE])
    app.router.add_get("/health", health)
    app.router.add_get("/ready", ready)
