"""A socket's bytes after the upgrade: what is taken when, and how it ends."""

import asyncio
import os
import struct
from collections.abc import Awaitable
from typing import Any, cast

import pytest
from aiohttp import WSMsgType
from aiohttp.web_protocol import RequestHandler

from messenger.ws.wire import MOST_WAITING, WAITING, Wire

LONGEST = 1000
SIZE = 500


class Transport(asyncio.Transport):
    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.paused = self.closing = False
        self.protocol: Any = None

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closing

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = True

    def pause_reading(self) -> None:
        # As uvloop's does.
        if self.paused or self.closing:
            raise RuntimeError
        self.paused = True

    def resume_reading(self) -> None:
        if not self.paused or self.closing:
            raise RuntimeError
        self.paused = False


class Handler:
    """HTTP's side of the connection."""

    _reading_paused = _buffer_paused = False

    def __init__(self, transport: Transport, tail: bytes = b"") -> None:
        self.transport: Transport | None = transport
        self._message_tail = tail
        self.lost = False

    def connection_lost(self, exc: Exception | None) -> None:
        # It would close what it still had.
        assert self.transport is None
        self.lost = True


class Receiver:
    """Notes what it takes; has to be waited for where a frame says so."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []
        self.told: list[Any] = []
        self.ready = asyncio.Event()

    def take(self, kind: WSMsgType, data: Any) -> Awaitable[None] | None:
        if kind is not WSMsgType.TEXT:
            self.told.append(kind)
            return None
        if data == b"broken":
            raise LookupError
        self.taken.append(data)
        return self._later(data) if data.startswith(b"wait") else None

    async def _later(self, data: bytes) -> None:
        await self.ready.wait()
        if data == b"wait, then break":
            raise LookupError
        self.taken.append(b"done")

    def broken(self, code: int) -> None:
        self.told.append(code)

    def flooded(self) -> None:
        self.told.append("flooded")

    def failed(self, error: Exception) -> None:
        self.told.append(type(error))

    def lost(self) -> None:
        self.told.append("lost")


def frame(payload: bytes, opcode: int = 1) -> bytes:
    """As a client sends it, masked."""
    mask, size = os.urandom(4), len(payload)
    length = bytes((0x80 | size,)) if size < 126 else b"\xfe" + struct.pack("!H", size)
    masked = bytes(each ^ mask[place % 4] for place, each in enumerate(payload))
    return bytes((0x80 | opcode,)) + length + mask + masked


def begun(
    tail: bytes = b"", first: Awaitable[None] | None = None
) -> tuple[Wire, Transport, Receiver, Handler]:
    transport = Transport()
    wire, receiver, handler = Wire(transport, LONGEST), Receiver(), Handler(transport, tail)
    wire.begin(cast(RequestHandler, handler), receiver, first)
    return wire, transport, receiver, handler


async def test_http_lets_go_and_what_came_early_is_taken() -> None:
    wire, transport, receiver, handler = begun(frame(b"early") + frame(b"half")[:3])
    assert handler.lost
    assert transport.protocol is wire
    assert receiver.taken == [b"early"]


async def test_a_frame_is_taken_where_it_is_read() -> None:
    wire, _, receiver, _ = begun()
    bytes_ = frame(b"one") + frame(b"two")
    wire.data_received(bytes_[:4])
    wire.data_received(bytes_[4:])
    assert receiver.taken == [b"one", b"two"]


async def test_what_follows_waits_in_order_for_what_takes_its_time() -> None:
    wire, _, receiver, _ = begun()
    wire.data_received(b"".join(map(frame, (b"wait", b"one", b"wait again", b"two"))))
    assert receiver.taken == [b"wait"]
    receiver.ready.set()
    await asyncio.sleep(0.1)
    assert receiver.taken == [b"wait", b"done", b"one", b"wait again", b"done", b"two"]
    wire.data_received(frame(b"three"))
    assert receiver.taken[-1] == b"three"


async def test_nothing_is_taken_before_the_first_work_is_done() -> None:
    gate = asyncio.Event()

    async def first() -> None:
        await gate.wait()

    _, _, receiver, _ = begun(frame(b"early"), first())
    await asyncio.sleep(0.1)
    assert receiver.taken == []
    gate.set()
    await asyncio.sleep(0.1)
    assert receiver.taken == [b"early"]


async def test_reading_stops_while_too_much_waits() -> None:
    wire, transport, receiver, _ = begun()
    wire.data_received(frame(b"wait"))
    for _ in range(WAITING // SIZE + 1):
        wire.data_received(frame(b"x" * SIZE))
    assert transport.paused
    receiver.ready.set()
    await asyncio.sleep(0.1)
    assert not transport.paused
    assert len(receiver.taken) == 2 + WAITING // SIZE + 1


async def test_what_http_had_paused_is_read_on() -> None:
    transport, receiver = Transport(), Receiver()
    wire, handler = Wire(transport, LONGEST), Handler(transport, frame(b"early"))
    transport.paused = handler._buffer_paused = True
    wire.begin(cast(RequestHandler, handler), receiver, None)
    assert not transport.paused
    assert receiver.taken == [b"early"]


async def test_a_connection_that_closes_meanwhile_is_not_paused() -> None:
    wire, transport, receiver, _ = begun()
    wire.data_received(frame(b"wait"))
    transport.close()
    for _ in range(WAITING // SIZE + 1):
        wire.data_received(frame(b"x" * SIZE))
    wire.connection_lost(None)
    receiver.ready.set()
    await asyncio.sleep(0.1)
    assert receiver.told == ["lost"]


async def test_thousands_of_empty_frames_are_a_flood() -> None:
    wire, _, receiver, _ = begun()
    wire.data_received(frame(b"wait") + frame(b"", 9) * (MOST_WAITING + 2))
    assert receiver.told == ["flooded"] * 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (frame(b"x" * (LONGEST + 1)), 1009),
        (frame(b"", 3), 1002),
        (frame(b"\x00\x01", 8), 1002),
    ],
    ids=["too long", "unknown opcode", "invalid close code"],
)
async def test_what_is_no_frame_is_told_with_its_code(data: bytes, code: int) -> None:
    wire, _, receiver, _ = begun()
    wire.data_received(frame(b"one") + data)
    wire.data_received(frame(b"two"))
    assert (receiver.taken, receiver.told) == ([b"one"], [code])


async def test_what_breaks_is_told_and_the_next_is_taken() -> None:
    wire, _, receiver, _ = begun()
    wire.data_received(frame(b"broken") + frame(b"wait, then break") + frame(b"one"))
    receiver.ready.set()
    await asyncio.sleep(0.1)
    assert receiver.told == [LookupError] * 2
    assert receiver.taken == [b"wait, then break", b"one"]


async def test_the_end_is_told_once_all_that_came_is_taken() -> None:
    wire, _, receiver, _ = begun()
    wire.data_received(frame(b"wait") + frame(b"one"))
    wire.connection_lost(None)
    assert receiver.told == []
    receiver.ready.set()
    await asyncio.sleep(0.1)
    assert receiver.taken == [b"wait", b"done", b"one"]
    assert receiver.told == ["lost"]


async def test_what_is_cancelled_leaves_no_socket_that_takes_nothing() -> None:
    async def cancelled() -> None:
        raise asyncio.CancelledError

    wire, transport, receiver, _ = begun(first=cancelled())
    await asyncio.sleep(0.1)
    assert transport.closing
    wire.connection_lost(None)
    assert receiver.told == ["lost"]


async def test_parting() -> None:
    wire, transport, receiver, _ = begun()
    wire.part(4403, b"not allowed")
    assert transport.written == b"\x88\x0d" + struct.pack("!H", 4403) + b"not allowed"
    wire.data_received(frame(struct.pack("!H", 1000), 8))
    assert receiver.told == [WSMsgType.CLOSE]
    wire.answer()
    assert transport.closing
    wire.part(1000, b"")
    wire.connection_lost(None)
    assert transport.written.count(b"\x88") == 2
    assert receiver.told[-1] == "lost"
