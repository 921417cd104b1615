"""pg_dump and pg_restore: found, and run on a database beside a server that serves.

They are programs of their own, of the lowest priority, and what they print is kept. A password is
handed over in their environment, never in their arguments, which any account can read.
"""

import asyncio
import contextlib
import os
import re
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec
from psycopg2.extensions import make_dsn, parse_dsn

from messenger.priority import AGAIN, step_session_back
from messenger.store.embedded.binaries import directories, environment, output_of

LOOKED_EVERY: Final = 0.2
"""Seconds between two looks at how far a program is, and whether to go on."""
ENDS_WITHIN: Final = 5.0
LONGEST_ERROR: Final = 400
NO_SPACE: Final = "No space left"
"""In what a program says when a disk is full, its own or that of the database."""
# A newer pg_restore sets what an older server does not have; nothing of the data depends on it.
_HARMLESS: Final = re.compile(r'unrecognized configuration parameter "transaction_timeout"')

Look = Callable[[], Awaitable[None]]
"""Called again and again while a program runs; what it raises ends the program."""


class ProgramFailed(Exception):
    """A program of PostgreSQL failed; the message is what it said."""


class NoPrograms(Exception):
    """There is no pg_dump for this database; the message says what to do."""


class Programs(msgspec.Struct, frozen=True):
    """Where pg_dump and pg_restore are, and their major version."""

    directory: Path
    major: int


def find(server: int, named: Path | None) -> Programs:
    """Those for a server of this major version: of the same one, else of the next newer.

    Raises NoPrograms.
    """
    found = []
    for directory in [named] if named is not None else directories():
        major = _major(directory / "pg_dump")
        if major is not None and major >= server and (directory / "pg_restore").is_file():
            found.append(Programs(directory, major))
    if not found:
        where = f"in {named}" if named is not None else "here"
        raise NoPrograms(
            f"There is no pg_dump of version {server} or newer {where}: install it (Debian,"
            f" Ubuntu: apt install postgresql-client-{server}), or name its folder in"
            " BACKUP_PROGRAMS."
        )
    return min(found, key=lambda each: each.major)


def _major(program: Path) -> int | None:
    if not program.is_file():
        return None
    found = re.search(r"\(PostgreSQL\) (\d+)", output_of([str(program), "--version"]))
    return int(found[1]) if found else None


def of_database(dsn: str, name: str) -> str:
    """The address of another database of the same server."""
    return str(make_dsn(dsn, dbname=name))


def name_of(dsn: str) -> str:
    """The database that an address leads to."""
    given = parse_dsn(dsn)
    return str(given.get("dbname") or given.get("user") or "postgres")


async def dump(programs: Programs, dsn: str, snapshot: str, target: Path, look: Look) -> None:
    """Write a database as it stood at an exported snapshot, in pg_dump's custom format.

    The rows of `instance` are left out: whoever restores it has another history.
    """
    await _run(
        programs, dsn, "pg_dump", look,
        "--format=custom", "--compress=3", "--no-owner", "--no-privileges",
        "--exclude-table-data=instance", f"--snapshot={snapshot}", f"--file={target}",
    )  # fmt: skip


async def restore(programs: Programs, dsn: str, source: Path, look: Look, whole: bool) -> None:
    """Read a dump into an empty database; with `whole` all of it is there, or nothing."""
    more = ["--single-transaction"] if whole else []
    await _run(
        programs, dsn, "pg_restore", look,
        *more, "--no-owner", "--no-privileges", str(source),
    )  # fmt: skip


async def base(programs: Programs, dsn: str, target: Path, look: Look) -> None:
    """Copy the files of a whole cluster, as the begin of what its log goes on from."""
    await _run(
        programs, dsn, "pg_basebackup", look,
        f"--pgdata={target}", "--format=tar", "--gzip", "--compress=1", "--wal-method=fetch",
        "--checkpoint=fast",
    )  # fmt: skip


async def keep_log(
    programs: Programs, dsn: str, folder: Path, slot: str, well: Callable[[], None]
) -> None:
    """Write a cluster's log to a folder as it comes, until cancelled; raises ProgramFailed.

    Calls `well` for as long as it is written.
    """

    async def look() -> None:
        well()

    where = [f"--directory={folder}", f"--slot={slot}"]
    await _run(programs, dsn, "pg_receivewal", look, *where, "--create-slot", "--if-not-exists")
    await _run(programs, dsn, "pg_receivewal", look, *where, "--no-loop")
    raise ProgramFailed("pg_receivewal: it ended.")


async def _run(programs: Programs, dsn: str, name: str, look: Look, *options: str) -> None:
    given = parse_dsn(dsn)
    password = given.pop("password", None)
    secret = {"PGPASSWORD": password} if password else {}
    # Nothing that is restored for a trial, or can be restored again, need wait for the disk.
    fast = {"PGOPTIONS": "-c synchronous_commit=off -c statement_timeout=0"}
    process = await asyncio.create_subprocess_exec(
        *_humble(), str(programs.directory / name), f"--dbname={make_dsn(**given)}", *options,
        stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=environment() | secret | fast,
        start_new_session=True,
    )  # fmt: skip
    if not step_session_back(process.pid):
        asyncio.get_running_loop().call_later(AGAIN, step_session_back, process.pid)
    assert process.stderr is not None
    try:
        said = await _waited(process, look)
    except BaseException:
        await _end(process)
        raise
    if process.returncode != 0 and not _is_harmless(said):
        raise ProgramFailed(f"{name}: {said.strip()[-LONGEST_ERROR:] or process.returncode}")


async def _waited(process: asyncio.subprocess.Process, look: Look) -> str:
    reading = asyncio.ensure_future(process.communicate())
    try:
        while True:
            done, _ = await asyncio.wait([reading], timeout=LOOKED_EVERY)
            if done:
                return reading.result()[1].decode(errors="replace")
            await look()
    finally:
        if not reading.done():
            reading.cancel()


async def _end(process: asyncio.subprocess.Process) -> None:
    for order in (process.terminate, process.kill):
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError, TimeoutError):
                order()
                await asyncio.wait_for(process.wait(), ENDS_WITHIN)


def _humble() -> list[str]:
    """Words before a program's: it computes and writes only when nobody else wants to."""
    words: list[str] = []
    for name, options in (("nice", ["-n", "15"]), ("ionice", ["-c", "3"])):
        program = shutil.which(name)
        if program is not None and os.name == "posix":
            words += [program, *options]
    return words


def _is_harmless(said: str) -> bool:
    wrong = [line for line in said.splitlines() if "error:" in line]
    return bool(wrong) and all(_HARMLESS.search(line) for line in wrong)
