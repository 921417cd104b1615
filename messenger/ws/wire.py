"""The bytes of a socket once it was upgraded.

aiohttp shakes hands and reads the frames (RFC 6455); nothing else of it stays. Its own way keeps
the request, its headers, two parsers, two tasks and a frame of every middleware for as long as a
socket is open, and wakes a task for each command. Here a command is acted on where it is read.
"""

import asyncio
import struct
from collections import deque
from collections.abc import Awaitable
from contextvars import copy_context
from typing import Any, Final, Protocol

from aiohttp import WSMsgType, web
from aiohttp._websocket.models import WebSocketError
from aiohttp._websocket.reader import WebSocketDataQueue, WebSocketReader
from aiohttp.web_protocol import RequestHandler

from messenger.protocol import codec

WAITING: Final = 64 * 2**10
"""Bytes of frames that wait for the one before them; from there on nothing more is read."""
MOST_WAITING: Final = 4096
"""The same by number: what was read already may be thousands of empty ones."""
NORMAL: Final = 1000
INTERNAL: Final = 1011


class Receiver(Protocol):
    """Whoever takes what comes in."""

    def take(self, kind: WSMsgType, data: Any) -> Awaitable[None] | None:
        """Act on a frame; what is returned has to be waited for before the next one is taken."""

    def broken(self, code: int) -> None:
        """The bytes are no frames that may come: a code of RFC 6455, section 7.4."""

    def flooded(self) -> None:
        """More frames wait than may; no more of them are taken."""

    def failed(self, error: Exception) -> None:
        """A frame could not be taken, and the mistake is ours."""

    def lost(self) -> None:
        """The connection is over, and all that came is taken."""


class Upgrade(web.WebSocketResponse):
    """The handshake, and no more: what follows is a `Wire`'s."""

    def _post_start(self, request: web.BaseRequest, protocol: str | None, writer: Any) -> None:
        self._ws_protocol = protocol
        self._writer = writer

    async def prepare(self, request: web.BaseRequest) -> Any:
        writer = await super().prepare(request)
        # What was written is not asked for again.
        self.headers.clear()
        return writer

    async def write_eof(self, data: bytes = b"") -> None:
        """The end of the answer is not the end of the socket."""


class Wire(WebSocketDataQueue, asyncio.Protocol):
    """The transport's protocol, and the queue that the reader of frames puts them into: both at
    once, since nothing is to wait in between.

    `transport`: where to write to. Everything is done in the context that the wire is made in.
    """

    __slots__ = (
        "_bytes", "_context", "_over", "_paused", "_reader", "_receiver", "_waiting", "_work",
        "transport",
    )  # fmt: skip

    # What the reader looks at where aiohttp runs without its C: here it is never told to stop.
    _size = 0
    _limit = 0

    def __init__(self, transport: asyncio.Transport, longest: int) -> None:
        """`longest`: bytes of the longest message that is read."""
        self.transport = transport
        self._context = copy_context()
        self._reader: WebSocketReader | None = WebSocketReader(
            self, longest, compress=False, decode_text=False
        )
        self._receiver: Receiver | None = None
        # State: what the next frame waits for, the frames that wait and their bytes, whether
        # reading is paused for them, and whether the connection is lost.
        self._work: asyncio.Task[None] | None = None
        self._waiting: deque[Any] | None = None
        self._bytes = 0
        self._paused = self._over = False

    def __repr__(self) -> str:
        return (
            f"<Wire, {len(self._waiting or ())} frames waiting, {'over' if self._over else 'open'}>"
        )

    def begin(
        self, protocol: RequestHandler, receiver: Receiver, first: Awaitable[None] | None
    ) -> None:
        """Take the connection over from HTTP. `first` is done before any frame is taken."""
        self._receiver = receiver
        if first is not None:
            self._wait_for(first)
        self.transport.set_protocol(self)
        # What came with the request.
        early, protocol._message_tail = protocol._message_tail, b""
        protocol.transport = None
        # HTTP lets go of everything: to it the connection is lost.
        protocol.connection_lost(None)
        # It stopped where more had come than it may keep.
        self._paused = protocol._reading_paused or protocol._buffer_paused
        self._read_on()
        if early:
            self.data_received(early)

    # What the transport says

    def data_received(self, data: bytes) -> None:
        if self._reader is not None:
            self._context.run(self._reader.feed_data, data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._over = True
        # It holds on to this queue.
        self._reader = None
        if self._work is None:
            self._context.run(self._end)

    # What the reader says

    def feed_data(self, data: Any, size: int) -> None:
        if self._work is None:
            waits = self._take(data)
            if waits is not None:
                self._wait_for(waits)
            return
        if self._waiting is None:
            self._waiting, self._bytes = deque(), 0
        if len(self._waiting) == MOST_WAITING:
            if self._receiver is not None:
                self._receiver.flooded()
            return
        self._waiting.append(data)
        self._bytes += size
        if self._bytes > WAITING and not self._paused and not self.transport.is_closing():
            self._paused = True
            self.transport.pause_reading()

    def set_exception(self, exc: BaseException, exc_cause: Any = None) -> None:
        if self._receiver is not None:
            self._receiver.broken(exc.code if isinstance(exc, WebSocketError) else INTERNAL)

    def feed_eof(self) -> None:
        """The end is told by the transport."""

    # Taking

    def _take(self, message: Any) -> Awaitable[None] | None:
        assert self._receiver is not None
        try:
            return self._receiver.take(message[0], message[1])
        except Exception as error:
            self._receiver.failed(error)
            return None

    def _wait_for(self, work: Awaitable[None]) -> None:
        self._work = asyncio.get_running_loop().create_task(self._finish(work))

    async def _finish(self, work: Awaitable[None] | None) -> None:
        """Wait for what was begun, then take what has come meanwhile."""
        assert self._receiver is not None
        try:
            while work is not None:
                try:
                    await work
                except Exception as error:
                    self._receiver.failed(error)
                work = None
                while self._waiting and work is None:
                    work = self._take(self._waiting.popleft())
        finally:
            if work is not None:
                # Cancelled: what was asked for gets no answer here, so another connection asks.
                self.transport.abort()
            self._work = self._waiting = None
            self._read_on()
            if self._over:
                self._end()

    def _read_on(self) -> None:
        # A transport that is closed, or reads, refuses to be told.
        if self._paused and not self.transport.is_closing():
            self.transport.resume_reading()
        self._paused = False

    def _end(self) -> None:
        receiver, self._receiver = self._receiver, None
        if receiver is not None:
            receiver.lost()

    # Parting

    def part(self, code: int, reason: bytes) -> None:
        """Say the last words; the other side's answer ends the connection."""
        if not self.transport.is_closing():
            self.transport.write(codec.frame(struct.pack("!H", code) + reason, codec.CLOSE))

    def answer(self) -> None:
        """The other side parts first: say goodbye, and end it."""
        self.part(NORMAL, b"")
        self.transport.close()
