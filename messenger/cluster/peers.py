"""A server beside others on one database: what it tells them, what it hears, and who leads."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from prometheus_client import CollectorRegistry

from messenger.actors.around import Around
from messenger.actors.directory import Directory
from messenger.actors.elsewhere import Elsewhere
from messenger.background import Background
from messenger.cluster.bus import Bus, SteppedDown
from messenger.cluster.leader import Leader
from messenger.cluster.nodes import Node, Nodes
from messenger.config import Settings

if TYPE_CHECKING:
    from messenger.cluster.nats_client import Nats

Signal = list[Any]


class Shared(Protocol):
    """What is counted by all servers together, as far as they hear of one another."""

    kinds: tuple[str, ...]
    tell: Callable[[Signal], None]

    def hear(self, signal: Signal) -> None: ...


S = TypeVar("S", bound=Shared)

LOOK_AROUND: Final = 2.0
"""Seconds between looks at what other servers may have written without a word that arrived."""
PRESENT_EVERY: Final = 1.0
"""Seconds between signs of life that others hear."""
DEVICES_EVERY: Final = 5.0
"""Seconds between looks at which devices were signed up by way of another server."""


class Peers:
    """The other servers, as far as this one is concerned; there may be none."""

    def __init__(self, bus: Bus, settings: Settings, registry: CollectorRegistry) -> None:
        self.bus = bus
        bus.database.shared = settings.bus != "none"
        self.leader = Leader(bus.database)
        self.nats = nats_of(settings)
        bus.publisher.nats = self.nats
        self.around: Around
        connections = partial(registry.get_sample_value, "messenger_connections")
        self.nodes = Nodes(settings, connections, lambda: self.leads)
        self._elsewhere: Elsewhere

    def __repr__(self) -> str:
        return f"<Peers beside {self.bus!r}, {self.leader!r}>"

    @property
    def leads(self) -> bool:
        """Whether this server does what only one of them may."""
        return self.leader.leads

    def join(self, directory: Directory) -> None:
        """Tell them from now on what is written and what passes here."""
        self._elsewhere = directory.presence.elsewhere
        self.around = Around(directory.streams, directory.identities, directory.org_id)
        if not self.bus.database.shared:
            self.leader.begun.set()
            return
        if self.nats is not None:
            directory.streams.follow = self.nats.follow
        pass_on = partial(self.bus.publisher.pass_on, directory)
        directory.streams.tell = partial(self.bus.publisher.tell, directory)
        directory.streams.pass_on = pass_on
        directory.presence.pass_on = lambda user_id, chats: pass_on(
            ["gone", user_id] if chats is None else ["here", user_id, chats]
        )

    def known(self) -> list[Node]:
        """All servers, this one among them."""
        return self.nodes.all(self._elsewhere.told)

    def share(self, directory: Directory, shared: S) -> S:
        """Have it told what it counts on the other servers, and they what it counts here."""
        if self.bus.database.shared:
            shared.tell = directory.streams.pass_on
            directory.streams.listeners |= dict.fromkeys(shared.kinds, shared.hear)
        return shared

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

        async def present() -> None:
            self.bus.publisher.present(directory, self.nodes.own())
            if directory.presence.forget_silent():
                # Its last words may be lost; that of a session's end among them.
                await directory.identities.recheck()

        async def look() -> None:
            await self.around.look()

        # Nothing is written while it is away, so it is never kept waiting for long.
        run.lasting(name, listen, most=0.5)
        if self.bus.database.shared:
            run.every(PRESENT_EVERY, "others", present)
            run.every(LOOK_AROUND, "look around", look, most=LOOK_AROUND)
            run.every(DEVICES_EVERY, "devices", self.leader.repeated(refresh_devices))
            run.lasting("lead", lead, most=0.1)
        if self.nats is not None:
            run.lasting("nats", self._hear_nats(self.nats, run, directory), most=2.0)

    def _hear_nats(
        self, nats: "Nats", run: Background, directory: Directory
    ) -> Callable[[], Awaitable[None]]:
        hear, well = self.bus.hear_signals, partial(run.goes_well, "nats")
        return lambda: nats.run(directory, hear, lambda: self.leads, well)


@asynccontextmanager
async def stepping_down(step_down: Callable[[SteppedDown], None]) -> AsyncIterator[None]:
    """Say so when this server may serve no more; who started it stops it."""
    try:
        yield
    except SteppedDown as error:
        step_down(error)
        await asyncio.Event().wait()


def nats_of(settings: Settings) -> "Nats | None":
    """The connection that `BUS` asks for; who does without it does not load it."""
    if "://" not in settings.bus:
        return None
    from messenger.cluster.nats_client import Nats

    return Nats(settings)
