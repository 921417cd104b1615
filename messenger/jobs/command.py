"""Runs a command of our own line in a process of its own, for a job that may be stopped."""

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable
from typing import Final

import msgspec

from messenger.config import Settings
from messenger.jobs.running import Run

COMMAND: Final = (sys.executable, "-P", "-m", "messenger")
LOOK_EVERY: Final = 0.5
PRINTED_MOST: Final = 16 * 2**20
"""Bytes that a command may have printed before anybody reads them: thousands of findings."""


class Done(msgspec.Struct, frozen=True):
    """How it ended: its code, what it printed, and the last sentence it said."""

    code: int
    printed: bytes
    said: str


async def run_command(
    run: Run,
    settings: Settings,
    *words: str,
    tell: Callable[[str], Awaitable[None]] | None = None,
) -> Done:
    """Run it to its end; `tell` is given what it says. Raises Stopped when the server shuts down:
    then it is ended, too.
    """
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *words,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(settings),
        start_new_session=True,
        limit=PRINTED_MOST,
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
                if tell is not None:
                    await tell(said)
        printed = await process.stdout.read()
    except BaseException:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        await process.wait()
        raise
    return Done(await process.wait(), printed, said.removeprefix("Error: "))


def environment(settings: Settings) -> dict[str, str]:
    """This process's own, with the database and the data that this server has."""
    given = {name: value for name, value in os.environ.items() if "DATABASE_URL" not in name}
    given["DATA_DIR"] = str(settings.data_dir)
    if settings.database_url is not None:
        given["DATABASE_URL"] = settings.database_url
    return given
