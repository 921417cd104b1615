"""E: thousands of people who are just there."""

import asyncio
from time import perf_counter

from bench import process
from bench.client import Member, Socket, close_all, open_all
from bench.report import Row
from bench.server import WEBSOCKET, Account
from bench.stage import Stage, undisturbed

FIRST = 50
"""Connections before the first reading: what is made once is no connection's cost."""
SETTLE = 3.0


async def e(stage: Stage) -> list[Row]:
    count = stage.plan.idle_sockets
    people = await stage.people(FIRST + count)
    stage.restart()
    bare = await _bare_memory(stage, count)
    first = await _come(stage, people[:FIRST])
    await asyncio.sleep(SETTLE)
    before = process.pss_kib(stage.server.pid)
    sockets = await _come(stage, people[FIRST:])
    await asyncio.sleep(SETTLE)
    grown = process.pss_kib(stage.server.pid) - before
    percent = await _idle_percent(stage)
    await close_all(first + sockets)
    return [
        Row(
            measure="E",
            what=f"memory per connection of {count:,}",
            value=grown / count,
            unit="KiB",
            aim=16,
            limit=bare,
            limit_name="bare server KiB",
        ),
        Row(
            measure="E",
            what=f"{count:,} idle",
            value=percent,
            unit="% of a core",
            aim=0.5 * count / 2000,
        ),
    ]


async def _bare_memory(stage: Stage, count: int) -> float:
    """KiB of a connection to the bare server."""
    with stage.twin() as twin:
        sockets: list[Member] = []
        for part in (twin.people(FIRST), twin.people(FIRST + count)[FIRST:]):
            before = process.pss_kib(twin.pid)
            sockets += await twin.room(part)
            await asyncio.sleep(SETTLE)
            grown = process.pss_kib(twin.pid) - before
        await close_all(sockets)
    return grown / count


async def _come(stage: Stage, people: list[Account]) -> list[Socket]:
    """Connect, sign in and subscribe to everything, as a client does that stays open."""
    sockets = [Socket(stage.codec, WEBSOCKET, each.token) for each in people]
    await open_all(sockets, stage.server.port)
    for at in range(0, len(sockets), FIRST):
        some = sockets[at : at + FIRST]
        await asyncio.gather(*(socket.ask("subscribe", all=True) for socket in some))
    return sockets


async def _idle_percent(stage: Stage) -> float:
    with undisturbed():
        cpu, began = process.cpu_seconds(stage.server.pid), perf_counter()
        await asyncio.sleep(stage.plan.idle_seconds)
        spent = process.cpu_seconds(stage.server.pid) - cpu
        return spent / (perf_counter() - began) * 100
