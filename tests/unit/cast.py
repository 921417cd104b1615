"""The cast and the stage: a `Directory` over the model, alice, bob, carol and two chats.

Everything here runs on a simulated clock. A `Reader` stands in for a socket where the socket is
not the point; `open_socket` gives a real `Session` over a line that goes nowhere.
"""

import asyncio
import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from messenger import config
from messenger.actors.directory import Directory
from messenger.actors.stream import Stream
from messenger.model import SYSTEM, Chat, Identity, Message, Role, SentMessage, Task, User
from messenger.protocol import accounts, commands, events, tasks
from messenger.protocol.codec import JSON, Codec
from messenger.ws.outbox import Outbox
from messenger.ws.session import Session

from .memory import Memory

EPOCH = 4711
START = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
PATIENCE = 30.0
"""Simulated seconds after which what is waited for will not come."""
SETTINGS = config.load(
    {
        "SECRET_KEY": "only-ever-used-by-tests-" * 2,
        "VAPID_PRIVATE_KEY": "a" * 43,
        "DATA_DIR": str(Path.cwd()),
    }
)
_keys = itertools.count(1)


def clock() -> datetime:
    """Wall time that passes as the loop says."""
    return START + timedelta(seconds=asyncio.get_running_loop().time())


def fresh_key() -> str:
    """A `client_message_id` that nobody used yet."""
    return f"00000000-0000-4000-9000-{next(_keys):012x}"


def unpack(data: bytes, codec: Codec = JSON) -> Iterator[Any]:
    """Read the frames of a server: whole, unmasked (RFC 6455 §5.2)."""
    decode = msgspec.json.decode if codec is JSON else msgspec.msgpack.decode
    at = 0
    while at < len(data):
        opcode, size, at = data[at] & 0x0F, data[at + 1], at + 2
        if size >= 126:
            width = 2 if size == 126 else 8
            size, at = int.from_bytes(data[at : at + width], "big"), at + width
        if opcode == codec.opcode:
            yield decode(data[at : at + size])
        at += size


async def until(fact: Any) -> None:
    """Wait until something is true; fail when it does not become so."""
    deadline = asyncio.get_running_loop().time() + PATIENCE
    while not fact():
        assert asyncio.get_running_loop().time() < deadline, "this never became true"
        await asyncio.sleep(0.001)


async def settled() -> None:
    """Let everything that is under way happen."""
    await asyncio.sleep(1.0)


class Heard:
    """What a reader got, in order; `expect` takes it from there."""

    def __init__(self) -> None:
        self.all: list[Any] = []
        self.left: list[Any] = []

    def take(self, some: Iterator[Any]) -> None:
        for said in some:
            self.all.append(said)
            self.left.append(said)

    async def expect(self, type: str, **fields: Any) -> Any:
        """The next frame of this type that was not expected yet, and what must stand in it."""
        found: list[Any] = []

        def came() -> bool:
            found[:] = [said for said in self.left if said["type"] == type]
            return bool(found)

        await until(came)
        self.left.remove(found[0])
        told = {**found[0], **(found[0].get("data") or {})}
        assert {name: told.get(name) for name in fields} == fields
        return found[0]

    async def expect_nothing(self, type: str | None = None) -> None:
        await settled()
        assert [said for said in self.left if type in (None, said["type"])] == []

    def events(self, stream: int) -> list[Any]:
        return [said for said in self.all if said.get("stream") == stream and "seq" in said]

    def seqs(self, stream: int) -> list[int]:
        return [event["seq"] for event in self.events(stream)]


class Reader(Heard):
    """A socket as actors see one."""

    def __init__(self, directory: Directory, identity: Identity, codec: Codec = JSON) -> None:
        super().__init__()
        self.directory = directory
        self.identity = identity
        self.codec = codec
        self.everything = False
        self.watched: list[int] = []
        self.over: list[int] = []
        self.closed: events.Close | None = None

    def push(self, data: bytes) -> None:
        self.take(unpack(data, self.codec))

    def join(self, stream_id: int) -> bool:
        self.directory.streams.stream(stream_id).add(self)
        return True

    def ended(self, stream_id: int, seq: int, told: bool = True) -> None:
        if told:
            self.over.append(stream_id)

    def close(self, close: events.Close) -> None:
        self.closed = close

    def send_away(self, wait_ms: int) -> None:
        self.close(events.GOING_AWAY)


class Line(asyncio.Transport):
    """The far end of a socket: what was written, and how much of it is not taken yet."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = Heard()
        self.codec = JSON
        self.unread = 0
        self.stalled = False
        self.gone = False

    def write(self, data: Any) -> None:
        self.unread += len(data) if self.stalled else 0
        self.heard.take(unpack(bytes(data), self.codec))

    def is_closing(self) -> bool:
        return self.gone

    def abort(self) -> None:
        self.gone = True

    def get_write_buffer_size(self) -> int:
        return self.unread


class Farewell:
    """The near end: it says its close code to nobody."""

    said: tuple[int, bytes] | None = None

    def part(self, code: int, reason: bytes) -> None:
        self.said = code, reason


class Stage:
    """A server's insides, and who is on it."""

    def __init__(self, memory: Memory, directory: Directory) -> None:
        self.memory = memory
        self.directory = directory
        self.lobby = 0
        self.alice_and_bob = 0

    @property
    def store(self) -> Memory:
        return self.memory

    async def add(self, username: str, role: Role = "user") -> Identity:
        """A new person, signed in."""
        command = accounts.AddUser(
            username=username, display_name=username.title(), role=role, locale="en",
            time_zone="UTC",
        )  # fmt: skip
        user: User = await self.directory.ask(SYSTEM, command)
        return await self.sign_in(user.id)

    async def sign_in(self, user_id: int) -> Identity:
        session_id = self.memory.open_session(user_id)
        return await self.directory.identities.identify(user_id, session_id)

    async def ask(self, who: Identity, command: Any) -> Any:
        return await self.directory.ask(who, command)

    async def make_group(self, who: Identity, *others: Identity, board: bool = False) -> int:
        ids = [other.user_id for other in others]
        command = commands.CreateChat(title="Lobby", member_ids=ids, board=board)
        chat: Chat = await self.ask(who, command)
        return chat.id

    async def add_task(self, who: Identity, chat_id: int, title: str = "do") -> Task:
        task: Task = await self.ask(who, tasks.CreateTask(chat_id=chat_id, title=title))
        return task

    async def open_direct(self, who: Identity, other: Identity) -> int:
        chat: Chat = await self.ask(who, commands.OpenDirect(user_id=other.user_id))
        return chat.id

    async def send(
        self, who: Identity, chat_id: int, text: str = "hi", key: str | None = None, **more: Any
    ) -> SentMessage:
        sent: SentMessage = await self.ask(who, post(chat_id, text, key, **more))
        return sent

    def reader(self, who: Identity, *streams: int, codec: Codec = JSON) -> Reader:
        """Somebody who listens from now on."""
        reader = Reader(self.directory, who, codec)
        self.directory.presence.arrive(reader)
        for stream_id in streams:
            stream = self.directory.streams.stream(stream_id)
            stream.start(self.memory.tops[stream_id].seq)
            stream.add(reader)
        return reader

    def open_socket(self, who: Identity, codec: Codec = JSON) -> tuple[Session, Line]:
        """A signed-in session, and what stands at its other end."""
        line = Line()
        line.codec = codec
        session = Session(
            Farewell(), line, codec, self.directory.presence, Outbox(),
            self.directory.streams.by_id.get, SETTINGS.ws_max_pending_bytes, "test",
            lambda *_: None,
        )  # fmt: skip
        session.identity = who
        self.directory.presence.arrive(session)
        return session, line

    def restart(self) -> None:
        """A new server over what the last one stored."""
        old = self.directory
        self.directory = Directory(self.memory, old.settings, old.clock, old.org_id, old.epoch)

    def stream(self, id: int) -> Stream:
        return self.directory.streams.stream(id)

    def message(self, chat_id: int, seq: int) -> Message:
        return self.memory.messages[chat_id, seq]


def post(
    chat_id: int, text: str = "hi", key: str | None = None, **more: Any
) -> commands.SendMessage:
    """The command of a message."""
    return commands.SendMessage(
        chat_id=chat_id, client_message_id=key or fresh_key(), text=text, **more
    )


async def open_stage(settings: config.Settings = SETTINGS) -> Stage:
    """A server that nobody uses yet."""
    memory = Memory(clock)
    directory = Directory(memory, settings, clock, memory.install_org(), EPOCH)
    return Stage(memory, directory)
