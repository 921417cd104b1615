"""Group commit: every message of the process goes through here.

While one flush is in flight everything that arrives waits; then one statement numbers, inserts and
commits (`owed` says when marks move), and each listener gets its results in `seq` order. No timer
fills a batch. A batch whose outcome is unknown (lost connection, deadlock, a key taken by another
process) is sent again as it was: the unique (sender, key) makes that safe. Every asker is answered
within `PATIENCE`, or earlier if asked to, whatever the database does. When too much waits already,
a post is refused at once.
"""

import asyncio
import logging
from collections.abc import Callable
from contextvars import Context
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

from prometheus_client import CollectorRegistry

from messenger import errors
from messenger.model import timestamp
from messenger.storage import Duplicate, JournalListener, Marking, NotStored, Posting
from messenger.store.batch import Batch, Told, ToldOfMarks
from messenger.store.db import Connection, Database
from messenger.store.driver import SenderLockedOut, translated
from messenger.store.figures import Figures
from messenger.store.journal_connection import JournalConnection, store
from messenger.store.journal_rows import LOOK_EVERY, Asker, Mark, Post, PostAsker, first_of
from messenger.store.journal_sql import SETTLE
from messenger.store.owed import Owed
from messenger.store.telling import LOST, Telling, too_late
from messenger.store.worker import Worker

log = logging.getLogger(__name__)

BATCH = 512
"""Above some hundred rows a batch only gets slower, not cheaper."""
PATIENCE = 10.0
"""Seconds that a post waits at the most; then its sender hears `unavailable` and may repeat it."""
WAITING = 20_000
"""Askers at once: a second of full load. More would only wait longer."""
WAITING_LETTERS = 16 * 2**20
"""Characters of messages at once: messages may be long."""
ONCE = "messages_once"
"""The constraint that another process's sending of the same key breaks; none other may pass."""
RACES = 5
"""Times that a batch may lose to other processes before its rows are looked at one by one."""


class Journal:
    """The process's one writer of messages. `post` and `mark` return at once."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        registry: CollectorRegistry | None = None,
        failed: Callable[[str, Exception], None] = lambda name, error: None,
    ) -> None:
        self.database = database
        self.clock = clock
        self.failed = failed
        # State: what waits for the next flush, what is in flight, how much that is, the flushing
        # task, and the timer that looks for who has waited too long.
        self._posts: dict[tuple[int, str], Post] = {}
        self._flying: dict[tuple[int, str], Post] = {}
        self._marks: dict[tuple[int, int], Mark] = {}
        self._moving: list[Mark] = []
        self._depth = self._letters = 0
        self._worker = Worker(self._drain)
        self._timer: asyncio.TimerHandle | None = None
        self._connection = JournalConnection(database)
        self._unheard = False
        self.owed = Owed(self._start)
        database.settled = self.owed.settled
        self.figures = Figures(registry, lambda: self._depth)
        self._telling = Telling(failed)

    def __repr__(self) -> str:
        return f"<Journal {len(self._posts)} waiting, {len(self._flying)} in flight>"

    @property
    def overdue(self) -> bool:
        """Whether something is in flight that its senders were told not to wait for."""
        return any(not post.askers for post in self._flying.values())

    def post(self, posting: Posting, listener: JournalListener, token: Any, until: float) -> None:
        """Store a message; `listener.stored` gets the result, at once if there is no room."""
        if self._depth >= WAITING or self._letters + len(posting.text) > WAITING_LETTERS:
            listener.stored([(token, posting, NotStored())], timestamp(self.clock()))
            return
        asker = PostAsker(listener, token, min(until, monotonic() + PATIENCE), posting)
        self._depth += 1
        key = (posting.sender_id, posting.client_message_id)
        waiting = self._flying.get(key) or self._posts.get(key)
        if waiting is not None:
            waiting.askers.append(asker)
            return
        self._letters += len(posting.text)
        self._posts[key] = Post(posting, [asker])
        if self._worker.at_rest or self._timer is None:
            self._start()

    def mark(self, marking: Marking, listener: JournalListener, token: Any, until: float) -> None:
        """Move a member's marks forward; `listener.marked` hears of it with `token`."""
        if self._depth >= WAITING:
            listener.marked([(token, NotStored())])
            return
        key = (marking.chat_id, marking.user_id)
        mark = self._marks.get(key)
        if mark is None:
            mark = self._marks[key] = Mark(*key, marking.read_seq, marking.received_seq, [])
        mark.read_seq = max(mark.read_seq, marking.read_seq)
        mark.received_seq = max(mark.received_seq, marking.received_seq)
        mark.askers.append(Asker(listener, token, min(until, monotonic() + PATIENCE)))
        self._depth += 1
        self._start()

    async def open(self) -> None:
        """Connect ahead of the first message; store what senders were owed in a crash."""
        await self.database.fetch(SETTLE)
        await self._connection.opened()

    async def keep(self) -> None:
        """Ask an idle connection for a sign of life, so that its death is not the next sender's."""
        if self._worker.at_rest and self._connection.current is not None:
            self._unheard = True
            self._start()

    async def close(self) -> None:
        """Store all that waits, then let the connection go."""
        await self._worker.finish()
        # Also what was in flight is owed by now.
        self.owed.ask()
        await self._worker.finish()
        self.owed.close()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        await self._connection.give_up()

    def _start(self) -> None:
        self._worker.wake()
        if self._timer is None and self._depth:
            # A context of its own: what is logged is of nobody.
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(LOOK_EVERY, self._look, context=Context())

    async def _drain(self) -> None:
        try:
            if self._unheard:
                self._unheard = False
                await self._connection.listen()
            while self._posts or self._marks or self.owed.due:
                self._flying, self._posts = first_of(self._posts, BATCH)
                self._moving, self._marks = list(self._marks.values()), {}
                batch = self._batch(list(self._flying.values()), self._moving)
                due = self.owed.due
                tell = await self._flush(batch)
                if due and self.owed.due:
                    self.owed.ended(None)
                if self._posts or self._marks:
                    # The next batch goes out first: PostgreSQL need not wait for the telling.
                    asyncio.get_running_loop().call_soon(tell)
                else:
                    tell()
        except Exception as error:
            # What is in flight hears of it, and what waits is taken up again.
            log.exception("%r broke", self)
            self.failed("journal", error)
            batch = self._batch(list(self._flying.values()), self._moving)
            self._tell(batch, LOST, 0)
            self._landed(batch)
            self.owed.ended(None)

    def _batch(self, posts: list[Post], marks: list[Mark]) -> Batch:
        return Batch(posts, marks, self.clock(), self.database.shared)

    async def _flush(self, batch: Batch) -> Callable[[], None]:
        """Commit one batch, whatever comes of it; return what tells the listeners."""
        try:
            rows: list[Any] | errors.DomainError = await self._persist(batch)
        except errors.Unavailable as error:
            rows = error
            if len(batch):
                said = len(batch), error
                log.warning("journal: a batch of %d was not stored: %s", *said, extra=batch.trace())
        except Exception as error:
            if len(batch) > 1:
                # One row is refused: sent alone, it fails alone.
                for single in batch.singles():
                    (await self._flush(single))()
                # All askers were answered already.
                return lambda: None
            # Nothing of it is stored, and nothing would be if it came again.
            log.exception("journal: a row cannot be stored", extra=batch.trace())
            self.failed("journal", error)
            rows = errors.Internal()
        self._landed(batch)
        return partial(self._tell, batch, rows, monotonic())

    def _landed(self, batch: Batch) -> None:
        if len(batch.posts) == len(self._flying):
            # Nearly always: all that is in flight.
            self._letters -= sum([len(post.posting.text) for post in batch.posts])
            self._flying = {}
        else:
            for post in batch.posts:
                self._gone(self._flying, post)
        if batch.marks:
            done = set(map(id, batch.marks))
            self._moving = [mark for mark in self._moving if id(mark) not in done]

    def _gone(self, where: dict[tuple[int, str], Post], post: Post) -> None:
        """Forget a key that is not on its way any more."""
        key = (post.posting.sender_id, post.posting.client_message_id)
        if where.pop(key, None) is not None:
            self._letters -= len(post.posting.text)

    async def _persist(self, batch: Batch) -> list[Any]:
        """Execute until the outcome is known, or every asker has been answered."""
        races, everybody = 0, False
        while True:
            started = monotonic()
            try:
                self.database.check_may_write()
                connection = self._connection.current or await self._connection.opened()
                with translated():
                    since = None if everybody else self.database.heard_since + PATIENCE
                    if senders := batch.senders(since):
                        await self._screen(batch, connection, senders)
                    rows = await store(batch, self.owed, connection)
            except Duplicate as duplicate:
                # Another process stored the key meanwhile: now the statement will find it.
                races += 1
                batch.doubtful = True
                if duplicate.constraint != ONCE or races > RACES:
                    raise
                await asyncio.sleep(0.01 * (races - 1))
            except SenderLockedOut:
                everybody = True
            except errors.Unavailable:
                batch.doubtful = True
                if not await self._to_be_tried_again(batch):
                    raise
            else:
                batch.seconds = monotonic() - started
                return rows

    async def _screen(self, batch: Batch, connection: Connection, senders: list[int]) -> None:
        """Leave out posts of senders who were disabled while this process could not hear of it."""
        refused = await batch.screened(connection, senders)
        for post in refused:
            self._gone(self._flying, post)
        if refused:
            # It may have been stored before the connection was lost: after `LOST` the log is read.
            self._tell(Batch(refused, [], batch.at), LOST, monotonic())

    async def _to_be_tried_again(self, batch: Batch) -> bool:
        """After a failure: wait a little, and say whether any asker still waits."""
        if self.database.may_write:
            # Never on the same connection again: it may look open for a while after its server
            # has died, and a statement sent on it is never answered.
            await self._connection.give_up()
        for post in batch.trim():
            self._gone(self._flying, post)
        if not len(batch) or self.database.retired:
            return False
        await asyncio.sleep(0.05)
        return True

    def _look(self) -> None:
        """Tell those who have waited for too long; what is in flight may be stored even so."""
        self._timer = None
        marks = *self._moving, *self._marks.values()
        stored, marked = too_late(self._flying.values(), self._posts.values(), marks, monotonic())
        for post in [post for post in self._posts.values() if not post.askers]:
            self._gone(self._posts, post)
        self._marks = {key: mark for key, mark in self._marks.items() if mark.askers}
        before = self._depth
        self._tell_all(stored, marked, timestamp(self.clock()))
        if self._depth < before:
            log.warning("journal: %d waited for too long", before - self._depth)
        if self._depth:
            self._start()

    def _tell(self, batch: Batch, rows: list[Any] | errors.DomainError, committed: float) -> None:
        stored, marked = self._telling.results(batch, rows)
        self._tell_all(stored, marked, batch.stamp)
        if isinstance(rows, list):
            self.figures.told(batch, monotonic() - committed)

    def _tell_all(self, stored: Told, marked: ToldOfMarks, at: str) -> None:
        self._depth -= sum(map(len, stored.values())) + sum(map(len, marked.values()))
        self._telling.tell(stored, marked, at)
