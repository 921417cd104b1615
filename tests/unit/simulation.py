"""A whole system in one process and on one clock: clients, sockets, a server, a store.

Everything that can go wrong goes wrong at random, from one seed: connections drop and are noticed
late, the store is slow, away, or silent about what it did, and the server is killed. Clients keep
what is unanswered, send it again under the same keys and resume from their cursors. After a while
the trouble ends, and then everything has to come to rest.
"""

import asyncio
import contextvars
import random
import weakref
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any, cast

import async_solipsism
import msgspec
from msgspec.structs import replace

from messenger import errors
from messenger.actors.directory import Directory
from messenger.auth import AccessClaims, Tokens
from messenger.protocol.codec import JSON
from messenger.ws.dispatch import Dispatch
from messenger.ws.session import Outbox, Session, WebSocket

from .cast import EPOCH, SETTINGS, Stage, clock, open_stage, unpack
from .checker import Checker, Seen
from .memory import ConnectionLost, Memory, Way
from .mirror import Mirror

NAMES = ("alice", "bob", "carol", "dave", "erin")
GENEROUS = replace(
    SETTINGS, message_rate_limit=(1_000_000, 1), ws_rate_limit_max_commands=1_000_000
)
TROUBLE = 12.0
"""Simulated seconds of it."""
REST = 60.0
"""Simulated seconds to come to rest in, afterwards."""
SILENCE = 25.0
"""Seconds after which a client that got no answer may say so: an actor's deadline is shorter."""
RETRIED = frozenset({"unavailable", "rate_limited"})

_tasks: contextvars.ContextVar[weakref.WeakSet[asyncio.Task[Any]] | None]
_tasks = contextvars.ContextVar("tasks of the server", default=None)


def _task(loop: Any, work: Any, **more: Any) -> asyncio.Task[Any]:
    """Whatever the server starts is the server's, and dies with it."""
    task: asyncio.Task[Any] = asyncio.Task(work, loop=loop, **more)
    tasks = _tasks.get()
    if tasks is not None:
        tasks.add(task)
    return task


class Server:
    """A process: what is in its memory is lost when it is killed."""

    def __init__(self, world: "World") -> None:
        self.tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()
        self.directory = Directory(world.memory, GENEROUS, clock, world.org_id, EPOCH)
        # A token is who one says one is: signatures are not what this is about.
        tokens = cast(Tokens, world)
        self.dispatch = Dispatch(self.directory, tokens, GENEROUS, clock)
        self.outbox = Outbox()

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        token = _tasks.set(self.tasks)
        asyncio.get_running_loop().create_task(work)
        _tasks.reset(token)

    def kill(self) -> None:
        for task in list(self.tasks):
            task.cancel()


class Goodbye(WebSocket):
    def __init__(self, connection: "Connection") -> None:
        super().__init__()
        self._connection = connection

    async def close(
        self, *, code: int = 1000, message: bytes = b"", drain: bool = True
    ) -> bool:  # fmt: skip
        self._connection.drop()
        return True


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
        self.session = Session(
            Goodbye(self), self, JSON, server.directory.people, server.outbox,
            server.directory.streams.get, GENEROUS.ws_max_pending_bytes, "simulation",
        )  # fmt: skip
        server.start(self.serve())

    async def serve(self) -> None:
        """The server's end, as the endpoint reads it."""
        try:
            while (payload := await self.inbox.get()) is not None:
                await self.server.dispatch.take(self.session, payload)
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


class Unanswered(msgspec.Struct):
    """A command in a client's outbox."""

    command: dict[str, Any]
    waiting_since: float = 0.0


class Client:
    """One person's device: an outbox, cursors, and a picture of each chat."""

    def __init__(self, world: "World", name: str, user_id: int, session_id: str) -> None:
        self.world = world
        self.name = name
        self.user_id = user_id
        self.token = f"{user_id} {session_id}"
        self.connection: Connection | None = None
        self.live = False
        self.outbox: list[Unanswered] = []
        self.asked: dict[int, Unanswered | None] = {}
        self.cursors: dict[int, int] = {}
        self.mirrors: dict[int, Mirror] = {}

    @property
    def now(self) -> float:
        return asyncio.get_running_loop().time()

    # Going on and off line

    async def run(self) -> None:
        chance = self.world.chance
        while True:
            await asyncio.sleep(chance.expovariate(1 / 0.15))
            if self.connection is None:
                self.connect()
            elif self.world.trouble and chance.random() < 0.04:
                self.connection.drop()
            elif self.world.trouble and self.live and len(self.outbox) < 4:
                self.outbox.append(Unanswered(self.world.invent(self)))
                self.transmit(self.outbox[-1])
            elif any(0 < one.waiting_since < self.now - SILENCE for one in self.outbox):
                self.connection.seen.wrong("a command was never answered")
                self.connection.drop()

    def connect(self) -> None:
        self.connection = Connection(self.world, self, self.world.server)
        self.live = False
        self.asked = {}
        self.ask({"type": "auth", "token": self.token}, None)
        self.subscribe()
        for unanswered in self.outbox:
            self.transmit(unanswered)

    def subscribe(self) -> None:
        if self.connection is not None:
            self.connection.seen.subscribing(self.cursors)
            cursors = list(self.cursors.items())
            self.ask({"type": "subscribe", "all": True, "cursors": cursors, "epoch": EPOCH}, None)

    def ask(self, command: dict[str, Any], unanswered: Unanswered | None) -> None:
        if self.connection is not None:
            id = len(self.asked) + 1
            self.asked[id] = unanswered
            self.connection.send(command | {"id": id})

    def transmit(self, unanswered: Unanswered) -> None:
        if unanswered not in self.outbox or self.connection is None:
            return
        unanswered.waiting_since = self.now
        if unanswered.command["type"] == "message.send":
            self.world.checker.attempt(self.user_id, unanswered.command, self.now)
        self.ask(unanswered.command, unanswered)

    # What the server says

    def take(self, connection: Connection, frame: dict[str, Any]) -> None:
        if connection.lost or connection is not self.connection:
            return
        seen = connection.seen
        match frame["type"]:
            case "ack":
                seen.answer(frame["id"])
                self.acked(seen, self.asked[frame["id"]], frame["data"])
            case "error":
                seen.answer(frame["id"])
                self.refused(self.asked[frame["id"]], frame["error"]["code"])
            case "subscription.ended":
                seen.ended(frame["stream"])
                self.forget(frame["stream"])
            case _ if "seq" in frame and "stream" in frame:
                seen.event(frame)
                self.event(frame)

    def acked(self, seen: Seen, unanswered: Unanswered | None, data: dict[str, Any]) -> None:
        if unanswered is None:
            if "streams" in data:
                seen.subscribed(data["streams"])
                self.subscribed(data["streams"])
            return
        if unanswered in self.outbox:
            self.outbox.remove(unanswered)
        command = unanswered.command
        if command["type"] == "message.send":
            self.world.checker.acked(command["client_message_id"], data["seq"], self.now)
            seen.sent(command["chat_id"], data["seq"])

    def refused(self, unanswered: Unanswered | None, code: str) -> None:
        later = asyncio.get_running_loop().call_later
        wait = self.world.chance.uniform(0.1, 0.5)
        if unanswered is None:
            later(wait, self.subscribe)
        elif code in RETRIED:
            unanswered.waiting_since = 0.0
            later(wait, self.transmit, unanswered)
        elif unanswered in self.outbox:
            self.outbox.remove(unanswered)

    def subscribed(self, states: list[dict[str, Any]]) -> None:
        self.live = True
        for state in states:
            if state.get("gone"):
                self.forget(state["id"])
            elif state["id"] not in self.cursors or state.get("reset"):
                self.fetch(state["id"], state["seq"])

    def event(self, event: dict[str, Any]) -> None:
        stream, data = event["stream"], event["data"]
        self.cursors[stream] = max(event["seq"], self.cursors.get(stream, 0))
        if stream in self.mirrors:
            self.mirrors[stream].apply(event)
        if event["type"] in ("chat.joined", "chat.left"):
            if data["left_at"] is not None:
                self.forget(data["chat_id"])
            elif data["chat_id"] not in self.cursors:
                self.fetch(data["chat_id"], data["seq"])

    def fetch(self, stream: int, seq: int) -> None:
        """The snapshot; what one may not read any more is not there."""
        self.cursors[stream] = seq
        memory = self.world.memory
        if memory.readable(self.user_id, stream):
            self.mirrors[stream] = Mirror.of(memory, stream)
            self.cursors[stream] = max(seq, memory.tops[stream].seq)

    def forget(self, stream: int) -> None:
        self.cursors.pop(stream, None)
        self.mirrors.pop(stream, None)

    @property
    def at_rest(self) -> bool:
        """Nothing unsaid, and everything heard."""
        if self.outbox or self.connection is None or not self.live:
            return False
        memory = self.world.memory
        chats = [id for id in memory.chats if memory.readable(self.user_id, id)]
        heads = {id: memory.tops[id].seq for id in [self.user_id, *chats]}
        return self.cursors == heads and all(
            self.mirrors.get(id) == Mirror.of(memory, id) for id in chats
        )


class World:
    """One run."""

    def __init__(self, seed: int, stage: Stage) -> None:
        self.seed = seed
        self.chance = random.Random(seed)
        self.memory: Memory = stage.memory
        self.org_id = stage.directory.org_id
        self.checker = Checker(self.memory)
        self.trouble = True
        self.away_until = 0.0
        self.memory.page = 20
        self.memory.trip = self.trip
        self.lobby = stage.lobby
        self.direct = stage.alice_and_bob
        self.server = Server(self)
        self.clients = [
            Client(self, identity.username, identity.user_id, identity.session_id)
            for identity in stage.directory.people.identities.values()
        ]

    def read_access(self, token: str) -> AccessClaims:
        user_id, session_id = token.split()
        return AccessClaims(int(user_id), session_id, clock() + timedelta(days=1))

    # Weather

    def latency(self) -> float:
        return self.chance.choice((0.0005, 0.001, 0.005, 0.02, 0.08)) if self.trouble else 0.001

    async def trip(self, call: str, way: Way) -> None:
        if not self.trouble:
            await asyncio.sleep(0.0005)
            return
        await asyncio.sleep(self.chance.choice((0, 0.0005, 0.001, 0.003, 0.01, 0.05)))
        bad = self.chance.random()
        if asyncio.get_running_loop().time() < self.away_until or bad < 0.01:
            raise errors.Unavailable
        if call == "journal" and way == "back" and bad < 0.05:
            raise ConnectionLost

    async def make_trouble(self) -> None:
        """The database goes away for a while, or the server dies."""
        while self.trouble:
            await asyncio.sleep(self.chance.expovariate(1 / 3.0))
            if self.chance.random() < 0.5:
                length = self.chance.choice((0.05, 0.5, 2.0))
                self.away_until = asyncio.get_running_loop().time() + length
            else:
                self.kill()

    def kill(self) -> None:
        self.server.kill()
        self.memory.crash()
        for client in self.clients:
            if client.connection is not None:
                client.connection.drop()
        self.server = Server(self)

    # What clients want

    def invent(self, client: Client) -> dict[str, Any]:
        chance = self.chance
        chats = [id for id in client.mirrors if id in (self.lobby, self.direct)]
        chat = chance.choice(chats or [self.lobby])
        seqs = [*client.mirrors[chat].messages] if chat in client.mirrors else []
        new = f"{chance.getrandbits(32):08x}-0000-4000-8000-{chance.getrandbits(48):012x}"
        change = {"chat_id": chat, "key": new, "seq": chance.choice(seqs or [1])}
        other = chance.choice(self.clients).user_id
        kind = chance.choices(
            ("send", "edit", "delete", "react", "unreact", "pin", "mark", "add", "remove"),
            (60, 4, 3, 5, 3, 2, 5, 10, 5),
        )[0]
        match kind:
            case "send":
                return {"type": "message.send", "chat_id": chat, "client_message_id": new,
                        "text": f"{client.name} says {new}"}  # fmt: skip
            case "edit":
                return change | {"type": "message.edit", "text": f"edited {new}"}
            case "delete" | "pin":
                return change | {"type": f"message.{kind}"}
            case "react" | "unreact":
                type = "reaction.add" if kind == "react" else "reaction.remove"
                return change | {"type": type, "emoji": chance.choice("👍✅")}
            case "mark":
                return {"type": "read.mark", "chat_id": chat, "read_seq": change["seq"]}
            case "add":
                return {"type": "member.add", "chat_id": self.lobby, "key": new,
                        "user_ids": [other]}  # fmt: skip
            case _:
                return {"type": "member.remove", "chat_id": self.lobby, "key": new,
                        "user_id": other}  # fmt: skip

    def written(self, connection: Connection, frame: dict[str, Any]) -> None:
        if "stream" in frame and "seq" in frame:
            self.checker.written(connection.client.user_id, frame)
        elif frame["type"] == "ack" and connection is connection.client.connection:
            asked = connection.client.asked.get(frame["id"])
            if asked is not None and asked.command["type"] == "member.remove":
                data = frame["data"]
                if data.get("left_at") is not None:
                    self.checker.removal_acked(data["chat_id"], data["user_id"], data["rev"])

    # From the beginning to the end

    async def run(self) -> None:
        living = [asyncio.ensure_future(client.run()) for client in self.clients]
        living.append(asyncio.ensure_future(self.make_trouble()))
        await asyncio.sleep(TROUBLE)
        self.trouble = False
        deadline = asyncio.get_running_loop().time() + REST
        while not all(client.at_rest for client in self.clients):
            if asyncio.get_running_loop().time() > deadline:
                restless = [client.name for client in self.clients if not client.at_rest]
                self.checker.wrong(f"I8 {restless} never got everything (seed {self.seed})")
                break
            await asyncio.sleep(0.2)
        for task in living:
            task.cancel()
        self.server.kill()
        await asyncio.sleep(5)
        self.checker.check_stored()
        self.checker.check_acked()
        self.checker.check_order()


async def simulate(seed: int) -> Checker:
    """Run one seed; what it broke is in the checker."""
    asyncio.get_running_loop().set_task_factory(_task)
    stage = await open_stage(GENEROUS)
    alice, *others = [await stage.add(name) for name in NAMES]
    stage.lobby = await stage.make_group(alice, *others)
    stage.alice_and_bob = await stage.open_direct(alice, others[0])
    world = World(seed, stage)
    await world.run()
    return world.checker


def broken_by(seed: int) -> list[str]:
    with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
        return runner.run(simulate(seed)).broken
