"""S: what sending costs with the search's index, and without.

It alternates, like N2: the same people, the same messages; what matters is the ratio of a pair.
"""

import statistics
import sys
from itertools import chain
from time import perf_counter

from bench import process
from bench.client import Log, close_all
from bench.measures.calm import others_of, post_at
from bench.report import Row
from bench.server import Account
from bench.stage import Stage, percentile, settled, undisturbed

PEOPLE = 10
RATE = 100.0
WARM = 2.0
WITHOUT = [sys.executable, "-P", "-m", "bench.without_search"]


class Round:
    """One run of one server: milliseconds to the last reader, microseconds of CPU a message."""

    def __init__(self, took: list[float], server: float, database: float) -> None:
        self.took = took
        self.server = server
        self.database = database


async def s(stage: Stage) -> list[Row]:
    people = await stage.people(PEOPLE)
    chat = await stage.api.group("S", people)
    command = stage.server.command
    rounds: dict[bool, list[Round]] = {False: [], True: []}
    try:
        for number in range(2 * stage.plan.pairs):
            indexed = number % 4 in (1, 2)
            stage.server.command = command if indexed else WITHOUT
            stage.restart()
            rounds[indexed].append(await _round(stage, chat, people, indexed=indexed))
    finally:
        stage.server.command = command
        stage.restart()
    return _rows(rounds[True], rounds[False])


async def _round(stage: Stage, chat: int, people: list[Account], *, indexed: bool) -> Round:
    members = await stage.enter(Log(stage.codec, chat), people)
    await post_at(RATE, int(RATE * WARM), members)
    await settled(members)
    for member in members:
        member.acked.clear()
        member.log.timed = True
        member.log.arrivals.clear()
    count = int(RATE * stage.plan.pair_seconds)
    with undisturbed():
        before, began = process.Usage.now(stage.server.pid), perf_counter()
        await post_at(RATE, count, members)
        await settled(members)
        seconds = perf_counter() - began
        used = process.Usage.now(stage.server.pid).cores(before, seconds)
    took = others_of(members, began)[1]
    await close_all(members)
    stage.note("S", "with the index" if indexed else "without", used)
    each = seconds / count * 1e6
    return Round(took, used.server * each, used.database * each)


def _rows(on: list[Round], off: list[Round]) -> list[Row]:
    rows = []
    for percent in (50, 99):
        ratios = [
            percentile(one.took, percent) / percentile(other.took, percent)
            for one, other in zip(on, off, strict=True)
        ]
        rows += [
            Row(
                measure="S",
                what=f"p{percent} with the index",
                value=percentile(list(chain.from_iterable(one.took for one in on)), percent),
                unit="ms",
                limit=percentile(list(chain.from_iterable(one.took for one in off)), percent),
                limit_name="without ms",
            ),
            Row(
                measure="S",
                what=f"p{percent} with to without, median of pairs",
                value=statistics.median(ratios),
                unit="",
                aim=1.03,
            ),
        ]
    for name in ("server", "database"):
        rows.append(
            Row(
                measure="S",
                what=f"CPU of a message, in the {name}",
                value=statistics.median(getattr(one, name) for one in on),
                unit="µs",
                limit=statistics.median(getattr(one, name) for one in off),
                limit_name="without µs",
            )
        )
    return rows
