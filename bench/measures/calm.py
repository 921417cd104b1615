"""C and D: a gentle, fixed rate, and how long until the others have it."""

import asyncio
import random
from collections.abc import Sequence
from time import perf_counter

from bench import process
from bench.child import Child
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


ROUNDS = 2
"""Of each server, in turn: the disk's speed changes within minutes."""


class Side:
    """One of the two servers, who is connected to it, and how long what they send takes."""

    def __init__(self, server: Child, members: list[Member]) -> None:
        self.server = server
        self.members = members
        # Milliseconds from a send to each of the other readers, and to the last of them.
        self.each: list[float] = []
        self.last: list[float] = []
        self.cpu = 0.0


async def c(stage: Stage) -> list[Row]:
    people = await stage.people(GROUPS * GROUP)
    with stage.twin() as twin:
        ours, bare = Side(stage.server, []), Side(twin, [])
        for at in range(0, len(people), GROUP):
            ours.members += await stage.room(f"C{at}", people[at : at + GROUP])
            bare.members += await twin.room(twin.people(len(people))[at : at + GROUP])
        await _send(stage, "C", ours, bare, GROUPS_RATE)
    return [
        _row("C", "send → all others p50", ours.last, bare.last, 50, 2.5, 1.15),
        _row("C", "send → all others p99", ours.last, bare.last, 99, 12),
        _row("C", "send → each other p50", ours.each, bare.each, 50),
        _row("C", "send → each other p99", ours.each, bare.each, 99),
    ]


async def d(stage: Stage) -> list[Row]:
    people = await stage.people(ROOM)
    with stage.twin() as twin:
        ours = Side(stage.server, await stage.room("D", people))
        bare = Side(twin, await twin.room(twin.people(ROOM)))
        await _send(stage, "D", ours, bare, ROOM_RATE)
    deliveries = len(ours.last) * (ROOM - 1)
    return [
        _row("D", "last receiver p50", ours.last, bare.last, 50, 10, 1.2),
        _row("D", "last receiver p99", ours.last, bare.last, 99),
        _row("D", "each receiver p50", ours.each, bare.each, 50),
        Row(
            measure="D",
            what="CPU per delivery",
            value=ours.cpu / deliveries * 1e6,
            unit="µs",
            aim=10,
            limit=bare.cpu / deliveries * 1e6,
            limit_name="bare server µs",
        ),
    ]


def _row(
    measure: str,
    what: str,
    ours: list[float],
    bare: list[float],
    percent: float,
    aim: float | None = None,
    ratio_aim: float | None = None,
) -> Row:
    return Row(
        measure=measure,
        what=what,
        value=percentile(ours, percent),
        unit="ms",
        aim=aim,
        limit=percentile(bare, percent),
        limit_name="bare server ms",
        ratio_aim=ratio_aim,
    )


async def _send(stage: Stage, measure: str, ours: Side, bare: Side, rate: float) -> None:
    """Measure both in turn, then let everybody go."""
    starts = {member.log: member.seq for side in (bare, ours) for member in side.members}
    with undisturbed():
        for side in (bare, ours):
            await post_at(rate, max(5, int(rate * stage.plan.warm)), side.members)
            await settled(side.members)
        for log in starts:
            log.timed = True
        for _ in range(ROUNDS):
            await _one_round(stage, measure, bare, rate)
            await _one_round(stage, measure, ours, rate)
    for side in (bare, ours):
        verify(side.members, {member.log: starts[member.log] for member in side.members})
        await close_all(side.members)


async def _one_round(stage: Stage, measure: str, side: Side, rate: float) -> None:
    begin, usage = perf_counter(), stage.usage(side.server)
    cpu = process.cpu_seconds(side.server.pid)
    await post_at(rate, int(rate * stage.plan.calm_seconds / ROUNDS), side.members)
    await settled(side.members)
    side.cpu += process.cpu_seconds(side.server.pid) - cpu
    used = stage.usage(side.server).cores(usage, perf_counter() - begin)
    each, last = others_of(side.members, begin)
    side.each += each
    side.last += last
    if side.server is stage.server:
        probe = fdatasync_ms(stage.server.data_dir, stage.plan.probes)
        stage.note(measure, f"fdatasync {probe:.3f} ms", used)


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
