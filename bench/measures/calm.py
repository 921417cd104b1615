"""C and D: a gentle, fixed rate, and how long until the others have it."""

import asyncio
import random
from collections.abc import Sequence
from time import perf_counter

from bench import process
from bench.client import Member, close_all
from bench.limits import fdatasync_ms
from bench.report import Row
from bench.stage import Stage, percentile, settled, undisturbed, verify

GROUPS = 10
GROUP = 10
GROUPS_RATE = 50.0
ROOM = 500
ROOM_RATE = 10.0
JITTER = 0.4
"""Of the time between two messages, each way: people do not send in step with anything."""


async def c(stage: Stage) -> list[Row]:
    people = await stage.people(GROUPS * GROUP)
    members: list[Member] = []
    for at in range(0, len(people), GROUP):
        members += await stage.room(f"C{at}", people[at : at + GROUP])
    each, last = await _latencies(stage, "C", members, GROUPS_RATE)
    await close_all(members)
    probe = stage.limits.fdatasync_ms
    return [
        _row("C", "send → all others p50", percentile(last, 50), 2.5, probe, "fdatasync ms"),
        _row("C", "send → all others p99", percentile(last, 99), 12, probe, "fdatasync ms"),
        _row("C", "send → each other p50", percentile(each, 50), None, probe, "fdatasync ms"),
        _row("C", "send → each other p99", percentile(each, 99), None, probe, "fdatasync ms"),
    ]


async def d(stage: Stage) -> list[Row]:
    members = await stage.room("D", await stage.people(ROOM))
    cpu = process.cpu_seconds(stage.server.pid)
    each, last = await _latencies(stage, "D", members, ROOM_RATE)
    cpu = process.cpu_seconds(stage.server.pid) - cpu
    await close_all(members)
    limits = stage.limits
    # The warm-up's messages are in the CPU time, so they are counted here.
    deliveries = sum(len(member.acked) for member in members) * (ROOM - 1)
    limit, name = limits.last_of_500_ms, "bare server ms"
    return [
        _row("D", "last receiver p50", percentile(last, 50), 10, limit, name),
        _row("D", "last receiver p99", percentile(last, 99), None, limit, name),
        _row("D", "each receiver p50", percentile(each, 50), None, limit, name),
        Row(
            measure="D",
            what="CPU per delivery",
            value=cpu / deliveries * 1e6,
            unit="µs",
            aim=10,
            limit=limits.cpu_us_per_frame,
            limit_name="bare server µs",
        ),
    ]


def _row(
    measure: str, what: str, value: float, aim: float | None, limit: float, name: str
) -> Row:  # fmt: skip
    return Row(
        measure=measure, what=what, value=value, unit="ms", aim=aim, limit=limit, limit_name=name
    )


async def _latencies(
    stage: Stage, measure: str, members: Sequence[Member], rate: float
) -> tuple[list[float], list[float]]:
    """Milliseconds from a send to each of the other readers, and to the last of them."""
    starts = {member.log: member.seq for member in members}
    with undisturbed():
        await post_at(rate, max(5, int(rate * stage.plan.warm)), members)
        await settled(members)
        begin = perf_counter()
        for log in starts:
            log.timed = True
        usage = process.Usage.now(stage.server.pid)
        await post_at(rate, int(rate * stage.plan.calm_seconds), members)
        await settled(members)
        used = process.Usage.now(stage.server.pid).cores(usage, perf_counter() - begin)
    verify(members, starts)
    probe = fdatasync_ms(stage.server.data_dir, stage.plan.probes)
    stage.note(measure, f"fdatasync {probe:.3f} ms", used)
    return others_of(members, begin)


async def post_at(rate: float, messages: int, members: Sequence[Member]) -> None:
    """Let somebody send, whatever became of the last message; the same order in every run."""
    chance = random.Random(1)
    began = perf_counter()
    for number in range(messages):
        due = began + (number + JITTER * chance.uniform(-1, 1)) / rate
        await asyncio.sleep(max(0.0, due - perf_counter()))
        chance.choice(members).post()


def others_of(members: Sequence[Member], begin: float) -> tuple[list[float], list[float]]:
    """Milliseconds of what was sent from a moment on, as `_latencies` gives them."""
    each: list[float] = []
    last: list[float] = []
    for member in members:
        for acked in member.acked:
            if acked.sent_at < begin:
                continue
            took = [
                (at - acked.sent_at) * 1000
                for reader, at in member.log.arrivals[acked.seq]
                if reader is not member
            ]
            each += took
            last.append(max(took))
    return each, last
