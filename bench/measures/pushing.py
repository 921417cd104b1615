"""N1: pushes a second. N2: a chat with a thousand offline members who have devices, and without.

N2 alternates: the same people, the same messages; what matters is the ratio. What the machine gives
at best is the ratio beside as many pushes of another program (`python -m bench.pushes elsewhere`).
"""

import asyncio
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import chain
from operator import truediv
from pathlib import Path
from time import perf_counter

import psycopg2

from bench import process
from bench.child import Child, free_port
from bench.client import Fault, Log, close_all
from bench.measures.calm import others_of, post_at
from bench.report import Row
from bench.server import Account
from bench.stage import Stage, percentile, settled, undisturbed
from messenger import config
from messenger.push.rounds import GAP
from messenger.push.vapid import Vapid
from messenger.store.embedded import running_dsn
from tests.outgoing.https import certificate
from tests.push.service import Browser

AWAY = 1000
ONLINE = 10
RATE = 50.0
"""Messages a second: of so many p99 is that of more than a handful."""
COME_WITHIN = 90.0
ADDED = 100
"""People who join a chat at once: a thousand are more than one command has time for everywhere."""
ARMS = ("without", "with", "elsewhere")
FIRST = "nothing yet"
"""Not counted: it reads on the streams of all who have just come in."""
BEFORE = 3.5
"""Seconds until the first round of pushes is behind it."""
EVERY = 3 * GAP
"""Seconds for each round of what is measured, about: people are told 3, 9 and 21 seconds after the
first message, and what is measured begins at 3.5 and lasts for 12."""
SUBSCRIBE = """
    insert into push_subscriptions
        (id, user_id, session_id, endpoint, p256dh, auth, key_id, user_agent, locale, created_at)
    select gen_random_uuid(), s.user_id, (array_agg(s.id))[1],
           'https://fcm.googleapis.com/' || s.user_id, %s, %s, %s, 'bench', 'en', now()
    from sessions s where s.user_id = any(%s) and s.revoked_at is null group by s.user_id
    on conflict do nothing
"""


class House:
    """The server with a push service in the house."""

    def __init__(self, stage: Stage) -> None:
        directory = stage.server.data_dir
        self.stage = stage
        self.count = directory / "pushes.count"
        key, self.signed = certificate(directory)
        self.port = str(free_port())
        log = directory / "pushes.log"
        given = [str(key), str(self.signed), self.port, str(self.count)]
        self.service = Child(
            [sys.executable, "-P", "-m", "bench.pushes", "take", *given],
            stage.server.environment,
            int(self.port),
            log,
        )

    @property
    def taken(self) -> int:
        return int(self.count.read_text() or 0)

    def subscribe(self, people: list[Account]) -> None:
        """Give each of them a device."""
        made = config.load({"DATA_DIR": str(self.stage.server.data_dir)})
        vapid = Vapid(made.vapid_private_key, "mailto:bench@example.org")
        keys = Browser("bench", "https://fcm.googleapis.com").keys()
        given = (keys["p256dh"], keys["auth"], vapid.key_id, [each.id for each in people])
        self._do(SUBSCRIBE, given)

    def unsubscribe(self) -> None:
        self._do("delete from push_subscriptions", ())

    def analyze(self) -> None:
        """What autovacuum does within a minute: plans of joins are not to be measured without."""
        self._do("analyze", ())

    def _do(self, statement: str, given: tuple[object, ...]) -> None:
        dsn = running_dsn(self.stage.server.data_dir)
        assert dsn is not None
        connection = psycopg2.connect(dsn)
        with connection, connection.cursor() as cursor:
            cursor.execute(statement, given)
        connection.close()

    @contextmanager
    def elsewhere(self, rate: float) -> Iterator[None]:
        """So many pushes a second of another program."""
        given = [str(self.signed), self.port, str(rate)]
        child = Child(
            [sys.executable, "-P", "-m", "bench.pushes", "elsewhere", *given],
            self.stage.server.environment,
            0,
            self.stage.server.data_dir / "elsewhere.log",
        )
        child.launch()
        try:
            yield
        finally:
            child.stop()

    def sender(self) -> int | None:
        """The process that sends."""
        for pid in process.descendants(self.stage.server.pid):
            if b"bench.pushes" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return pid
        return None


@contextmanager
def house(stage: Stage) -> Iterator[House]:
    """For as long as it is measured the server is one whose pushes stay here."""
    made, before = House(stage), stage.server.command
    made.service.start()
    given = [str(made.signed), made.port]
    stage.server.command = [sys.executable, "-P", "-m", "bench.pushes", "serve", *given]
    try:
        yield made
    finally:
        stage.server.command = before
        made.unsubscribe()
        stage.restart()
        made.service.stop()


async def room(stage: Stage, title: str, people: list[Account]) -> int:
    """A chat of very many."""
    chat = await stage.api.group(title, people[:ONLINE])
    for start in range(ONLINE, len(people), ADDED):
        ids = [each.id for each in people[start : start + ADDED]]
        await stage.api.post(f"/chats/{chat}/members", people[0].token, user_ids=ids)
    return chat


async def n1(stage: Stage) -> list[Row]:
    everybody = await stage.people(ONLINE + AWAY)
    rows = []
    with house(stage) as found:
        stage.restart()
        found.subscribe(everybody[ONLINE:])
        stage.restart()
        chat = await room(stage, "N1", [everybody[0], *everybody[ONLINE:]])
        found.analyze()
        for _ in range(max(stage.plan.runs, 2)):
            rows.append(await _told(stage, found, chat, everybody[0]))
            await asyncio.sleep(BEFORE)
    # The first one starts the process that sends.
    rates, server, sender = zip(*rows[1:], strict=True)
    return [
        Row(
            measure="N1",
            what="pushes by the clock",
            value=statistics.median(rates),
            unit="/s",
            aim=500,
            more_is_better=True,
        ),
        Row(
            measure="N1",
            what="CPU of a push, where it is sealed and sent",
            value=statistics.median(sender),
            unit="ms",
            aim=2.0,
        ),
        Row(
            measure="N1",
            what="CPU of a push, in the server",
            value=statistics.median(server),
            unit="ms",
        ),
    ]


async def _told(
    stage: Stage, found: House, chat: int, who: Account
) -> tuple[float, float, float]:  # fmt: skip
    """A message to a thousand devices: pushes a second, CPU of each in the server and beside it."""
    before, began = found.taken, perf_counter()
    cpu, sender = process.cpu_seconds(stage.server.pid), found.sender()
    beside = process.cpu_seconds(sender) if sender else 0.0
    await stage.api.post(
        f"/chats/{chat}/messages",
        who.token,
        client_message_id=f"00000000-0000-4000-8000-{int(began * 1e6):012x}",
        text="@all hello",
    )
    first = 0.0
    while (taken := found.taken - before) < AWAY:
        if perf_counter() - began > COME_WITHIN:
            raise Fault(f"{taken} of {AWAY} pushes came")
        first = first or (perf_counter() if taken else 0.0)
        await asyncio.sleep(0.01)
    seconds = perf_counter() - (first or began)
    sender = found.sender()
    beside = (process.cpu_seconds(sender) if sender else 0.0) - beside
    cpu = process.cpu_seconds(stage.server.pid) - cpu
    return AWAY / seconds, cpu / AWAY * 1000, beside / AWAY * 1000


async def n2(stage: Stage) -> list[Row]:
    everybody = await stage.people(ONLINE + AWAY)
    online, away = everybody[:ONLINE], everybody[ONLINE:]
    figures: dict[str, list[list[float]]] = {arm: [] for arm in ARMS}
    with house(stage) as found:
        stage.restart()
        chat = await room(stage, "N2", everybody)
        found.analyze()
        await _latencies(stage, found, chat, online, FIRST)
        for number in range(stage.plan.push_pairs):
            for arm in ARMS if number % 2 else ARMS[::-1]:
                if arm == "with":
                    found.subscribe(away)
                else:
                    found.unsubscribe()
                stage.restart()
                with found.elsewhere(AWAY / EVERY) if arm == "elsewhere" else nullcontext():
                    figures[arm].append(await _latencies(stage, found, chat, online, arm))
    return [row for percent in (50, 99) for row in _compared(figures, percent)]


def _compared(figures: dict[str, list[list[float]]], percent: float) -> list[Row]:
    at = {arm: [percentile(took, percent) for took in figures[arm]] for arm in ARMS}
    pooled = {arm: percentile([*chain.from_iterable(figures[arm])], percent) for arm in ARMS}
    ratio = {
        arm: statistics.median(map(truediv, at[arm], at["without"]))
        for arm in ("with", "elsewhere")
    }
    return [
        Row(
            measure="N2",
            what=f"p{percent} with 1,000 devices away",
            value=pooled["with"],
            unit="ms",
            limit=pooled["without"],
            limit_name="without ms",
        ),
        Row(
            measure="N2",
            what=f"p{percent} with to without, median of pairs",
            value=ratio["with"],
            unit="",
            aim=1.1,
            limit=ratio["elsewhere"],
            limit_name="pushes of another program",
        ),
    ]


async def _latencies(
    stage: Stage, found: House, chat: int, online: list[Account], arm: str
) -> list[float]:
    """Milliseconds from a send to the last of the other readers."""
    before = found.taken
    members = await stage.enter(Log(stage.codec, chat), online)
    # Longer than the first round, which everybody is told of at once.
    await post_at(RATE, int(RATE * BEFORE), members)
    await settled(members)
    stage.free_sender()
    for member in members:
        member.acked.clear()
        member.log.timed = True
        member.log.arrivals.clear()
    with undisturbed():
        used, began = process.Usage.now(stage.server.pid), perf_counter()
        await post_at(RATE, int(RATE * stage.plan.push_seconds), members)
        await settled(members)
        used = process.Usage.now(stage.server.pid).cores(used, perf_counter() - began)
    took = others_of(members, began)[1]
    await close_all(members)
    stage.note("N2", f"{arm}: {found.taken - before} pushes", used)
    return took
