"""Has the archive run every night, and proven once a week, each in a process of its own.

It is the same command as by hand. Packing and comparing millions of lines would keep the loop from
its turns, and what a run holds of memory goes with it.
"""

from typing import Any, Final

import msgspec
from prometheus_client import CollectorRegistry, Gauge

from messenger.background import Background
from messenger.config import Settings
from messenger.jobs.command import run_command
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule
from messenger.store.db import Database
from messenger.store.reads import storage

PROOF: Final = "archive verify"
LOOKED_AT_EVERY: Final = 300.0
SAID: Final = 5
"""Findings that the record of a proof names."""


class ArchiveFailed(Exception):
    """The run did not come to its end; the sentence is the command's."""


def keep_archived(schedule: Schedule, settings: Settings) -> None:
    """Put both on the timetable."""

    async def work(run: Run) -> None:
        if settings.retention_days:
            await archive(run, settings)

    async def proof(run: Run) -> None:
        await verify(run, settings)

    schedule.add("40 3 * * *", "archive", work)
    schedule.add("20 5 * * 0", PROOF, proof)


def show_archive(background: Background, database: Database, registry: CollectorRegistry) -> None:
    """Have `/metrics` say how large the archive is, and how far it reaches."""
    parts = Gauge("messenger_archive_parts", "Files of the archive.", registry=registry)
    size = Gauge("messenger_archive_bytes", "Bytes of the archive's files.", registry=registry)
    line = Gauge(
        "messenger_archive_line_timestamp_seconds",
        "When the newest entry in the archive was written; 0: nothing is archived.",
        registry=registry,
    )

    async def look() -> None:
        found = await storage.archived(database)
        parts.set(found.parts)
        size.set(found.bytes)
        line.set(found.until.timestamp() if found.until else 0)

    background.every(LOOKED_AT_EVERY, "archive figures", look)


async def archive(run: Run, settings: Settings) -> None:
    """One run; raises ArchiveFailed, and Stopped when the server shuts down."""
    run.details = await _ran(run, settings, "run", "--gently", "--json")


async def verify(run: Run, settings: Settings) -> None:
    """One proof; raises ArchiveFailed with the first findings, and Stopped."""
    run.details = await _ran(run, settings, "verify", "--json")
    faults = run.details.pop("faults", [])
    if faults:
        more = f" And {len(faults) - SAID} more." if len(faults) > SAID else ""
        raise ArchiveFailed(" ".join(faults[:SAID]) + more)


async def _ran(run: Run, settings: Settings, *words: str) -> dict[str, Any]:
    """What the command prints; it may exit with 1 and say in it what is wrong."""

    async def tell(said: str) -> None:
        await run.progress(None, said)

    # Ended at any moment it leaves nothing that the next run would not finish.
    done = await run_command(run, settings, "archive", *words, tell=tell)
    if done.code != 0 and not done.printed:
        raise ArchiveFailed(done.said)
    found: dict[str, Any] = msgspec.json.decode(done.printed)
    return found
