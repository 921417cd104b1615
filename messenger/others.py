"""A server beside others on one database: what it tells them, what it hears, and who leads."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from messenger.actors.directory import Directory
from messenger.background import Background
from messenger.bus import Bus, SteppedDown
from messenger.leading import Leader

LOOK_AROUND: Final = 1.0
"""Seconds between looks at what other servers may have written without a word that arrived."""
DEVICES_EVERY: Final = 5.0
"""Seconds between looks at which devices were signed up by way of another server."""


class Others:
    """The other servers, as far as this one is concerned; there may be none."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self.leader = Leader(bus.database)

    def __repr__(self) -> str:
        return f"<Others beside {self.bus!r}, {self.leader!r}>"

    @property
    def leads(self) -> bool:
        """Whether this server does what only one of them may."""
        return self.leader.leads

    def join(self, directory: Directory) -> None:
        """Tell them from now on what is written and what passes here."""
        if not self.bus.database.shared:
            self.leader.begun.set()
            return
        pass_on = partial(self.bus.telling.pass_on, directory)
        directory.streams.tell = partial(self.bus.telling.tell, directory)
        directory.streams.pass_on = pass_on
        directory.presence.pass_on = lambda user_id, chats: pass_on(
            ["gone", user_id] if chats is None else ["here", user_id, chats]
        )

    def keep(
        self,
        run: Background,
        name: str,
        directory: Directory,
        step_down: Callable[[SteppedDown], None],
        refresh_devices: Callable[[], Awaitable[None]],
    ) -> None:
        """Start to hear, under a name, and what makes up for words that were lost; and to lead.

        `step_down` is told why this server is to serve no more.
        """

        async def listen() -> None:
            async with stepping_down(step_down):
                await self.bus.run(directory, lambda: run.goes_well(name))

        async def lead() -> None:
            async with stepping_down(step_down):
                await self.leader.run(lambda: run.goes_well("lead"))

        async def look() -> None:
            self.bus.telling.present(directory)
            directory.presence.forget_silent()
            await directory.streams.look_around()

        # Nothing is written while it is away, so it is never kept waiting for long.
        run.lasting(name, listen, most=0.5)
        if self.bus.database.shared:
            run.every(LOOK_AROUND, "others", look)
            run.every(DEVICES_EVERY, "devices", self.leader.repeated(refresh_devices))
            run.lasting("lead", lead, most=0.1)


@asynccontextmanager
async def stepping_down(step_down: Callable[[SteppedDown], None]) -> AsyncIterator[None]:
    """Say so when this server may serve no more; who started it stops it."""
    try:
        yield
    except SteppedDown as error:
        step_down(error)
        await asyncio.Event().wait()
