"""Internet scale on paper: processes, bus, database for a million sockets, and what breaks first.

    bin/bench D E B --json docs/scale.measured.json
    python -m bench.scale docs/scale.measured.json [docs/scale.md]

Prints the tables, or puts them into a page in place of those that are there. Nothing here is
measured but what it is given: figures of one run on one machine. The workload is
`workload.Workload`, what is assumed is `Assumed`. The same input gives the same output.
"""

import json
import math
import random
import re
import sys
from bisect import bisect_left
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec

from bench.workload import Workload, chats

SEED = 17
SECONDS = 20.0
"""Of a node's time that are played through."""
LARGEST = 4_096
"""Processes at the most: past that the answer is another design."""
OF_MESSAGE = re.compile(
    r"^B: ours .*CPU of a message ([\d.]+) µs, PostgreSQL's ([\d.]+) µs, WAL ([\d.]+) B"
)
TABLES = re.compile(r"^\| sockets \|.*?(?<=\n)\| breaks \|(?:.*\|\n)+", re.MULTILINE | re.DOTALL)


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What `bin/bench` found, in one run."""

    message_us: float
    """A process's CPU for a message of a chat of two, from the command to both readers (B)."""
    delivery_us: float
    """Its CPU for each further reader (D)."""
    database_us: float
    """PostgreSQL's CPU for a message (B)."""
    wal_bytes: float
    """Of its write-ahead log for a message (B)."""
    socket_kib: float
    """Memory of an idle connection (E)."""
    idle_us: float
    """A process's CPU for an idle connection, each second (E)."""


class Assumed(msgspec.Struct, frozen=True, kw_only=True):
    """What this machine cannot measure; each is worth a measurement before it is believed."""

    busy: float = 0.6
    """Share of a core that a process may use at the busiest hour."""
    node_mib: float = 4096.0
    """Memory of a process, for connections."""
    bus_us: float = 30.0
    """A process's CPU to take an event from the bus, before anybody reads it."""
    bus_messages: float = 500_000.0
    """What one NATS server hands out, each second."""
    event_bytes: float = 600.0
    """Of an event on the bus."""
    cores: float = 16.0
    """Of one PostgreSQL."""
    wal_mib: float = 100.0
    """Of its log, each second, on one disk with a synchronous standby."""
    lookup_us: float = 1.5
    """PostgreSQL's CPU to say how far one stream is."""
    compare_seconds: float = 3.0
    """Between two comparisons of how far streams are (docs/decisions: a lost last event)."""
    largest_ms: float = 100.0
    """A message of the largest chat keeps a process busy no longer."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a workload needs on a number of processes."""

    nodes: int
    busy: float
    """Of one core of a process."""
    node_mib: float
    node_bus: float
    """Events that a process takes from the bus, each second."""
    node_bus_mib: float
    bus: float
    """Events that the bus hands out, each second."""
    database_cores: float
    wal_mib: float
    compared: float
    """Streams whose heads PostgreSQL is asked for, each second."""
    burst_ms: float
    """A process's time for one message of the largest chat."""


def measured(report: dict[str, Any]) -> Measured:
    """Read a report of `bin/bench`; raises ValueError where a measure is missing."""
    rows = {(row["measure"], row["what"]): float(row["value"]) for row in report["rows"]}
    notes = [found for note in report["notes"] if (found := OF_MESSAGE.match(note))]
    idle = [
        (float(what.split()[0].replace(",", "")), value)
        for (measure, what), value in rows.items()
        if measure == "E" and what.endswith(" idle")
    ]
    memory = [value for (name, what), value in rows.items() if name == "E" and "memory" in what]
    delivery = rows.get(("D", "CPU per delivery"))
    if not (notes and idle and memory and delivery):
        raise ValueError("bench.scale needs `bin/bench D E B --json FILE`")
    middle = sorted(notes, key=lambda note: float(note[1]))[len(notes) // 2]
    ((count, percent),) = idle
    return Measured(
        message_us=float(middle[1]),
        delivery_us=delivery,
        database_us=float(middle[2]),
        wal_bytes=float(middle[3]),
        socket_kib=memory[0],
        idle_us=percent / 100 * 1e6 / count,
    )


def nodes_reading(size: int, nodes: int) -> float:
    """How many of the nodes have at least one of so many people, who come anywhere."""
    return nodes * (1.0 - (1.0 - 1.0 / nodes) ** size)


def needs(work: Workload, given: Measured, assumed: Assumed, nodes: int) -> Found:
    """What each process, the bus and PostgreSQL do with the work on so many processes."""
    groups = chats(work)
    direct = work.messages * work.direct
    # A node that took the message needs no bus for its own readers.
    heard = sum(each.rate * (nodes_reading(each.size, nodes) - 1.0) for each in groups)
    bus = heard + direct * (1.0 - 1.0 / nodes)
    written = work.messages + work.marks
    # Of a conversation of two each one's node keeps an eye, of a large chat every node.
    watched = work.sockets * work.directs
    watched += sum(each.count * nodes_reading(each.size, nodes) for each in groups)
    compared = watched / assumed.compare_seconds if nodes > 1 else 0.0
    # In groups; the other of two is in the message's own cost.
    deliveries = sum(each.rate * each.size for each in groups)
    used = work.messages * given.message_us + deliveries * given.delivery_us
    used += work.sockets * given.idle_us + bus * assumed.bus_us
    share = work.largest / nodes
    return Found(
        nodes=nodes,
        busy=used / nodes / 1e6,
        node_mib=work.sockets / nodes * given.socket_kib / 1024,
        node_bus=bus / nodes,
        node_bus_mib=bus / nodes * assumed.event_bytes / 2**20,
        bus=bus,
        database_cores=(written * given.database_us + compared * assumed.lookup_us) / 1e6,
        wal_mib=written * given.wal_bytes / 2**20,
        compared=compared,
        burst_ms=(given.message_us + share * given.delivery_us) / 1000,
    )


def fits(found: Found, assumed: Assumed) -> bool:
    return (
        found.busy <= assumed.busy
        and found.node_mib <= assumed.node_mib
        and found.burst_ms <= assumed.largest_ms
    )


def fewest(work: Workload, given: Measured, assumed: Assumed) -> Found:
    """The smallest number of processes that will do; raises ValueError past LARGEST."""
    numbers = range(1, LARGEST + 1)
    # More processes mean more bus, yet less for each: once it fits, it fits.
    place = bisect_left(
        numbers, True, key=lambda nodes: fits(needs(work, given, assumed, nodes), assumed)
    )
    if place == LARGEST:
        raise ValueError(f"{work.sockets:,} sockets do not fit {LARGEST:,} processes")
    return needs(work, given, assumed, numbers[place])


def shards(found: Found, assumed: Assumed) -> int:
    """Databases by which streams are divided."""
    by_cpu = found.database_cores / (assumed.cores * assumed.busy)
    return max(1, math.ceil(by_cpu), math.ceil(found.wal_mib / assumed.wal_mib))


def waits(work: Workload, given: Measured, assumed: Assumed, nodes: int) -> list[float]:
    """Milliseconds until a node's last reader has a message: one node's busiest seconds, played.

    Messages come when they come (Poisson), one after the other, each with as many readers there as
    chance has it.
    """
    chance = random.Random(SEED)
    groups = chats(work)
    weights = [each.rate * nodes_reading(each.size, nodes) for each in groups]
    rate = sum(weights) / nodes
    beside = work.messages * work.direct * (given.message_us + assumed.bus_us) / 1e6 / nodes
    # What is no group's takes the core's time evenly.
    slower = 1.0 / (1.0 - min(0.95, beside + work.sockets / nodes * given.idle_us / 1e6))
    now, free, took = 0.0, 0.0, []
    sizes = [each.size for each in groups]
    for size in chance.choices(sizes, weights, k=round(rate * SECONDS)):
        now += chance.expovariate(rate)
        readers = max(1, round(chance.gauss(size / nodes, math.sqrt(size / nodes))))
        us = (assumed.bus_us + readers * given.delivery_us) * slower
        free = max(now, free) + us / 1e6
        took.append((free - now) * 1000)
    return sorted(took)


def breaks(work: Workload, given: Measured, assumed: Assumed) -> list[tuple[str, int]]:
    """What is at its end at which number of sockets, the first at first."""

    def one(sockets: int) -> Found:
        return needs(work.of(sockets), given, assumed, 1)

    def spread(sockets: int) -> Found:
        return fewest(work.of(sockets), given, assumed)

    ends: dict[str, Callable[[int], bool]] = {
        "one process: its core": lambda n: one(n).busy > assumed.busy,
        "one process: its memory": lambda n: one(n).node_mib > assumed.node_mib,
        "one PostgreSQL: its cores": lambda n: (
            spread(n).database_cores > assumed.cores * assumed.busy
        ),
        "one PostgreSQL: its log": lambda n: spread(n).wal_mib > assumed.wal_mib,
        "one NATS server": lambda n: spread(n).bus > assumed.bus_messages,
    }
    sizes = [round(10 ** (power / 40)) for power in range(80, 321)]
    found = [(name, first(sizes, ends[name])) for name in ends]
    return sorted(found, key=lambda each: each[1])


def first(sizes: Sequence[int], over: Callable[[int], bool]) -> int:
    """The first size that is too much; the last one where none is."""

    def is_over(size: int) -> bool:
        try:
            return over(size)
        except ValueError:
            # So many do not fit at all.
            return True

    return sizes[min(bisect_left(sizes, True, key=is_over), len(sizes) - 1)]


def document(given: Measured, work: Workload, assumed: Assumed) -> str:
    """The tables of docs/scale.md."""
    lines = ["| sockets | processes | core | MiB | events from the bus /s | bus /s |"]
    lines[0] += " PostgreSQL cores | its log MiB/s | databases | last reader p50, p99 ms |"
    lines.append("| ---: " * 10 + "|")
    for sockets in (10_000, 100_000, work.sockets):
        part = work.of(sockets)
        found = fewest(part, given, assumed)
        took = waits(part, given, assumed, found.nodes)
        p50, p99 = (took[int(len(took) * share)] for share in (0.5, 0.99))
        cells = [
            f"{sockets:,}",
            f"{found.nodes:,}",
            f"{found.busy:.0%}",
            f"{found.node_mib:,.0f}",
            f"{found.node_bus:,.0f} ({found.node_bus_mib:.1f} MiB)",
            f"{found.bus:,.0f}",
            f"{found.database_cores:.1f}",
            f"{found.wal_mib:.1f}",
            str(shards(found, assumed)),
            f"{p50:.1f}, {p99:.1f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "| breaks | at sockets |", "| --- | ---: |"]
    lines += [f"| {name} | {size:,} |" for name, size in breaks(work, given, assumed)]
    return "\n".join(lines) + "\n"


def with_tables(page: str, tables: str) -> str:
    """The page with these in place of its own; raises ValueError where it has none."""
    text, count = TABLES.subn(lambda _: tables, page)
    if count != 1:
        raise ValueError("the page has no tables to be replaced")
    return text


def main() -> int:
    try:
        path, *pages = map(Path, sys.argv[1:])
        tables = document(measured(json.loads(path.read_text())), Workload(), Assumed())
        if not pages:
            print(tables, end="")
        for page in pages:
            page.write_text(with_tables(page.read_text(), tables))
    except ValueError as error:
        print(f"bench.scale: {error}\n{__doc__}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
