"""The simulation's server process, and the sockets between it and its clients.

The server is the real one but for what the kernel does: a line carries frames in order, after a
while, until it is cut, and the server may notice that late.
"""

import asyncio
import contextvars
from collections.abc import Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import msgspec

from messenger.actors.directory import Directory
from messenger.auth import Tokens
from messenger.protocol.codec import JSON
from messenger.public import public_settings
from messenger.store.rows.organisation import Organisation
from messenger.ws.dispatch import Dispatch
from messenger.ws.outbox import Outbox
from messenger.ws.session import Session

from .cast import EPOCH, SETTINGS, clock, unpack
from .checker import Seen

if TYPE_CHECKING:
    from .clients import Client
    from .simulation import World

KNOWN = partial(public_settings, SETTINGS, Organisation())
GENEROUS = replace(
    SETTINGS,
    message_rate_limit=(1_000_000, 1),
    write_rate_limit=(1_000_000, 1),
    ws_rate_limit_max_commands=1_000_000,
)

_tasks: contextvars.ContextVar[list[asyncio.Task[Any]] | None]
_tasks = contextvars.ContextVar("tasks of the server", default=None)


def task(loop: Any, work: Any, **more: Any) -> asyncio.Task[Any]:
    """Whatever the server starts is the server's, and dies with it."""
    started: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
    tasks = _tasks.get()
    if tasks is not None:
        tasks.append(started)
    return started


class Server:
    """A process: what is in its memory is lost when it is killed."""

    def __init__(self, world: "World") -> None:
        self.tasks: list[asyncio.Task[Any]] = []
        self.directory = Directory(world.memory, GENEROUS, clock, world.org_id, EPOCH)
        # A token is who one says one is: signatures are not what this is about.
        tokens = cast(Tokens, world)
        self.dispatch = Dispatch(self.directory, tokens, GENEROUS, clock, lambda _: None, KNOWN)
        self.outbox = Outbox()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        token = _tasks.set(self.tasks)
        asyncio.get_running_loop().create_task(work)
        _tasks.reset(token)

    def kill(self) -> None:
        for task in self.tasks:
            task.cancel()


class SimulatedSession(Session):
    """Sessions stand in sets, and an order of memory addresses would be another one each time."""

    number = 0

    def __hash__(self) -> int:
        return self.number

    def __eq__(self, other: object) -> bool:
        return self is other


class Goodbye:
    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    def part(self, code: int, reason: bytes) -> None:
        self._connection.drop()


class Connection(asyncio.Transport):
    """A socket between a client and the server; what is on its way when it drops is lost."""

    def __init__(self, world: "World", client: "Client", server: Server) -> None:
        super().__init__()
        self.world = world
        self.client = client
        self.server = server
        self.lost = False
        self.noticed = False
        self.arrivals = {"up": 0.0, "down": 0.0}
        self.inbox: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.seen = Seen(world.checker, f"{client.name}, seed {world.seed}")
        self.session = SimulatedSession(
            Goodbye(self), self, JSON, server.directory.presence, server.outbox,
            server.directory.streams.by_id.get, GENEROUS.ws_max_pending_bytes, "simulation",
            lambda *_: None,
        )  # fmt: skip
        world.sockets += 1
        self.session.number = world.sockets
        server.start(self.serve())

    async def serve(self) -> None:
        """The server's end, as the endpoint reads it."""
        try:
            while (payload := await self.inbox.get()) is not None:
                waiting = self.server.dispatch.take(self.session, payload)
                if waiting is not None:
                    await waiting
        finally:
            self.noticed = True
            self.session.gone()

    def _carry(self, way: str, arrive: Callable[..., None], *what: Any) -> None:
        """In order, after a while, unless the line is cut first."""
        now = asyncio.get_running_loop().time()
        at = max(self.arrivals[way] + 1e-5, now + self.world.latency())
        self.arrivals[way] = at
        asyncio.get_running_loop().call_at(at, arrive, *what)

    def send(self, frame: dict[str, Any]) -> None:
        self._carry("up", self._arrive, msgspec.json.encode(frame))

    def _arrive(self, payload: bytes) -> None:
        if not self.lost:
            self.inbox.put_nowait(payload)

    def write(self, data: Any) -> None:
        for frame in unpack(bytes(data)):
            self.world.written(self, frame)
            if not self.lost:
                self._carry("down", self.client.take, self, frame)

    def drop(self) -> None:
        """Cut the line. The server notices later, or much later."""
        if not self.lost:
            self.lost = True
            late = self.world.chance.choice((0.0, 0.01, 0.5, 3.0))
            asyncio.get_running_loop().call_later(late, self.inbox.put_nowait, None)
            if self.client.connection is self:
                self.client.connection = None

    def is_closing(self) -> bool:
        return self.noticed

    def abort(self) -> None:
        self.drop()

    def get_write_buffer_size(self) -> int:
        return 0
