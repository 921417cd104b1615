"""What every measure finds set up: the server, people, their sockets, the machine's limits."""

import asyncio
import contextlib
import gc
import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

import psycopg2

from bench import process
from bench.child import Child
from bench.client import PATIENCE, Fault, Log, Member, check, open_all
from bench.limits import Limits
from bench.plan import Plan
from bench.report import Row
from bench.server import WEBSOCKET, Account, Api, Server
from bench.twin import Twin
from bench.wire import SENTENCE, Codec


class Stage:
    """One run of the benchmarks."""

    def __init__(
        self,
        server: Server,
        api: Api,
        plan: Plan,
        codec: Codec,
        limits: Limits,
        cpu: int | None,
        dsn: str,
    ) -> None:
        self.server = server
        self.api = api
        self.plan = plan
        self.codec = codec
        self.limits = limits
        self.cpu = cpu
        self.dsn = dsn
        self.notes: list[str] = []
        self.others: dict[str, float] = {}
        self._people: list[Account] = []

    def __repr__(self) -> str:
        return f"<Stage of {self.server!r}, {len(self._people)} people>"

    def note(self, measure: str, words: str, used: process.Usage | None = None) -> None:
        """Keep what the table has no room for; and who used the machine meanwhile."""
        if used is not None:
            self.others[measure] = max(used.others, self.others.get(measure, 0.0))
            words = f"{words}; {used}"
        self.notes.append(f"{measure}: {words}")

    async def people(self, count: int) -> list[Account]:
        """So many people, signed up when they are first needed."""
        missing = range(len(self._people), count)
        self._people += await self.api.register([f"person{number}" for number in missing])
        return self._people[:count]

    def twin(self) -> Twin:
        """The bare server, on the same PostgreSQL and the same CPU."""
        return Twin(self.server.data_dir, self.dsn, self.codec, self.cpu)

    def usage(self, server: Child) -> process.Usage:
        """What was used until now, with `server` as the server."""
        return process.Usage.now(server.pid, self.server.pid)

    def wal(self) -> float:
        """Bytes that PostgreSQL has written ahead."""
        with psycopg2.connect(self.dsn) as connection, connection.cursor() as cursor:
            cursor.execute("select pg_current_wal_insert_lsn() - '0/0'")
            (written,) = cursor.fetchone() or (0,)
        connection.close()
        return float(written)

    def restart(self) -> None:
        """A fresh process on the same data, where the last one's memory is not in the way."""
        self.server.stop()
        self.server.start()
        self.pin()

    def pin(self) -> None:
        if self.cpu is not None:
            process.pin(self.server.pid, self.cpu)

    def free_worker(self) -> None:
        """Let the process that draws run where it likes; it would share the server's CPU."""
        self._free(b"previews")

    def free_sender(self) -> None:
        """The same for the one that sends pushes."""
        self._free(b"bench.pushes")

    def _free(self, named: bytes) -> None:
        for pid in process.descendants(self.server.pid):
            with contextlib.suppress(OSError):
                if named in Path(f"/proc/{pid}/cmdline").read_bytes():
                    os.sched_setaffinity(pid, process.CPUS)

    async def enter(self, log: Log, people: Sequence[Account]) -> list[Member]:
        """Connect people who follow a chat from here on."""
        members = [Member(self.codec, WEBSOCKET, each.token, log, SENTENCE) for each in people]
        await open_all(members, self.server.port)
        await asyncio.gather(*(member.follow() for member in members))
        return members

    async def room(self, title: str, people: Sequence[Account]) -> list[Member]:
        """A new group, with everybody in it connected."""
        return await self.enter(Log(self.codec, await self.api.group(title, people)), people)


Measure = Callable[[Stage], Awaitable[list[Row]]]

QUIET = 0.2
"""Cores that may be in use when nothing of ours is."""


async def quiet(patience: float) -> None:
    """Wait until nobody else uses the machine, but only so long."""
    deadline = perf_counter() + patience
    while perf_counter() < deadline:
        busy, began = process.busy_seconds(), perf_counter()
        await asyncio.sleep(0.5)
        if (process.busy_seconds() - busy) / (perf_counter() - began) < QUIET:
            return


async def caught_up(dsn: str, patience: float) -> bool:
    """Wait until search and pushes have read what was said: a fifth of the server each, till then.

    Whether they have within `patience`, in seconds.
    """
    deadline = perf_counter() + patience
    with contextlib.closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        while perf_counter() < deadline:
            cursor.execute(UNREAD)
            if cursor.fetchone() == (0,):
                return True
            await asyncio.sleep(0.5)
    return False


UNREAD = """
select (select count(*) from search_builds where data ->> 'stage' <> 'done') + count(*)
from streams s cross join (values ('search'), ('push')) reader(name)
left join consumers c on c.name = reader.name and c.stream = s.id
where s.kind <> 'user' and s.seq > coalesce(c.seq, 0)
"""
"""Streams that the consumers of the log have not read to their end; persons' own are short. And
whether the index is still built of what was there before it."""


async def settled(members: Sequence[Member]) -> None:
    """Wait until all that was sent is acknowledged and has reached everybody."""
    deadline = perf_counter() + PATIENCE
    while any(member.sent for member in members) or len(heads(members)) > len(logs(members)):
        check(members)
        if perf_counter() > deadline:
            late = [member for member in members if member.sent or member.seq < head(members)]
            raise Fault(f"not everything arrived: {late[:3]}")
        await asyncio.sleep(0.01)
    check(members)


def logs(members: Sequence[Member]) -> set[Log]:
    return {member.log for member in members}


def heads(members: Sequence[Member]) -> set[tuple[Log, int]]:
    """How far the readers of each log have come: one entry a log when all are equally far."""
    return {(member.log, member.seq) for member in members}


def head(members: Sequence[Member]) -> int:
    return max(member.seq for member in members)


def verify(members: Sequence[Member], starts: dict[Log, int]) -> int:
    """Nothing lost, doubled or out of order; the number of messages.

    Every reader has seen the numbers one by one, or it would have a fault. So what is left to see
    is that they all came to the same end, and that each number was acknowledged exactly once.
    """
    messages = 0
    for log, start in starts.items():
        there = [member for member in members if member.log is log]
        acked = sorted(each.seq for member in there for each in member.acked)
        end = there[0].seq
        if any(member.seq != end for member in there):
            raise Fault(f"the readers of {log.chat_id} came to different ends")
        if acked != list(range(start + 1, end + 1)):
            raise Fault(
                f"chat {log.chat_id} went from {start} to {end} with {len(acked)} acks,"
                f" {len(set(acked))} of them different"
            )
        messages += len(acked)
    return messages


@contextmanager
def undisturbed() -> Iterator[None]:
    """Keep the collector of this process from looking like a slow server."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest rank."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * percent / 100))]
