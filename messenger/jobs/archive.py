"""Has the archive run every night, in a process of its own: messages come first.

It is the same command as by hand. Packing and comparing millions of lines would keep the loop from
its turns, and what a run holds of memory goes with it.
"""

import asyncio
import contextlib
import os
import sys
from typing import Final

import msgspec

from messenger.config import Settings
from messenger.jobs.running import Run
from messenger.jobs.schedule import Schedule

COMMAND: Final = (sys.executable, "-P", "-m", "messenger", "archive", "run", "--gently", "--json")
LOOK_EVERY: Final = 0.5


class ArchiveFailed(Exception):
    """The run did not come to its end; the sentence is the command's."""


def keep_archived(schedule: Schedule, settings: Settings) -> None:
    """Put it on the timetable."""

    async def work(run: Run) -> None:
        if settings.retention_days:
            await archive(run, settings)

    schedule.add("40 3 * * *", "archive", work)


def environment(settings: Settings) -> dict[str, str]:
    """This process's own, with the database and the data that this server has."""
    given = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    given["DATA_DIR"] = str(settings.data_dir)
    if settings.database_url is not None:
        given["DATABASE_URL"] = settings.database_url
    return given


async def archive(run: Run, settings: Settings) -> None:
    """One run; raises ArchiveFailed, and Stopped when the server shuts down."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(settings),
        start_new_session=True,
    )
    assert process.stderr is not None
    assert process.stdout is not None
    said = ""
    try:
        while not process.stderr.at_eof():
            run.check_stopping()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    said = (await process.stderr.readline()).decode().strip() or said
                await run.progress(None, said)
        printed = await process.stdout.read()
    except BaseException:
        # Ended at any moment it leaves nothing that the next run would not finish.
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    if await process.wait() != 0:
        raise ArchiveFailed(said.removeprefix("Error: "))
    run.details = msgspec.json.decode(printed)
