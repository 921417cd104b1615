"""One connection: its subscriptions, and the frames it has yet to send.

Knows no command. Frames for this reader gather on a list and leave with one
write per turn of the event loop; a reader who falls too far behind is cut off
and resumes later; the other readers are not slowed down.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec

from messenger import logs
from messenger.actors.presence import Presence
from messenger.actors.stream import Stream
from messenger.errors import DomainError, Forbidden
from messenger.model import Identity
from messenger.protocol import events
from messenger.protocol.codec import Codec
from messenger.ws.command_rate import CommandRate
from messenger.ws.heartbeat import Heartbeat
from messenger.ws.outbox import Outbox

LINGER = 5.0
"""Seconds a closing connection has to take what was written to it."""


class Parting(Protocol):
    """The way out of a connection."""

    def part(self, code: int, reason: bytes) -> None:
        """Send the close frame; nothing is written after it."""


class Meanwhile:
    """What happens to a session's subscriptions while a resume runs."""

    __slots__ = ("barred", "joined")

    def __init__(self) -> None:
        # Streams that may not be read any more, since which event; and those newly joined.
        self.barred: dict[int, int] = {}
        self.joined: set[int] = set()


Refused = Callable[[int | None, str], None]
"""Is told who may not do what they asked for, and the command's name."""


class Session:
    """A socket, from its first byte to its last."""

    __slots__ = (
        "catching_up", "closing", "codec", "everything", "farewell", "heartbeat", "id", "identity",
        "looking", "max_pending", "outbox", "owed", "pending", "presence", "rate", "refused",
        "resuming", "source", "streams", "streams_of", "subscribing", "transport", "watched",
        "wire",
    )  # fmt: skip

    def __init__(
        self,
        wire: Parting,
        transport: asyncio.Transport,
        codec: Codec,
        presence: Presence,
        outbox: Outbox,
        streams: Callable[[int], Stream | None],
        max_pending: int,
        source: str,
        refused: Refused,
    ) -> None:
        self.wire = wire
        self.transport = transport
        self.codec = codec
        self.presence = presence
        self.outbox = outbox
        self.streams_of = streams
        self.max_pending = max_pending
        self.source = source
        self.refused = refused
        # What lines of the log name it by.
        self.id = logs.request_id.get() or ""
        # State: who it is; signs of life, commands in this window; what it reads and watches;
        # what waits to be written, and how much of that may be unread beside `max_pending`.
        self.identity: Identity = SIGNED_OUT
        self.heartbeat = Heartbeat()
        self.rate = CommandRate()
        self.everything = False
        self.streams: set[int] = set()
        self.watched: list[int] = []
        self.looking: int | None = None
        self.resuming: Meanwhile | None = None
        self.subscribing = asyncio.Lock()
        self.catching_up = 0
        self.pending: list[bytes] = []
        self.owed = 0
        self.closing: events.Close | None = None
        self.farewell: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return (
            f"<Session {self.id} of {self.identity.user_id} from {self.source}, {self.codec.name}, "
            f"{len(self.streams)} streams, {len(self.pending)} pieces pending>"
        )

    @property
    def authenticated(self) -> bool:
        return self.identity is not SIGNED_OUT

    @property
    def alive(self) -> bool:
        """Whether what is pushed may still arrive."""
        return self.closing is None and not self.transport.is_closing()

    # Out

    def push(self, data: bytes) -> None:
        """Take a finished frame, or several; it leaves at the end of this loop turn."""
        if self.closing is not None:
            return
        if not self.pending:
            self.outbox.add(self)
        self.pending.append(data)

    def tell(self, message: Any) -> None:
        self.push(self.codec.pack(message))

    def tell_whole(self, message: Any) -> None:
        """Say what was asked for and cannot come in parts; its length makes no slow reader."""
        data = self.codec.pack(message)
        self.owed = max(self.owed, len(data))
        self.push(data)

    def flush(self) -> None:
        pending, transport = self.pending, self.transport
        if not pending:
            return
        self.pending = []
        if transport.is_closing():
            return
        if len(pending) == 1:
            transport.write(pending[0])
        else:
            # One call of the system, and no copy of what all readers are given.
            transport.writelines(pending)
        unread = transport.get_write_buffer_size()
        if unread <= self.max_pending:
            self.owed = 0
        elif unread > self.max_pending + self.owed and self.closing is None:
            self.closing = events.TOO_SLOW
            self.outbox.cut(self)

    @property
    def unsent(self) -> int:
        return sum(map(len, self.pending)) + self.transport.get_write_buffer_size()

    async def drained(self) -> None:
        """Wait until the reader has taken most of what was written to it."""
        # Not at the end of the turn: most readers take it before there is anything to wait for.
        self.flush()
        wait = 0.001
        while self.unsent > self.max_pending // 4 and not self.transport.is_closing():
            await asyncio.sleep(wait)
            wait = min(wait * 2, 0.1)

    def close(self, close: events.Close, reason: str | None = None) -> None:
        """Send what is pending and the close frame; abort if the other side does not take them."""
        if self.closing is not None:
            return
        self.closing = close
        self.flush()
        self.part(close, close.reason if reason is None else reason)

    def part(self, close: events.Close, reason: str) -> None:
        """Say farewell; nothing is sent to it any more."""
        loop = asyncio.get_running_loop()
        self.farewell = loop.create_future()
        # A connection that ends with unread data in it is reset, and the close code would be lost
        # on the way: the other side ends it, or it is given up.
        self.wire.part(close.code, reason.encode())
        loop.call_later(LINGER, self.transport.abort)

    def send_away(self, wait_ms: int) -> None:
        """Close, and say after how many milliseconds to come back."""
        self.close(events.GOING_AWAY, msgspec.json.encode(Reason(wait_ms)).decode())

    # Subscriptions

    def join(self, stream_id: int) -> bool:
        """Hear a chat just joined; whether from now on, or from the end of a resume."""
        if self.resuming is not None:
            # The resume joins it at its end, with all others, and says where it stands then.
            self.resuming.barred.pop(stream_id, None)
            self.resuming.joined.add(stream_id)
            return False
        self.listen(stream_id)
        return True

    def listen(self, stream_id: int) -> None:
        """Be handed what the stream publishes from now on."""
        stream = self.streams_of(stream_id)
        if stream is not None and self.closing is None:
            self.streams.add(stream_id)
            stream.add(self)

    def leave(self, stream_id: int) -> None:
        self.streams.discard(stream_id)
        stream = self.streams_of(stream_id)
        if stream is not None:
            stream.discard(self)

    def ended(self, stream_id: int, seq: int, told: bool = True) -> None:
        """The stream may not be read any more: its event `seq` says so; the reader is `told`."""
        if self.resuming is not None:
            self.resuming.barred[stream_id] = seq
            self.resuming.joined.discard(stream_id)
        if stream_id in self.streams:
            self.streams.discard(stream_id)
            if told:
                self.tell(events.SubscriptionEnded(stream=stream_id))

    def gone(self) -> None:
        """The connection is over: nothing holds on to it."""
        for stream_id in list(self.streams):
            self.leave(stream_id)
        if self.authenticated:
            self.presence.leave(self, self.watched)
        self.pending.clear()
        if self.farewell is not None and not self.farewell.done():
            self.farewell.set_result(None)


class SocketReply:
    """Answers a command of a socket, by its `id`."""

    __slots__ = ("command", "id", "session")

    def __init__(self, session: Session, id: int | str | None, command: Any = None) -> None:
        """`command`, when a refusal of rights is to be recorded."""
        self.session = session
        self.id = id
        self.command = command

    @property
    def trace(self) -> Mapping[str, Any]:
        return {"connection_id": self.session.id, "command_id": self.id}

    def answer(self, result: Any) -> None:
        if self.id is not None:
            session = self.session
            ack = events.Ack(id=self.id, data=NOTHING if result is None else result)
            session.push(session.codec.pack(ack))

    def answer_whole(self, result: Any) -> None:
        """The same, when it may be longer than a reader may leave unread."""
        if self.id is not None:
            self.session.tell_whole(events.Ack(id=self.id, data=result))

    def refuse(self, error: DomainError) -> None:
        if isinstance(error, Forbidden) and self.command is not None:
            session, name = self.session, type(self.command).__struct_config__.tag
            session.refused(session.identity.user_id, str(name))
        self.session.tell(events.Error(id=self.id, error=error.body()))


NOTHING: dict[str, Any] = {}
SIGNED_OUT = Identity(user_id=-1, session_id="", username="", role="guest", disabled=True)
"""The identity before `auth`."""


class Reason(msgspec.Struct, frozen=True):
    """What stands in the reason of a 1001: when to come back."""

    retry_after_ms: int
