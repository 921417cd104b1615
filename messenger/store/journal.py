"""Group commit: every message of the process goes through here.

While one flush is in flight everything that arrives waits; then one statement
numbers, inserts, moves marks and commits, and each owner gets its results in
`seq` order. No timer fills a batch. A batch whose outcome is unknown (lost
connection, deadlock, a key taken by another process) is sent again as it was:
the unique (sender, key) makes that safe.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime
from functools import partial
from time import monotonic
from typing import Any

import msgspec
from prometheus_client import CollectorRegistry, Counter, Histogram

from messenger import errors
from messenger.model import timestamp
from messenger.storage import JournalOwner, Marked, Posting, Stored
from messenger.store.db import Connection, Database, Duplicate, translated
from messenger.store.flush import EXECUTE, OPTIONS, STATEMENT

log = logging.getLogger(__name__)

BATCH = 512
"""Above some hundred rows a batch only gets slower, not cheaper."""
GIVE_UP_AFTER = 10.0
"""Seconds of a database that is away; then senders hear `unavailable` and may repeat."""


class _Post(msgspec.Struct):
    """One key on its way: the first asker, then those who sent it again meanwhile."""

    posting: Posting
    askers: list[tuple[JournalOwner, Any, Posting]]

    def row(self, o: int) -> dict[str, Any]:
        p = self.posting
        return {
            "o": o, "c": p.chat_id, "u": p.sender_id, "k": p.client_message_id, "d": p.digest,
            "b": p.text, "r": p.reply_to, "t": p.task_id, "m": p.mentions, "a": p.mentions_all,
        }  # fmt: skip


class _Mark(msgspec.Struct):
    """The furthest marks of one member that wait, and who asked for them."""

    chat_id: int
    user_id: int
    read_seq: int
    received_seq: int
    askers: list[tuple[JournalOwner, Any]]

    def row(self) -> dict[str, int]:
        return {"c": self.chat_id, "u": self.user_id, "r": self.read_seq, "v": self.received_seq}


Results = dict[JournalOwner, list[tuple[Any, Any]]]


class Journal:
    """The process's one writer of messages. `post` and `mark` return at once."""

    def __init__(
        self,
        database: Database,
        clock: Callable[[], datetime],
        registry: CollectorRegistry | None = None,
    ) -> None:
        self.database = database
        self.clock = clock
        # State: what waits for the next flush, what is in flight, the flushing task.
        self._posts: dict[tuple[int, str], _Post] = {}
        self._flying: dict[tuple[int, str], _Post] = {}
        self._marks: dict[tuple[int, int], _Mark] = {}
        self._task: asyncio.Task[None] | None = None
        self._connection: Connection | None = None
        self._sizes = Histogram(
            "messenger_commit_batch_size", "Messages in one commit.", registry=registry,
            buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500),
        )  # fmt: skip
        self._times = Histogram(
            "messenger_commit_seconds", "Time of one commit.", registry=registry,
            buckets=(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1, 5),
        )  # fmt: skip
        self._sends = Counter("messenger_sends", "Messages stored.", registry=registry)
        self._lags = Histogram(
            "messenger_publish_lag_seconds", "From a commit to its events' being on their way.",
            registry=registry, buckets=(0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 1),
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<Journal {len(self._posts)} waiting, {len(self._flying)} in flight>"

    def post(self, posting: Posting, owner: JournalOwner, token: Any) -> None:
        """Store a message; `owner.stored` hears of it with `token`."""
        key = (posting.sender_id, posting.client_message_id)
        waiting = self._flying.get(key) or self._posts.get(key)
        if waiting is not None:
            waiting.askers.append((owner, token, posting))
            return
        self._posts[key] = _Post(posting, [(owner, token, posting)])
        self._start()

    def mark(
        self, chat_id: int, user_id: int, read: int, received: int, owner: JournalOwner, token: Any
    ) -> None:
        """Move a member's marks forward; `owner.marked` hears of it with `token`."""
        mark = self._marks.get((chat_id, user_id))
        if mark is None:
            mark = self._marks[chat_id, user_id] = _Mark(chat_id, user_id, read, received, [])
        mark.read_seq = max(mark.read_seq, read)
        mark.received_seq = max(mark.received_seq, received)
        mark.askers.append((owner, token))
        self._start()

    async def open(self) -> None:
        """Connect ahead of the first message."""
        await self._connected()

    async def close(self) -> None:
        """Store all that waits, then let the connection go."""
        while self._task is not None:
            await asyncio.wait([self._task])
        await self._disconnect()

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self) -> None:
        try:
            while self._posts or self._marks:
                keys = list(self._posts)[:BATCH]
                self._flying = {key: self._posts.pop(key) for key in keys}
                marks, self._marks = list(self._marks.values()), {}
                tell = await self._flush(list(self._flying.values()), marks)
                if self._posts or self._marks:
                    # The next batch goes out first: PostgreSQL need not wait for the telling.
                    asyncio.get_running_loop().call_soon(tell)
                else:
                    tell()
        finally:
            self._task = None

    async def _flush(self, posts: list[_Post], marks: list[_Mark]) -> Callable[[], None]:
        """Commit one batch, whatever comes of it; return what tells the owners."""
        at = self.clock()
        rows: list[Any] | Exception
        try:
            rows = await self._persist(posts, marks, at)
        except Exception as error:
            if not isinstance(error, errors.Unavailable) and len(posts) + len(marks) > 1:
                # One row is poisoned: alone it fails alone.
                self._flying = {}
                for post in posts:
                    (await self._flush([post], []))()
                for mark in marks:
                    (await self._flush([], [mark]))()
                return _nothing
            log.exception("journal: a batch of %d was not stored", len(posts) + len(marks))
            rows = error
        self._flying = {}
        return partial(self._tell, posts, marks, rows, timestamp(at), monotonic())

    async def _persist(self, posts: list[_Post], marks: list[_Mark], at: datetime) -> list[Any]:
        """Execute until the outcome is known; give up when the database stays away."""
        values = {
            "posts": msgspec.json.encode([p.row(o) for o, p in enumerate(posts)]).decode(),
            "marks": msgspec.json.encode([mark.row() for mark in marks]).decode(),
            "at": at,
        }
        until = monotonic() + GIVE_UP_AFTER
        while True:
            started = monotonic()
            try:
                connection = await self._connected()
                with translated():
                    rows = await connection.run(EXECUTE, values)
            except Duplicate:
                # Another process stored the key meanwhile: now the statement will find it.
                pass
            except errors.Unavailable:
                # Never on the same line again: one that has heard of its server's death may look
                # open for a while yet, and a statement sent on it is not answered.
                await self._disconnect()
                if monotonic() > until:
                    raise
                await asyncio.sleep(0.05)
            else:
                self._sizes.observe(len(posts))
                self._times.observe(monotonic() - started)
                return rows

    def _tell(
        self,
        posts: list[_Post],
        marks: list[_Mark],
        rows: list[Any] | Exception,
        at: str,
        committed: float,
    ) -> None:
        stored: Results = defaultdict(list)
        marked: Results = defaultdict(list)
        if isinstance(rows, Exception):
            for post in posts:
                for owner, token, _ in post.askers:
                    stored[owner].append((token, rows))
            for mark in marks:
                for owner, token in mark.askers:
                    marked[owner].append((token, rows))
        else:
            _sort(posts, marks, rows, at, stored, marked)
            self._sends.inc(sum(row[5] is None for row in rows if row[0] is not None))
        for owner, results in stored.items():
            self._tell_one(owner.stored, results, at)
        for owner, results in marked.items():
            self._tell_one(owner.marked, results)
        self._lags.observe(monotonic() - committed)

    def _tell_one(self, tell: Callable[..., None], *said: Any) -> None:
        try:
            tell(*said)
        except Exception:
            # One owner's failure must not keep the others' answers from them.
            log.exception("journal: %r failed", tell)

    async def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = await self.database.dedicated(OPTIONS)
            try:
                await self._connection.command(STATEMENT)
            except BaseException:
                await self._disconnect()
                raise
        return self._connection

    async def _disconnect(self) -> None:
        if self._connection is not None:
            await self._connection.close()
            self._connection = None


def _nothing() -> None:
    """Everybody was told already."""


def _sort(
    posts: list[_Post],
    marks: list[_Mark],
    rows: list[Any],
    at: str,
    stored: Results,
    marked: Results,
) -> None:
    """Give each asker its own row; the rows come in the order of the batch, marks last."""
    moved = {}
    for o, chat_id, seq, n, created_at, digest, user_id, read_n in rows:
        if o is None:
            moved[chat_id, user_id] = Marked(chat_id, user_id, seq, n, read_n)
            continue
        post = posts[o]
        first = post.posting
        for number, (owner, token, posting) in enumerate(post.askers):
            result: Stored | Exception
            if seq is None:
                result = errors.NotFound()
            elif posting.digest != (digest or first.digest):
                result = errors.IdempotencyMismatch()
            else:
                again = digest is not None or number > 0
                result = Stored(chat_id, seq, n, created_at or at, again)
            stored[owner].append((token, result))
    for mark in marks:
        for owner, token in mark.askers:
            found = moved.get((mark.chat_id, mark.user_id))
            marked[owner].append((token, found or errors.NotFound()))
