"""`python -m bench [MEASURE …]`: run, print the table, keep the figures."""

import argparse
import asyncio
import json
import os
import resource
import signal
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import msgspec
import uvloop

from bench import limits, process, report
from bench.child import Ended
from bench.client import Fault
from bench.measures import MEASURES
from bench.plan import FULL, QUICK
from bench.report import Row
from bench.server import Api, Server
from bench.stage import QUIET, Stage, caught_up, quiet
from bench.wire import JSON, MSGPACK
from messenger.store.embedded import running_dsn

FILES = 8192
"""Open sockets and files that a run may need."""


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/bench", description="Measure this server beside the limits of this machine."
    )
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(MEASURES))
    parser.add_argument("--quick", action="store_true", help="short runs, rough figures")
    parser.add_argument("--long", action="store_true", help="GROWTH up to five million messages")
    parser.add_argument("--msgpack", action="store_true", help="the other subprotocol")
    parser.add_argument(
        "--unpinned", action="store_true", help="let server and load run on every CPU"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    parser.add_argument(
        "--dir", type=Path, help="where to put the data: another disk has another fdatasync"
    )
    given = parser.parse_args()
    given.measures = [name.upper() for name in given.measures] or list(MEASURES)
    unknown = sorted(set(given.measures) - MEASURES.keys())
    if unknown:
        parser.error(f"there is no measure {', '.join(unknown)}; there are {', '.join(MEASURES)}")
    return given


def allow_files() -> None:
    """Raise the limit of open files for us and for the server, which inherits it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < FILES:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(FILES, hard), hard))


def take_places(unpinned: bool) -> int | None:
    """Keep the load to the last CPU; return the first, for the server, if there are two."""
    if unpinned or len(process.CPUS) < 2:
        return None
    # Before the first thread: those that come inherit it.
    process.pin(os.getpid(), max(process.CPUS))
    return min(process.CPUS)


async def run(given: argparse.Namespace, directory: Path) -> list[Row]:
    """Measure, print as it goes, and write the JSON."""
    plan = msgspec.structs.replace(QUICK if given.quick else FULL, long=given.long)
    codec = MSGPACK if given.msgpack else JSON
    cpu = take_places(given.unpinned)
    with Server(directory) as server:
        dsn = running_dsn(directory)
        assert dsn is not None
        say("the limits of this machine ...")
        await quiet(plan.patience)
        found = await limits.measure(directory, dsn, plan, cpu)
        async with Api(server.port) as api:
            stage = Stage(server, api, plan, codec, found, cpu, dsn)
            stage.pin()
            rows = await measure_all(stage, given.measures)
    print_report(stage, rows, cpu)
    if given.json:
        given.json.write_text(json.dumps(as_json(stage, rows), indent=1, ensure_ascii=False))
    return rows


async def measure_all(stage: Stage, names: list[str]) -> list[Row]:
    rows = []
    for name, measure in MEASURES.items():
        if name in names:
            say(f"{name} ...")
            if not await caught_up(stage.dsn, stage.plan.settle):
                stage.note(name, "search or pushes still read what was said before")
            await quiet(stage.plan.patience)
            rows += await measure(stage)
    return sorted(rows, key=lambda row: (row.measure[0], len(row.measure)))


def say(words: str) -> None:
    print(words, file=sys.stderr, flush=True)


def print_report(stage: Stage, rows: list[Row], cpu: int | None) -> None:
    where = report.machine()
    print(f"{where['cpus']} × {where['cpu']}, Python {where['python']}, {stage.codec.name}")
    if cpu is None:
        print("server, load and PostgreSQL run where they like")
    else:
        print(f"server on cpu {cpu}, load on cpu {max(process.CPUS)}, PostgreSQL where it likes")
    print(report.limits_words(stage.limits))
    print()
    print(report.table(rows))
    print()
    for note in stage.notes:
        print(note)
    disturbed = [name for name, cores in stage.others.items() if cores > QUIET]
    if disturbed:
        print(f"Others used the machine during {', '.join(disturbed)}: that is in the figures.")


def as_json(stage: Stage, rows: list[Row]) -> dict[str, object]:
    return {
        "machine": report.machine(),
        "subprotocol": stage.codec.name,
        "limits": msgspec.to_builtins(stage.limits, str_keys=True),
        "rows": [
            msgspec.to_builtins(row) | {"met": row.met, "ratio": row.ratio} for row in rows
        ],
        "notes": stage.notes,
        "others": stage.others,
    }  # fmt: skip


def main() -> int:
    if not sys.platform.startswith("linux"):
        say("bench: it reads /proc and sets CPU affinity: run it on Linux.")
        return 1
    given = arguments()
    allow_files()
    # Ends as by Ctrl-C, so that no server is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    began = perf_counter()
    with (
        tempfile.TemporaryDirectory(prefix="messenger-bench-", dir=given.dir) as directory,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        try:
            runner.run(run(given, Path(directory)))
        except (Fault, Ended, TimeoutError) as fault:
            say(f"bench: {fault or 'the server did not answer in time'}")
            return 1
        except KeyboardInterrupt:
            return 130
    say(f"took {perf_counter() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
