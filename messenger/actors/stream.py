"""One ordered log as its subscribers see it: events leave in `seq` order.

A stream outlives its actor. It knows the last `seq` it handed out, who listens,
and its newest events. What arrives early is held back; a hole that does not
close at once is read from the log, so every reader sees 1, 2, 3 …
"""

from collections import deque
from collections.abc import Callable
from time import monotonic
from typing import Any, Protocol

import msgspec

from messenger.model import Event, Identity, Message
from messenger.protocol.codec import Codec
from messenger.protocol.event_types import PLAIN

UNKNOWN = -1
RING = 64
"""Newest events kept for those who are just catching up."""
NOTHING: deque[Event] = deque(maxlen=0)
"""The ring of a stream that handed out nothing yet."""


class Subscriber(Protocol):
    """A reader of streams: a session."""

    codec: Codec
    identity: Identity
    everything: bool

    def push(self, data: bytes) -> None: ...
    def ended(self, stream_id: int, seq: int, told: bool = True) -> None: ...


class Stream:
    """Subscribers and the last `seq` handed out, of one chat or user.

    There is one for every person who is here, most of them silent: what it
    rarely needs is made when it is needed.
    """

    __slots__ = (
        "_behind",
        "delivered",
        "early",
        "held",
        "id",
        "known",
        "over",
        "ring",
        "seq",
        "subscribers",
        "used",
        "waiting",
    )  # fmt: skip

    def __init__(self, id: int, behind: Callable[["Stream"], None]) -> None:
        self.id = id
        # State: the head as handed out (UNKNOWN until the log was asked), the head as heard of,
        # who listens, the newest events, and those that came early.
        self.seq = UNKNOWN
        self.known = UNKNOWN
        self.subscribers: dict[Codec, set[Subscriber]] = {}
        self.ring = NOTHING
        self.early: dict[int, Event] = {}
        self.used = monotonic()
        # Resumes that hold on to it; whether its chat was deleted; the newest event handed to
        # subscribers, and answers that wait for theirs to be.
        self.held = 0
        self.over = False
        self.delivered = UNKNOWN
        self.waiting: list[tuple[int, Callable[[], None]]] = []
        self._behind = behind

    def __repr__(self) -> str:
        readers = sum(map(len, self.subscribers.values()))
        return f"<Stream {self.id} at {self.seq}, {readers} readers, {len(self.early)} early>"

    @property
    def deserted(self) -> bool:
        return not any(self.subscribers.values())

    def add(self, subscriber: Subscriber) -> None:
        self.subscribers.setdefault(subscriber.codec, set()).add(subscriber)

    def discard(self, subscriber: Subscriber) -> None:
        readers = self.subscribers.get(subscriber.codec)
        if readers is not None:
            readers.discard(subscriber)

    def hears(self, subscriber: Subscriber) -> bool:
        return subscriber in self.subscribers.get(subscriber.codec, ())

    def of(self, user_id: int) -> list[Subscriber]:
        """The subscribers that are this person's."""
        return [s for some in self.subscribers.values() for s in some
                if s.identity.user_id == user_id]  # fmt: skip

    def start(self, seq: int) -> None:
        """Say where the log stands. Known already, or overtaken meanwhile: nothing changes."""
        if self.seq != UNKNOWN:
            return
        self.seq = seq
        self.known = max(self.known, seq)
        self.early = {early: event for early, event in self.early.items() if early > seq}
        while (event := self.early.pop(self.seq + 1, None)) is not None:
            # There are no readers before the start, so there is nothing to deliver.
            self._keep([event])
            self.seq += 1
        self.delivered = self.seq
        if self.early or self.known > self.seq:
            self._behind(self)

    def learn(self, seq: int) -> None:
        """Another process wrote up to `seq`: read it from the log."""
        if seq > self.known:
            self.known = seq
            if self.seq != UNKNOWN:
                self._behind(self)

    def accept(self, events: list[Event]) -> list[Event]:
        """Take committed events; return those whose turn it is, and hold back the rest."""
        if self.seq == UNKNOWN:
            self.early.update((event.seq, event) for event in events)
            return []
        whole = events[-1].seq - events[0].seq == len(events) - 1
        if whole and events[0].seq == self.seq + 1 and not self.early:
            ready = events
        else:
            self.early.update((event.seq, event) for event in events if event.seq > self.seq)
            ready = []
            seq = self.seq + 1
            while (event := self.early.pop(seq, None)) is not None:
                ready.append(event)
                seq += 1
            if self.early:
                self._behind(self)
        if ready:
            self.seq = ready[-1].seq
            self.known = max(self.known, self.seq)
            self._keep(ready)
            for event in ready:
                if event.type != PLAIN and isinstance(event.data, Message):
                    self._retell(event.data)
        return ready

    def _keep(self, events: list[Event]) -> None:
        if self.ring is NOTHING:
            self.ring = deque(maxlen=RING)
        self.ring.extend(events)

    def _retell(self, message: Message) -> None:
        """Bring the ring up to what a message has become: a deleted text is gone here too."""
        for place, event in enumerate(self.ring):
            if isinstance(event.data, Message) and event.data.seq == message.seq:
                self.ring[place] = msgspec.structs.replace(event, data=message)

    def deliver(self, events: list[Event]) -> None:
        """Hand events to all who listen: encoded once per subprotocol, one piece each."""
        self.used = monotonic()
        for codec, subscribers in self.subscribers.items():
            if subscribers:
                pack = codec.pack
                data = b"".join([pack(event) for event in events])
                for subscriber in subscribers:
                    subscriber.push(data)
        self.delivered = events[-1].seq
        if self.waiting:
            due = [then for seq, then in self.waiting if seq <= self.delivered]
            self.waiting = [each for each in self.waiting if each[0] > self.delivered]
            for then in due:
                then()

    def when_delivered(self, seq: int, then: Callable[[], None]) -> None:
        """Call once the event `seq` was handed to those who listen; at once, if it was.

        One's own event precedes the answer to the command that made it, also
        when a hole before it has to be read from the log first.
        """
        if self.seq == UNKNOWN or seq <= self.delivered:
            then()
        else:
            self.waiting.append((seq, then))
            self.learn(seq)

    def signal(self, message: Any, but: int | None = None) -> None:
        """Tell all readers something that passes, except one person."""
        for codec, subscribers in self.subscribers.items():
            if subscribers:
                data = codec.pack(message)
                for subscriber in subscribers:
                    if subscriber.identity.user_id != but:
                        subscriber.push(data)

    def since(self, seq: int) -> list[Event] | None:
        """The events after `seq`, if the ring still has them all."""
        if seq == self.seq:
            return []
        if not self.ring or self.ring[0].seq > seq + 1 or seq > self.seq:
            return None
        return [event for event in self.ring if event.seq > seq]

    def handed_out(self, seq: int) -> list[Event] | None:
        """Those of them that readers have been given, which may be fewer for a moment."""
        newest = self.since(seq)
        if newest and newest[-1].seq > self.delivered:
            return [event for event in newest if event.seq <= self.delivered]
        return newest
