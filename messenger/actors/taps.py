"""Who hears of all that is committed: before sockets do, but of new messages after them."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any, Protocol

from messenger.model import Event

log = logging.getLogger(__name__)


class Tap(Protocol):
    """Hears of all that is committed, in its order. Plain calls that may not wait."""

    def published(self, stream: int, events: list[Event]) -> None:
        """Events of a stream, which follow one another; the same may be told again."""

    def grew(self, stream: int, seq: int) -> None:
        """Others wrote to a stream, up to there."""

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        """How far a member has read."""


class Taps:
    """All of them; told of as one is, and in the same order."""

    def __init__(self) -> None:
        self._all: list[Tap] = []
        # State: new messages that they have not heard of yet, by stream.
        self._untold: list[tuple[int, list[Event]]] = []

    def __repr__(self) -> str:
        return f"<Taps, {len(self._all)} of them>"

    def add(self, *taps: Tap) -> None:
        self._all += taps

    def published(self, stream: int, events: list[Event]) -> None:
        self._untold.append((stream, events))
        self._tell()

    def published_later(self, stream: int, events: list[Event]) -> None:
        """The same, once what was asked of the loop before this is done."""
        if not self._untold:
            asyncio.get_running_loop().call_soon(self._tell)
        self._untold.append((stream, events))

    def grew(self, stream: int, seq: int) -> None:
        self._tell()
        for tap in self._all:
            _call(tap.grew, stream, seq)

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        self._tell()
        for tap in self._all:
            _call(tap.marked, chat_id, user_id, read_seq)

    def _tell(self) -> None:
        untold, self._untold = self._untold, []
        for stream, events in untold:
            for tap in self._all:
                _call(tap.published, stream, events)


def _call(tell: Callable[..., None], *said: Any) -> None:
    try:
        tell(*said)
    except Exception:
        # One tap's failure must not keep from the others what they are told of.
        log.exception("%r failed", tell)
