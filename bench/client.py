"""The load: WebSocket clients light enough not to be the bound.

A `Socket` does the upgrade by hand and hands frames on; a `Member` follows one chat, sees that
every event comes once and in order, and posts. What goes wrong is kept as the socket's `fault`
and raised by `check`, so that no figure comes from a run that broke the contract.
"""

import asyncio
from collections.abc import Iterable, Sequence
from time import perf_counter
from typing import Any, NamedTuple, cast

from bench.wire import CLOSE, PING, PONG, Codec, Sends, Span, client_frame, cut

PATIENCE = 20.0
"""Seconds after which an answer that has not come never will."""
AT_ONCE = 50
"""Upgrades under way at a time: a listening socket's backlog is finite."""


class Fault(Exception):
    """The server refused, went away, or broke the contract."""


class Acked(NamedTuple):
    """One acknowledged message of a member."""

    seq: int
    sent_at: float
    acked_at: float


class Socket(asyncio.Protocol):
    """One WebSocket, from the upgrade to its end."""

    transport: asyncio.Transport

    def __init__(self, codec: Codec, path: str, token: str | None = None) -> None:
        self.codec = codec
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.fault: Fault | None = None
        self.closing = False
        self.lost = False
        self._request = _upgrade(path, codec.name, token)
        self._upgraded = False
        self._rest = b""
        self._questions = 0
        self._asked: dict[int, asyncio.Future[Any]] = {}

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.transport.write(self._request)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost = True
        if not self.closing:
            self.fail(f"the server closed the connection ({error or 'no reason given'})")

    def data_received(self, data: bytes) -> None:
        if not self._upgraded:
            self._open(data)
            return
        data, spans, self._rest = cut(self._rest, data)
        if spans:
            self.take(data, spans)

    def _open(self, data: bytes) -> None:
        self._rest += data
        head, end, rest = self._rest.partition(b"\r\n\r\n")
        if not end:
            return
        self._upgraded = True
        if not head.startswith(b"HTTP/1.1 101 "):
            self.fail(f"no upgrade: {head.splitlines()[0].decode()} {rest[:200].decode()}")
            return
        self._rest = b""
        if not self.opened.done():
            self.opened.set_result(None)
        if rest:
            self.data_received(rest)

    def take(self, data: bytes, spans: list[Span]) -> None:
        """Act on the frames that came together."""
        for first, start, stop in spans:
            self.receive(first, data[start:stop])

    def receive(self, first: int, payload: bytes) -> None:
        """Act on one frame by reading all of it."""
        opcode = first & 0xF
        if opcode == PING:
            self.transport.write(client_frame(payload, PONG))
        elif opcode == CLOSE:
            code = int.from_bytes(payload[:2])
            self.fail(f"the server closed with {code} {payload[2:].decode(errors='replace')}")
        elif opcode == self.codec.opcode:
            self.told(self.codec.decode(payload))

    def told(self, frame: dict[str, Any]) -> None:
        """Take a decoded frame: answers to `ask`; signals pass."""
        if frame["type"] == "ack":
            self._asked.pop(frame["id"]).set_result(frame["data"])
        elif frame["type"] == "error":
            waiting = self._asked.pop(frame.get("id", -1), None)
            if waiting is None:
                self.fail(f"the server answered {frame}")
            else:
                waiting.set_exception(Fault(str(frame["error"])))

    async def ask(self, type: str, within: float = PATIENCE, **fields: Any) -> Any:
        """Give a command and wait for the data of its ack; raises Fault when it is refused."""
        self._questions += 1
        answer = self._asked[self._questions] = asyncio.get_running_loop().create_future()
        self.send({"type": type, "id": self._questions, **fields})
        return await asyncio.wait_for(answer, within)

    def send(self, command: dict[str, Any]) -> None:
        self.transport.write(client_frame(self.codec.encode(command), self.codec.opcode))

    def fail(self, why: str) -> None:
        """Keep the first thing that went wrong, and wake whoever waits for an answer."""
        if self.fault is None and not self.closing:
            self.fault = Fault(why)
        for waiting in (self.opened, *self._asked.values()):
            if not waiting.done():
                waiting.set_exception(Fault(why))

    def close(self) -> None:
        """Ask for the end; the server ends the connection."""
        self.closing = True
        self.transport.write(client_frame(b"\x03\xe8", CLOSE))


def _upgrade(path: str, subprotocol: str, token: str | None) -> bytes:
    lines = [
        f"GET {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
        f"Sec-WebSocket-Protocol: {subprotocol}",
    ]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()


async def open_all(sockets: Sequence[Socket], port: int) -> None:
    """Connect and upgrade, a few at a time."""
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_open_one(socket, port, gate) for socket in sockets))


async def _open_one(socket: Socket, port: int, gate: asyncio.Semaphore) -> None:
    loop = asyncio.get_running_loop()
    async with gate:
        await loop.create_connection(lambda: socket, "127.0.0.1", port)
        await asyncio.wait_for(socket.opened, PATIENCE)


def check(sockets: Iterable[Socket]) -> None:
    """Raise what went wrong with any of them."""
    for socket in sockets:
        if socket.fault is not None:
            raise socket.fault


async def close_all(sockets: Sequence[Socket]) -> None:
    """Raise what went wrong, then close; return when the server has let go of all of them."""
    check(sockets)
    for socket in sockets:
        socket.close()
    deadline = perf_counter() + PATIENCE
    while not all(socket.lost for socket in sockets):
        if perf_counter() > deadline:
            raise Fault("the server did not close connections that were closed to it")
        await asyncio.sleep(0.01)


class _Beginnings(dict[int, bytes]):
    """How the event of each `seq` must begin; made when first asked for, once for all readers."""

    def __init__(self, codec: Codec, stream_id: int) -> None:
        super().__init__()
        self.codec = codec
        self.stream_id = stream_id

    def __missing__(self, seq: int) -> bytes:
        made = self[seq] = self.codec.event(self.stream_id, seq)
        return made


class Log:
    """One chat's log as all its readers must see it, and when they saw what, if that is asked."""

    def __init__(self, codec: Codec, chat_id: int) -> None:
        self.chat_id = chat_id
        self.beginnings = _Beginnings(codec, chat_id)
        self.timed = False
        self.arrivals: dict[int, list[tuple[Member, float]]] = {}

    def heard(self, member: "Member", first: int, last: int, now: float) -> None:
        for seq in range(first, last + 1):
            self.arrivals.setdefault(seq, []).append((member, now))


class Member(Socket):
    """Somebody in a chat: follows its log and posts to it."""

    def __init__(self, codec: Codec, path: str, token: str, log: Log, text: str) -> None:
        super().__init__(codec, path, token)
        self.log = log
        # State: the last event seen and how many, what is not yet acknowledged, what was,
        # and whether each ack is followed by the next message.
        self.seq = -1
        self.seen = 0
        self.sent: dict[int, float] = {}
        self.acked: list[Acked] = []
        self.running = False
        self._sends = Sends(codec, log.chat_id, text)
        self._owed = 0

    def __repr__(self) -> str:
        return f"<Member of {self.log.chat_id} at {self.seq}, {len(self.sent)} under way>"

    def take(self, data: bytes, spans: list[Span]) -> None:
        """One comparison an event, for that is nearly all there is."""
        now = perf_counter()
        beginnings, ack, begins = self.log.beginnings, self.codec.ack, data.startswith
        before = seq = self.seq
        expected = beginnings[seq + 1]
        for first, start, stop in spans:
            if begins(expected, start + 1):
                seq += 1
                expected = beginnings[seq + 1]
                continue
            self.seq = seq
            if self.sent and begins(ack, start + 1):
                self._stored(self.codec.decode(data[start:stop]), now)
            else:
                self.receive(first, data[start:stop])
        self.seq = seq
        self.seen += seq - before
        if self.log.timed and seq > before:
            self.log.heard(self, before + 1, seq, now)
        if self._owed:
            owed, self._owed = self._owed, 0
            self.post(owed)

    def _stored(self, frame: dict[str, Any], now: float) -> None:
        sent_at = self.sent.pop(frame["id"], None)
        if sent_at is None:
            self.told(frame)
            return
        seq = frame["data"]["seq"]
        if seq > self.seq or frame["data"]["duplicate"]:
            self.fail(f"the ack of {seq} came before the event, or as a repeat, in {self!r}")
        self.acked.append(Acked(seq, sent_at, now))
        if self.running:
            self._owed += 1

    def told(self, frame: dict[str, Any]) -> None:
        if frame.get("stream") == self.log.chat_id and self.seq >= 0 and "seq" in frame:
            self.fail(f"{self!r} was sent {frame['type']} {frame['seq']}")
        super().told(frame)

    def post(self, count: int = 1) -> None:
        """Send messages, in one write."""
        now = perf_counter()
        frames = []
        for _ in range(count):
            id, frame = self._sends.next()
            self.sent[id] = now
            frames.append(frame)
        self.transport.write(b"".join(frames))

    async def follow(self) -> None:
        """Hear the chat from here on."""
        answer = await self.ask("subscribe", streams=[[self.log.chat_id, None]])
        (state,) = answer["streams"]
        if state.get("gone") or state.get("reset"):
            raise Fault(f"{self!r} may not follow: {state}")
        self.seq = state["seq"]
