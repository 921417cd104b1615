"""A1, A16 and B: everybody sends as fast as acknowledgements come."""

import asyncio
import statistics
from collections.abc import Sequence
from time import perf_counter

import msgspec

from bench.client import Log, Member, check, close_all
from bench.limits import fdatasync_ms
from bench.process import Usage
from bench.report import A1_FAN_OUT, A1_PROBE_MS, Row
from bench.stage import Stage, percentile, settled, undisturbed, verify

GROUP = 20
PAIRS = 100


class Load(msgspec.Struct):
    """What one run of a closed loop came to."""

    acked: float
    delivered: float
    p50_ms: float
    p99_ms: float
    usage: Usage


async def a1(stage: Stage) -> list[Row]:
    loads = await _one_group(stage, "A1", 1)
    probe = fdatasync_ms(stage.server.data_dir, stage.plan.probes)
    slow = probe > A1_PROBE_MS or stage.limits.fan_out_20 < A1_FAN_OUT
    rows = _rows("A1", stage, loads, acked_aim=5_000, delivered_aim=95_000, rows_in_commit=10)
    for row in rows:
        row.machine_decides = slow
    return rows


async def a16(stage: Stage) -> list[Row]:
    loads = await _one_group(stage, "A16", 16)
    return _rows("A16", stage, loads, acked_aim=16_000, delivered_aim=None, rows_in_commit=100)


async def b(stage: Stage) -> list[Row]:
    people = await stage.people(2 * PAIRS)
    members = []
    for first, second in zip(people[::2], people[1::2], strict=True):
        log = Log(stage.codec, await stage.api.direct(first, second))
        members += await stage.enter(log, (first, second))
    loads = await _runs(stage, "B", members, window=1)
    await close_all(members)
    return _rows("B", stage, loads, acked_aim=14_000, delivered_aim=None, rows_in_commit=100)


async def _one_group(stage: Stage, title: str, window: int) -> list[Load]:
    members = await stage.room(title, await stage.people(GROUP))
    loads = await _runs(stage, title, members, window)
    await close_all(members)
    return loads


async def _runs(stage: Stage, measure: str, members: Sequence[Member], window: int) -> list[Load]:
    loads = []
    for _ in range(stage.plan.runs):
        with undisturbed():
            loads.append(await closed_loop(stage, members, window))
    probe = fdatasync_ms(stage.server.data_dir, stage.plan.probes)
    runs = ", ".join(f"{load.acked:,.0f}" for load in loads)
    calmest = min((load.usage for load in loads), key=lambda usage: usage.others)
    stage.note(measure, f"runs {runs}/s; fdatasync {probe:.3f} ms", calmest)
    return loads


async def closed_loop(stage: Stage, members: Sequence[Member], window: int) -> Load:
    """Keep `window` messages of each member under way for a while; then verify all of it."""
    starts = {member.log: member.seq for member in members}
    for member in members:
        member.acked.clear()
        member.running = True
        member.post(window)
    await asyncio.sleep(stage.plan.warm)
    usage, began = Usage.now(stage.server.pid), perf_counter()
    seen = sum(member.seen for member in members)
    await asyncio.sleep(stage.plan.seconds)
    ended = perf_counter()
    seen = sum(member.seen for member in members) - seen
    used = Usage.now(stage.server.pid).cores(usage, ended - began)
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
    )


def _rows(
    measure: str,
    stage: Stage,
    loads: Sequence[Load],
    acked_aim: float,
    delivered_aim: float | None,
    rows_in_commit: int,
) -> list[Row]:
    middle = sorted(loads, key=lambda load: load.acked)[len(loads) // 2]
    limits = stage.limits
    return [
        Row(
            measure=measure,
            what="acknowledged",
            value=middle.acked,
            unit="/s",
            aim=acked_aim,
            more_is_better=True,
            limit=limits.rows[rows_in_commit],
            limit_name=f"rows/s, {rows_in_commit} a commit",
        ),
        Row(
            measure=measure,
            what="deliveries",
            value=middle.delivered,
            unit="/s",
            aim=delivered_aim,
            more_is_better=True,
            limit=limits.fan_out_20,
            limit_name="frames/s to 20",
        ),
        Row(
            measure=measure,
            what="ack p99",
            value=statistics.median(load.p99_ms for load in loads),
            unit="ms",
            limit=limits.fdatasync_ms,
            limit_name="fdatasync ms",
        ),
    ]
