"""Whom the frames leave to in one turn of the loop, and who is cut off because they do not read."""

import asyncio
import logging
from collections import deque
from typing import Final, Protocol

from messenger.protocol import events

log = logging.getLogger(__name__)

CUT_AT_ONCE: Final = 4
"""Slow readers who are cut off together: each leaves a megabyte to be freed."""
CUT_EVERY: Final = 0.02
"""Seconds until the next are: of a room that stalls, everybody is too slow in the same moment."""


class Written(Protocol):
    """A session, as the outbox sees it."""

    transport: asyncio.Transport
    pending: list[bytes]

    def flush(self) -> None: ...
    def part(self, close: events.Close, reason: str) -> None: ...


class Outbox:
    """The sessions with something to write; all are flushed at the end of this loop turn.

    One callback for all of them: a message to a room of 500 would else schedule 500.
    """

    __slots__ = ("slow", "waiting")

    def __init__(self) -> None:
        # State: who has something to write, and who is to be cut off.
        self.waiting: list[Written] = []
        self.slow: deque[Written] = deque()

    def add(self, session: Written) -> None:
        if not self.waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self.waiting.append(session)

    def flush(self) -> None:
        waiting, self.waiting = self.waiting, []
        waiting.sort(key=_has_an_answer)
        for session in waiting:
            try:
                session.flush()
            except Exception:
                # The other sessions' frames may not wait because one transport is broken.
                log.exception("%r cannot be written to", session)
                session.transport.abort()

    def cut(self, session: Written) -> None:
        """Cut off a reader who is too slow, when it is their turn; they are sent nothing more."""
        if not self.slow:
            asyncio.get_running_loop().call_later(CUT_EVERY, self._cut)
        self.slow.append(session)

    def _cut(self) -> None:
        for _ in range(min(CUT_AT_ONCE, len(self.slow))):
            session = self.slow.popleft()
            if not session.transport.is_closing():
                session.part(events.TOO_SLOW, events.TOO_SLOW.reason)
        if self.slow:
            asyncio.get_running_loop().call_later(CUT_EVERY, self._cut)


def _has_an_answer(session: Written) -> bool:
    """Whether it is told of its own message, most likely: it comes last, for the others wait."""
    return len(session.pending) > 1
