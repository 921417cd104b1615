"""What one server tells the others on its database: what it wrote, and what passes.

By NATS, with the events themselves; without it, or while it is away, in PostgreSQL's notices, with
the numbers alone. After the commit: within it they would put all commits of the database in single
file. A word may be lost; who hears looks for itself, too (`actors.around`).
"""

import logging
import secrets
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

import msgspec

from messenger import errors
from messenger.actors.directory import Directory
from messenger.actors.streams import Signal
from messenger.model import Event
from messenger.protocol.event_types import PLAIN
from messenger.store.commits import ANNOUNCE
from messenger.store.db import Database

if TYPE_CHECKING:
    from messenger.cluster.nats_client import Nats

log = logging.getLogger(__name__)

NOTICE_BYTES: Final = 7000
"""PostgreSQL takes notices of up to 8000."""


class Grown:
    """How far streams have grown since others were told: first and last number, whether plain."""

    def __init__(self) -> None:
        # State: by stream.
        self._spans: dict[int, tuple[int, int, bool]] = {}

    def __bool__(self) -> bool:
        return bool(self._spans)

    def add(self, events: Sequence[Event]) -> None:
        for event in events:
            first, _, plain = self._spans.get(event.stream, (event.seq, 0, True))
            plain = plain and event.type == PLAIN
            self._spans[event.stream] = first, event.seq, plain

    def words(self) -> str:
        """As many of them as fit into a notice, which are then told: `17:341-343m,5:9-9`."""
        words: list[str] = []
        size = 0
        for stream in list(self._spans):
            first, last, plain = self._spans[stream]
            word = f"{stream}:{first}-{last}{'m' * plain}"
            size += len(word) + 1
            if size > NOTICE_BYTES:
                break
            words.append(word)
            del self._spans[stream]
        return ",".join(words)


class Publisher:
    """The words of this server that are on their way."""

    def __init__(self, database: Database) -> None:
        self.database = database
        # By which others know whose words these are.
        self.name = secrets.token_hex(4)
        self.nats: Nats | None = None
        # State: what others are to be told of, and whether somebody is at it.
        self._events: list[Event] = []
        self._grown = Grown()
        self._signals: deque[Signal] = deque()
        self._telling = False

    def __repr__(self) -> str:
        return f"<Publisher of {self.name}, {len(self._signals)} signals wait>"

    def tell(self, directory: Directory, events: Sequence[Event]) -> None:
        """Have the others told of what was committed here; returns at once."""
        if self.nats is None:
            self._grown.add(events)
        else:
            self._events += events
        self._begin_to_tell(directory)

    def pass_on(self, directory: Directory, signal: Signal) -> None:
        """Have the others told of what passes and is not stored; it may be lost."""
        self._signals.append(signal)
        self._begin_to_tell(directory)

    def present(self, directory: Directory, facts: Any) -> None:
        """Say that this server is there, to all; those that came since hear who is here."""
        self.pass_on(directory, ["server", facts])

    def _begin_to_tell(self, directory: Directory) -> None:
        if not self._telling:
            self._telling = True
            directory.streams.spawn(self._tell())

    async def _tell(self) -> None:
        """One word at a time: what comes meanwhile goes into the next."""
        try:
            while self._events or self._grown or self._signals:
                if self.nats is not None and self.nats.connected:
                    await self._say(self.nats)
                else:
                    self._grown.add(self._events)
                    self._events.clear()
                    words = self._grown.words() if self._grown else self._passing()
                    await self.database.fetch(ANNOUNCE, heads=words)
        except errors.Unavailable:
            log.warning("others were not told of what was written here; they look for themselves")
        finally:
            self._telling = False

    async def _say(self, nats: "Nats") -> None:
        """The same by NATS; what may not have arrived there is told in a notice."""
        events, self._events = self._events, []
        signals, self._signals = list(self._signals), deque()
        try:
            await nats.say(self.name, events, signals)
        except errors.Unavailable:
            self._grown.add(events)

    def _passing(self) -> str:
        """As many signals as fit into a notice: `!` and JSON, this server's name first."""
        signals: list[Any] = [self.name]
        size = 0
        while self._signals and size < NOTICE_BYTES:
            size += len(msgspec.json.encode(self._signals[0]))
            if size < NOTICE_BYTES or len(signals) == 1:
                signals.append(self._signals.popleft())
        return "!" + msgspec.json.encode(signals).decode()
