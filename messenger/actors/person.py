"""One person as the others see them: open sockets, and who watches for their coming and going."""

import asyncio
from typing import Protocol

from messenger.model import Identity
from messenger.protocol import events
from messenger.protocol.codec import Codec


class Socket(Protocol):
    """An open, authenticated connection."""

    codec: Codec
    identity: Identity
    everything: bool
    watched: list[int]
    looking: int | None

    def push(self, data: bytes) -> None: ...
    def join(self, stream_id: int) -> bool: ...
    def ended(self, stream_id: int, seq: int, told: bool = True) -> None: ...
    def close(self, close: events.Close) -> None: ...
    def send_away(self, wait_ms: int) -> None: ...


class Person:
    """One person's open sockets, and who watches them."""

    __slots__ = ("directs", "id", "leaving", "shown_online", "sockets", "watchers")

    def __init__(self, id: int) -> None:
        self.id = id
        self.sockets: set[Socket] = set()
        self.watchers: set[Socket] = set()
        # Direct chats that one of the sockets subscribed to: the other there sees us come and go.
        self.directs: set[int] = set()
        self.shown_online = False
        # Runs out a while after the last socket left, unless one comes back.
        self.leaving: asyncio.TimerHandle | None = None

    def __repr__(self) -> str:
        return f"<Person {self.id}, {len(self.sockets)} sockets, {len(self.watchers)} watchers>"
