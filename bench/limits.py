"""What this machine gives at best: frames, rows and syncs, with nothing of the product in between.

The frames are counted by the same client that measures the server.
"""

import asyncio
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import psycopg2

from bench import process
from bench.child import Child, free_port, inherited
from bench.client import PATIENCE, Socket, close_all, open_all
from bench.fan import BURST
from bench.plan import Plan
from bench.wire import MSGPACK, Span, client_frame

UNDER_WAY = 4
"""Messages on their way to everybody at a time, in the fan-out at full speed."""
ROWS = (1, 10, 100, 500)
ROOM = 500
TICK = client_frame(b"m", MSGPACK.opcode)
BODY = "x" * 180
NEVER = 1 << 62


class Limits(msgspec.Struct):
    """The figures that the measures are held against."""

    fdatasync_ms: float
    fan_out_20: float
    fan_out_500: float
    last_of_500_ms: float
    cpu_us_per_frame: float
    burst_ms: float
    others: float
    """Cores that other processes used meanwhile: with them, none of this is a limit."""
    rows: dict[int, float]
    """Rows stored in a second, by rows in each commit."""


def fdatasync_ms(directory: Path, probes: int) -> float:
    """The median of small writes that are on the disk when they return.

    Over a file that exists: one that grows would write its length too, which a database's log
    does not.
    """
    path = directory / "fdatasync.probe"
    path.write_bytes(b"\0" * 2**20)
    took = []
    file = os.open(path, os.O_WRONLY)
    try:
        os.fsync(file)
        for number in range(probes):
            started = time.perf_counter()
            os.pwrite(file, b"\1" * 4096, number * 4096 % 2**20)
            os.fdatasync(file)
            took.append(time.perf_counter() - started)
    finally:
        os.close(file)
        path.unlink()
    return statistics.median(took) * 1000


def rows_per_second(dsn: str, seconds: float) -> dict[int, float]:
    """Multi-row INSERTs, one commit each, on one connection."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute("create table bench_rows (id bigint primary key, body text)")
            cursor.execute(
                "prepare fill(bigint, json) as insert into bench_rows"
                " select $1 + i, body from json_to_recordset($2) as row(i int, body text)"
            )
            found, stored = {}, 0
            for rows in ROWS:
                batch = json.dumps([{"i": i, "body": BODY} for i in range(rows)])
                before, started = stored, time.perf_counter()
                while time.perf_counter() - started < seconds:
                    cursor.execute("execute fill(%s, %s)", (stored, batch))
                    stored += rows
                found[rows] = (stored - before) / (time.perf_counter() - started)
            cursor.execute("drop table bench_rows")
        return found
    finally:
        connection.close()


class Counted(Socket):
    """Counts what arrives, together with others."""

    def __init__(self, path: str, tally: "Tally") -> None:
        super().__init__(MSGPACK, path)
        self.tally = tally

    def take(self, data: bytes, spans: list[Span]) -> None:
        self.tally.add(len(spans))


class Tally:
    """Frames that have arrived, and what happens at the next mark."""

    def __init__(self) -> None:
        self.frames = 0
        self.mark = NEVER
        self.reached: Callable[[], None] = lambda: None

    def add(self, frames: int) -> None:
        self.frames += frames
        while self.frames >= self.mark:
            self.reached()

    async def wait(self, frames: int) -> float:
        """Wait for so many frames in all; the moment the last of them came."""
        done: asyncio.Future[float] = asyncio.get_running_loop().create_future()

        def reached() -> None:
            self.mark = NEVER
            done.set_result(time.perf_counter())

        self.mark, self.reached = frames, reached
        self.add(0)
        return await asyncio.wait_for(done, PATIENCE)


async def frames_per_second(port: int, readers: int, seconds: float) -> float:
    """Messages to everybody at full speed."""
    tally = Tally()
    sockets = [Counted("/fan", tally) for _ in range(readers)]
    await open_all(sockets, port)
    write = sockets[0].transport.write

    def next() -> None:
        tally.mark += readers
        write(TICK)

    tally.mark, tally.reached = readers, next
    write(TICK * UNDER_WAY)
    await asyncio.sleep(0.2)
    before, started = tally.frames, time.perf_counter()
    await asyncio.sleep(seconds)
    rate = (tally.frames - before) / (time.perf_counter() - started)
    tally.mark = NEVER
    await close_all(sockets)
    return rate


async def one_at_a_time(fan: Child, seconds: float) -> tuple[float, float]:
    """Ten messages a second to a room: ms until the last has it, and CPU µs for each frame."""
    tally = Tally()
    sockets = [Counted("/fan", tally) for _ in range(ROOM)]
    await open_all(sockets, fan.port)
    took = []
    cpu = process.cpu_seconds(fan.pid)
    messages = max(5, int(seconds * 10))
    for number in range(1, messages + 1):
        started = time.perf_counter()
        sockets[0].transport.write(TICK)
        took.append(await tally.wait(number * ROOM) - started)
        await asyncio.sleep(0.1)
    spent = process.cpu_seconds(fan.pid) - cpu
    await close_all(sockets)
    return statistics.median(took) * 1000, spent / (messages * ROOM) * 1e6


async def burst_ms(port: int, times: int) -> float:
    """From connecting to having a thousand frames."""
    took = []
    for _ in range(times):
        tally = Tally()
        socket = Counted("/burst", tally)
        started = time.perf_counter()
        await open_all([socket], port)
        socket.transport.write(TICK)
        took.append(await tally.wait(BURST) - started)
        await close_all([socket])
    return statistics.median(took) * 1000


def fan_server(directory: Path) -> Child:
    port = free_port()
    command = [sys.executable, "-P", "-m", "bench.fan", str(port)]
    return Child(command, inherited(), port, directory / "fan.log")


async def measure(directory: Path, dsn: str, plan: Plan, cpu: int | None) -> Limits:
    """All of them, one after another."""
    with fan_server(directory) as fan:
        if cpu is not None:
            process.pin(fan.pid, cpu)
        usage, pinned = process.Usage.now(fan.pid), time.perf_counter()
        twenty = await frames_per_second(fan.port, 20, plan.limit_seconds)
        many = await frames_per_second(fan.port, ROOM, plan.limit_seconds)
        last_ms, cpu_us = await one_at_a_time(fan, plan.limit_seconds)
        burst = await burst_ms(fan.port, plan.returns)
        used = process.Usage.now(fan.pid).cores(usage, time.perf_counter() - pinned)
    return Limits(
        fdatasync_ms=fdatasync_ms(directory, plan.probes),
        fan_out_20=twenty,
        fan_out_500=many,
        last_of_500_ms=last_ms,
        cpu_us_per_frame=cpu_us,
        burst_ms=burst,
        others=used.others,
        rows=rows_per_second(dsn, plan.limit_seconds),
    )
