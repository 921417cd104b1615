"""Y: messages beside two hundred downloads. Z: messages beside archives that are unpacked.

A gentle rate in one chat, without and with, again and again: what matters is the ratio. Beside
downloads also with as many from another server: what then is later is the machine's.
"""

import asyncio
import os
import statistics
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter

from bench import process
from bench.child import Child, free_port
from bench.client import Member, close_all
from bench.crowd import command
from bench.measures.calm import others_of, post_at
from bench.measures.files import upload
from bench.report import Row
from bench.server import Account
from bench.stage import Stage, percentile, settled, undisturbed

READERS = 200
LARGE = 20 * 2**20
ROOM = 10
RATE = 50.0
SETTLE = 1.0


async def y(stage: Stage) -> list[Row]:
    people = await stage.people(ROOM)
    chat = await stage.api.group("Y files", people)
    tokens = [each.token for each in people]
    id = await upload(stage, people[0], chat, os.urandom(LARGE))
    await stage.api.post(
        f"/chats/{chat}/messages",
        tokens[0],
        client_message_id="00000000-0000-4000-8000-000000000001",
        text="",
        file_ids=[id],
    )
    words = f"{READERS} downloads"
    what = ("downloads", str(stage.server.port), id, str(READERS), *tokens)
    ours = await _compared(stage, "Y", people, words, what)
    file = stage.server.data_dir / "elsewhere.bin"
    file.write_bytes(os.urandom(LARGE))
    with elsewhere(stage, file) as port:
        what = ("downloads", str(port), id, str(READERS), *tokens)
        theirs = await _compared(stage, "Y", people, f"{words} from elsewhere", what, aim=None)
    return [*ours, *theirs]


async def z(stage: Stage) -> list[Row]:
    people = await stage.people(ROOM)
    chat = await stage.api.group("Z files", people[:1])
    what = ("archives", str(stage.server.port), people[0].token, str(chat))
    return await _compared(stage, "Z", people, "ZIPs of 300", what)


async def _compared(
    stage: Stage,
    measure: str,
    people: Sequence[Account],
    words: str,
    what: Sequence[str],
    aim: float | None = 1.2,
) -> list[Row]:
    members = await stage.room(measure, people)
    without: list[float] = []
    beside: list[float] = []
    ratios = []
    for _ in range(stage.plan.pairs):
        alone = await _latencies(stage, members)
        with crowd(stage, what) as child:
            await asyncio.sleep(SETTLE)
            stage.free_worker()
            used, began = process.Usage.now(stage.server.pid), perf_counter()
            busy = await _latencies(stage, members)
            used = process.Usage.now(stage.server.pid).cores(used, perf_counter() - began)
        ratios.append(percentile(busy, 99) / percentile(alone, 99))
        without += alone
        beside += busy
        stage.note(measure, f"{child.log.read_text().strip()}", used)
    await close_all(members)
    return [
        Row(
            measure=measure,
            what=f"p99 beside {words}",
            value=percentile(beside, 99),
            unit="ms",
            limit=percentile(without, 99),
            limit_name="without ms",
        ),
        Row(
            measure=measure,
            what=f"p99 beside {words} to without, median of pairs",
            value=statistics.median(ratios),
            unit="",
            aim=aim,
        ),
    ]


@contextmanager
def elsewhere(stage: Stage, file: Path) -> Iterator[int]:
    """A server that has nothing but this file; its port."""
    port, log = free_port(), stage.server.data_dir / "elsewhere.log"
    command = [sys.executable, "-P", "-m", "bench.elsewhere", str(port), str(file)]
    with Child(command, {**os.environ}, port, log):
        yield port


@contextmanager
def crowd(stage: Stage, what: Sequence[str]) -> Iterator[Child]:
    """The others, in a process that has the lowest right to a CPU."""
    log = stage.server.data_dir / "crowd.log"
    log.unlink(missing_ok=True)
    child = Child(command(what), {**os.environ}, 0, log)
    child.launch()
    try:
        yield child
    finally:
        child.stop()


async def _latencies(stage: Stage, members: Sequence[Member]) -> list[float]:
    """Milliseconds from a send to the last of the other readers."""
    await settled(members)
    for member in members:
        member.acked.clear()
        member.log.timed = True
        member.log.arrivals.clear()
    with undisturbed():
        begin = perf_counter()
        await post_at(RATE, int(RATE * stage.plan.pair_seconds), members)
        await settled(members)
    return others_of(members, begin)[1]
