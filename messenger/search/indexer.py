"""The consumer of the log that keeps the index: what was committed is found within a second.

It is never on the way of a message: it hears of what is committed, gathers, and writes many
subjects in one transaction. A crash repeats what was not stored, which changes nothing. When more
is said than can be read at once, those who say it go first, and it is found later for that.
"""

import logging
import math
from collections.abc import Callable
from typing import Final

from prometheus_client import CollectorRegistry, Gauge

from messenger import errors
from messenger.consumer import Consumer
from messenger.model import Chat, Event, Message, Task, User
from messenger.resting import Rests
from messenger.search.numbers import Numbers, Subject, latest
from messenger.store.db import Connection, Database
from messenger.store.rows import search as rows

log = logging.getLogger(__name__)

NAME: Final = "search"
MOST: Final = 500
"""Subjects that one transaction takes."""
CLEARED: Final = 5000
"""Entries of a deleted chat that one statement removes."""


class Indexer(Consumer):
    """From events to entries."""

    # Those who talk are not slowed down for what is found a little later.
    rests = Rests(turn=16, turn_at_most=0.6, page_when_busy=24, page_at_most=math.inf)

    def __init__(self, database: Database, registry: CollectorRegistry) -> None:
        super().__init__(database, NAME)
        self.numbers = Numbers()
        # State: subjects that wait to be written, by stream the first event that they came with.
        self.gathered: list[Subject] = []
        self.unwritten: dict[int, int] = {}
        # Told when files wait to be read.
        self.on_files: Callable[[], object] = lambda: None
        lag = Gauge(
            "messenger_search_events_waiting", "Events that the search has not read.",
            registry=registry,
        )  # fmt: skip
        lag.set_function(lambda: self.waiting + len(self.gathered))

    def __repr__(self) -> str:
        return f"<Indexer {self.waiting} waiting, {len(self.gathered)} to be written>"

    def marked(self, chat_id: int, user_id: int, read_seq: int) -> None:
        """How far somebody has read is in no index."""

    @property
    def busy(self) -> bool:
        return super().busy or bool(self.gathered)

    async def take(self, stream: int, events: list[Event]) -> None:
        for event in events:
            if isinstance(event.data, Message | Task | User | Chat):
                self.unwritten.setdefault(stream, event.seq)
                self.gathered.append(event.data)
                if len(self.gathered) >= MOST:
                    await self.write()
                    await self._rest()

    def reached(self, stream: int) -> int:
        unwritten, cursor = self.unwritten.get(stream), self.cursors[stream]
        return cursor if unwritten is None else min(unwritten - 1, cursor)

    async def turn(self) -> None:
        try:
            await super().turn()
            await self.write()
        except BaseException:
            # What was gathered is written with the next turn, which need not wait for an event.
            self._news.set()
            raise

    async def write(self) -> None:
        """Write what was gathered, and let the cursors go on."""
        if not self.gathered:
            return
        subjects = latest(self.gathered)
        try:
            await self._write(subjects)
        except errors.Unavailable:
            raise
        except Exception:
            log.exception("%d subjects at once could not be indexed", len(subjects))
            await self._one_by_one(subjects)
        for subject in subjects:
            if isinstance(subject, Chat) and subject.deleted_at is not None:
                await self._clear(subject.id)
        self.changed.update(self.unwritten)
        self.gathered.clear()
        self.unwritten.clear()

    async def _write(self, subjects: list[Subject]) -> None:
        # With the first event: a server at rest has neither its words nor its stemmers.
        from messenger.search.writing import Batch

        batch = Batch()
        await batch.put(subjects)

        async def work(connection: Connection) -> dict[str, int]:
            await rows.lock(connection)
            return await batch.write(connection, self.numbers)

        self.numbers.keep(await self.database.transact(work))
        if any(entry.file for entry in batch.entries):
            self.on_files()

    async def _one_by_one(self, subjects: list[Subject]) -> None:
        """One subject that cannot be indexed must not keep all others from being found."""
        for subject in subjects:
            try:
                await self._write([subject])
            except errors.Unavailable:
                raise
            except Exception:
                log.exception("a %s could not be indexed", type(subject).__name__)

    async def _clear(self, chat_id: int) -> None:
        async def work(connection: Connection) -> bool:
            await rows.lock(connection)
            return await rows.clear_chat(connection, chat_id, CLEARED)

        while await self.database.transact(work):
            pass
