"""A1, A16 and B: everybody sends as fast as acknowledgements come."""

import asyncio
import statistics
from collections.abc import Sequence
from time import perf_counter

import msgspec

from bench.child import Child
from bench.client import Log, Member, check, close_all
from bench.limits import fdatasync_ms
from bench.process import Usage
from bench.report import A1_FAN_OUT, A1_PROBE_MS, Row
from bench.stage import Stage, percentile, settled, undisturbed, verify

GROUP = 20
PAIRS = 100
RATIO_AIM = 0.7


class Load(msgspec.Struct):
    """What one run of a closed loop came to."""

    acked: float
    delivered: float
    p50_ms: float
    p99_ms: float
    usage: Usage
    wal: float
    """Bytes that PostgreSQL wrote ahead, of each message."""

    def __str__(self) -> str:
        server, database = self.usage.server / self.acked, self.usage.database / self.acked
        return (
            f"{self.acked:,.0f}/s, CPU of a message {server * 1e6:.1f} µs,"
            f" PostgreSQL's {database * 1e6:.1f} µs, WAL {self.wal:.0f} B"
        )


Loads = tuple[list[Load], list[Load]]
"""Ours, and the bare server's."""


async def a1(stage: Stage) -> list[Row]:
    loads = await _one_group(stage, "A1", 1)
    probe = fdatasync_ms(stage.server.data_dir, stage.plan.probes)
    slow = probe > A1_PROBE_MS or stage.limits.fan_out_20 < A1_FAN_OUT
    rows = _rows("A1", loads, acked_aim=5_000, delivered_aim=95_000)
    for row in rows:
        row.machine_decides = slow
    return rows


async def a16(stage: Stage) -> list[Row]:
    loads = await _one_group(stage, "A16", 16)
    return _rows("A16", loads, acked_aim=16_000, delivered_aim=None)


async def b(stage: Stage) -> list[Row]:
    people = await stage.people(2 * PAIRS)
    members = []
    for first, second in zip(people[::2], people[1::2], strict=True):
        log = Log(stage.codec, await stage.api.direct(first, second))
        members += await stage.enter(log, (first, second))
    with stage.twin() as twin:
        beside = []
        people = twin.people(2 * PAIRS)
        for pair in zip(people[::2], people[1::2], strict=True):
            beside += await twin.room(pair)
        loads = await _runs(stage, "B", members, twin, beside, window=1)
        await close_all(beside)
    await close_all(members)
    return _rows("B", loads, acked_aim=14_000, delivered_aim=None)


async def _one_group(stage: Stage, title: str, window: int) -> Loads:
    members = await stage.room(title, await stage.people(GROUP))
    with stage.twin() as twin:
        beside = await twin.room(twin.people(GROUP))
        loads = await _runs(stage, title, members, twin, beside, window)
        await close_all(beside)
    await close_all(members)
    return loads


async def _runs(
    stage: Stage,
    measure: str,
    members: Sequence[Member],
    twin: Child,
    beside: Sequence[Member],
    window: int,
) -> Loads:
    """One after the other in turn, so that what disturbs one disturbs both."""
    ours, bare = [], []
    for _ in range(stage.plan.runs):
        with undisturbed():
            bare.append(await closed_loop(stage, twin, beside, window))
            ours.append(await closed_loop(stage, stage.server, members, window))
    probe = fdatasync_ms(stage.server.data_dir, stage.plan.probes)
    calmest = min((load.usage for load in ours), key=lambda usage: usage.others)
    stage.note(measure, f"fdatasync {probe:.3f} ms", calmest)
    for name, loads in (("ours", ours), ("bare", bare)):
        for load in loads:
            stage.note(measure, f"{name} {load}")
    return ours, bare


async def closed_loop(
    stage: Stage, server: Child, members: Sequence[Member], window: int
) -> Load:  # fmt: skip
    """Keep `window` messages of each member under way for a while; then verify all of it."""
    starts = {member.log: member.seq for member in members}
    for member in members:
        member.acked.clear()
        member.running = True
        member.post(window)
    await asyncio.sleep(stage.plan.warm)
    wal = stage.wal()
    usage, began = stage.usage(server), perf_counter()
    seen = sum(member.seen for member in members)
    await asyncio.sleep(stage.plan.seconds)
    ended = perf_counter()
    seen = sum(member.seen for member in members) - seen
    used, wal = stage.usage(server).cores(usage, ended - began), stage.wal() - wal
    for member in members:
        member.running = False
    check(members)
    await settled(members)
    verify(members, starts)
    took = [
        (each.acked_at - each.sent_at) * 1000
        for member in members
        for each in member.acked
        if began <= each.acked_at < ended
    ]
    # Everybody hears of their own messages too; a delivery is to somebody else.
    readers = len(members) // len(starts)
    return Load(
        acked=len(took) / (ended - began),
        delivered=seen * (readers - 1) / readers / (ended - began),
        p50_ms=percentile(took, 50),
        p99_ms=percentile(took, 99),
        usage=used,
        wal=wal / max(1, len(took)),
    )


def _rows(
    measure: str, loads: Loads, acked_aim: float, delivered_aim: float | None
) -> list[Row]:  # fmt: skip
    middle, bare = (sorted(side, key=lambda load: load.acked)[len(side) // 2] for side in loads)
    p99, bare_p99 = (statistics.median(load.p99_ms for load in side) for side in loads)
    return [
        Row(
            measure=measure,
            what="acknowledged",
            value=middle.acked,
            unit="/s",
            aim=acked_aim,
            more_is_better=True,
            limit=bare.acked,
            limit_name="bare server /s",
            ratio_aim=RATIO_AIM,
        ),
        Row(
            measure=measure,
            what="deliveries",
            value=middle.delivered,
            unit="/s",
            aim=delivered_aim,
            more_is_better=True,
            limit=bare.delivered,
            limit_name="bare server /s",
        ),
        Row(
            measure=measure,
            what="ack p99",
            value=p99,
            unit="ms",
            limit=bare_p99,
            limit_name="bare server ms",
        ),
    ]
