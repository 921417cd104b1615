"""Makes the index of what is there: once after an upgrade, and again when it is asked for.

Page by page, the latest first, each page in one transaction with where it stands: whoever goes on
after a crash begins there, and several processes may do it at once. Entries that are there stay
until they are written anew, so everything is found meanwhile that was found before.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from time import monotonic
from typing import Final, Literal

import msgspec

from messenger.archive.reading import Reading
from messenger.model import timestamp
from messenger.search.numbers import Numbers, Subject
from messenger.store.db import Connection, Database
from messenger.store.reads import indexing as sources
from messenger.store.rows import chats, tasks, users
from messenger.store.rows import search as rows

VERSION: Final = 2
"""Of how words become keys and subjects entries: another one, and the index is made anew."""
NAME: Final = "index"
PAGE: Final = 2000
"""Of fewer, each between two that are there, the key of the index would be half empty."""
PAGE_BYTES: Final = 512 * 1024
END: Final = 2**53

Stage = Literal["users", "chats", "tasks", "messages", "done"]
STAGES: Final[tuple[Stage, ...]] = ("users", "chats", "tasks", "messages", "done")


class Progress(msgspec.Struct, frozen=True):
    """How far it is: within a stage below an id, in a chat below a `seq`."""

    began_at: str
    stage: Stage = "users"
    below: int = END
    seq: int = END
    messages: int = 0
    total: int = 0
    ended_at: str | None = None

    @property
    def part(self) -> float:
        """Of all messages, about."""
        return 1.0 if self.stage == "done" else min(1.0, self.messages / max(1, self.total))


class Rebuilding:
    """The builder. `rest`: it waits so many times as long as it worked."""

    def __init__(
        self, database: Database, reading: Reading, clock: Callable[[], datetime], rest: float
    ) -> None:
        self.database = database
        self.reading = reading
        self.clock = clock
        self.rest = rest
        self.numbers = Numbers()

    def __repr__(self) -> str:
        return f"<Rebuilding, resting {self.rest}>"

    async def progress(self) -> Progress | None:
        """How far it is; None where it never began, or an older version made it."""
        found = await rows.build_now(self.database, NAME)
        return msgspec.convert(found[1], Progress) if found and found[0] == VERSION else None

    async def begin(self) -> None:
        """Let it begin anew."""

        async def work(connection: Connection) -> None:
            await self._save(connection, await self._new(connection))

        await self.database.transact(work)

    async def run(self, told: Callable[[Progress], None] = lambda _: None) -> None:
        """Go on until all is done; at once where it is."""
        while (progress := await self.step()).stage != "done":
            told(progress)
        told(progress)

    async def step(self) -> Progress:
        """Do one page; where it stands then."""
        began = monotonic()
        found: dict[str, int] = {}

        async def work(connection: Connection) -> Progress:
            known = await rows.build(connection, NAME)
            if known is None or known[0] != VERSION:
                now = await self._new(connection)
            else:
                now = msgspec.convert(known[1], Progress)
            if now.stage == "done":
                return now
            await rows.lock(connection)
            subjects, following = await READS[now.stage](self, connection, now)
            from messenger.search.writing import Batch

            batch = Batch()
            await batch.put(subjects)
            found.update(await batch.write(connection, self.numbers))
            await self._save(connection, following)
            return following

        progress = await self.database.transact(work)
        self.numbers.keep(found)
        if progress.stage != "done":
            await asyncio.sleep(self.rest * (monotonic() - began))
        return progress

    async def _new(self, connection: Connection) -> Progress:
        return Progress(timestamp(self.clock()), total=await sources.total(connection))

    async def _save(self, connection: Connection, progress: Progress) -> None:
        await rows.save_build(connection, NAME, VERSION, progress)

    def _next(self, now: Progress, below: int | None) -> Progress:
        """Below the last one of this page; in the next stage when there was none."""
        if below is not None:
            return msgspec.structs.replace(now, below=below, seq=END)
        stage = STAGES[STAGES.index(now.stage) + 1]
        ended = timestamp(self.clock()) if stage == "done" else None
        return msgspec.structs.replace(now, stage=stage, below=END, seq=END, ended_at=ended)

    # Pages

    async def _users(self, connection: Connection, now: Progress) -> "Page":
        ids = await sources.users_below(connection, now.below, PAGE)
        found: list[Subject] = list(await users.by_ids(connection, ids))
        return found, self._next(now, min(ids, default=None))

    async def _chats(self, connection: Connection, now: Progress) -> "Page":
        ids = [id for id, _ in await sources.chats_below(connection, now.below, PAGE)]
        found: list[Subject] = list((await chats.find(connection, ids)).values())
        return found, self._next(now, min(ids, default=None))

    async def _tasks(self, connection: Connection, now: Progress) -> "Page":
        ids = await sources.tasks_below(connection, now.below, PAGE)
        found: list[Subject] = list((await tasks.by_ids(connection, ids)).values())
        return found, self._next(now, min(ids, default=None))

    async def _messages(self, connection: Connection, now: Progress) -> "Page":
        """Of the chats below, the first one's messages: of the tables and of the archive."""
        upcoming = await sources.chats_below(connection, now.below, 1)
        if not upcoming:
            return [], self._next(now, None)
        [(chat_id, _)] = upcoming
        part = await self.reading.before(connection, chat_id, now.seq, PAGE, PAGE_BYTES)
        found: list[Subject] = list(part.items)
        count = now.messages + len(part.items)
        now = msgspec.structs.replace(now, messages=count)
        if part.more and part.items:
            return found, msgspec.structs.replace(now, seq=part.items[0].seq)
        return found, self._next(now, chat_id)


Page = tuple[list[Subject], Progress]
Read = Callable[[Rebuilding, Connection, Progress], Awaitable[Page]]
READS: Final[dict[str, Read]] = {
    "users": Rebuilding._users,
    "chats": Rebuilding._chats,
    "tasks": Rebuilding._tasks,
    "messages": Rebuilding._messages,
}
