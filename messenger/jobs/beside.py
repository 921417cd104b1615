"""Has what migrations owe done beside serving: index builds, backfills (`messenger db beside`).

Looked for when a server comes up and every ten minutes, so a build that failed is begun again.
"""

import asyncio
import contextlib
from typing import Final

from prometheus_client import Gauge

from messenger.config import Settings
from messenger.jobs.command import run_command
from messenger.jobs.running import JobRuns, Run
from messenger.jobs.schedule import Schedule
from messenger.model import SYSTEM_ID
from messenger.store.db import Database
from messenger.store.rows import beside as rows

NAME: Final = "beside"
LOOK_EVERY: Final = 600.0


class BesideFailed(Exception):
    """A step did not come to its end; the sentence is the command's."""


def keep_worked_off(schedule: Schedule, settings: Settings, database: Database) -> None:
    """Look for what is owed, and put the work on the timetable."""
    background, registry = schedule.background, schedule.registry
    owed = Gauge("messenger_beside_owed", "Steps that migrations owe.", registry=registry)
    share = Gauge(
        "messenger_beside_share", "How far a step is that a migration owes.", ["step"],
        registry=registry,
    )  # fmt: skip

    async def work(run: Run) -> None:
        async def tell(said: str) -> None:
            name, _, percent = said.rpartition(" ")
            if name and percent.isdigit():
                share.labels(name).set(int(percent) / 100)
                await run.progress(int(percent) / 100, name)

        if not await rows.owed(database):
            return
        done = await run_command(run, settings, "db", "beside", tell=tell)
        if done.code != 0:
            raise BesideFailed(done.said or f"The command ended with {done.code}.")
        left = await rows.owed(database)
        owed.set(len(left))
        run.details = {"left": left}

    async def look() -> None:
        while True:
            left = await rows.owed(database)
            owed.set(len(left))
            if left:
                with contextlib.suppress(JobRuns):
                    schedule.run_now(NAME, SYSTEM_ID)
            background.goes_well(NAME)
            await asyncio.sleep(LOOK_EVERY)

    schedule.add("30 1 * * *", NAME, work)
    background.lasting(NAME, look)
