"""`backup`: make one now, list them, look one over, and the way back."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from messenger import config
from messenger.backup import contents
from messenger.backup.bucket import Copies, Copy, bucket_of
from messenger.backup.folders import Backup, listed, root_of, wrong_sums
from messenger.cli import Failure, Misuse, Verbs
from messenger.cli.database import open_database
from messenger.cli.local_server import current_database
from messenger.cli.printing import as_json, show
from messenger.config import Settings
from messenger.errors import Unavailable
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres, PostgresProblem, running_dsn

from_folder = click.option(
    "--from", "folder", type=click.Path(path_type=Path), help="A folder other than BACKUP_DIR."
)


class Listed(msgspec.Struct, frozen=True):
    """What `backup list --json` prints of each."""

    name: str
    state: str
    bytes: int
    files: int
    files_bytes: int
    contents: bool
    sealed: bool
    proven_at: str | None
    unproven: str | None


@click.group(cls=Verbs)
def backup() -> None:
    """Backups: made every night by the server, proven by restoring each at once."""


@backup.command()
@as_json
def run(as_json: bool) -> None:
    """Make one now, beside a server or without one; exit 1 when it could not be proven."""
    from messenger.jobs.backups import NAME, backup_job
    from messenger.jobs.running import run_job

    async def work(settings: Settings, dsn: str) -> dict[str, Any]:
        database = Database(dsn, size=2)
        await database.open()
        try:
            done = await run_job(database, NAME, backup_job(settings, database, now), now)
            return done.details or {}
        finally:
            await database.close()

    settings = config.load(os.environ)
    with current_database(settings) as dsn:
        made = asyncio.run(_worded(lambda: work(settings, dsn)))
    show(made, [f"{made['name']}  {'proven' if made['proven'] else 'NOT proven'}"], as_json)
    if not made["proven"]:
        raise click.exceptions.Exit(1)


@backup.command("list")
@from_folder
@click.option("--bucket", "of_bucket", is_flag=True, help="The copies in BACKUP_S3_URL.")
@as_json
def list_backups(folder: Path | None, of_bucket: bool, as_json: bool) -> None:
    """List the backups, the newest last."""
    if of_bucket:
        copies = asyncio.run(_worded(_copies))
        lines = [f"{each.name}  {state_of(each)}" for each in copies]
        told = [{"name": each.name, "state": state_of(each)} for each in copies]
        show(told, lines or ["there are none in the bucket"], as_json)
        return
    root = folder or root_of(config.load(os.environ))
    found = [shown(each) for each in listed(root)]
    lines = [
        f"{each.name}  {each.state:8}  {each.bytes / 2**20:9.1f} MiB  {each.files:7} files"
        f"{'  encrypted' if each.sealed else ''}{'  ' + each.unproven if each.unproven else ''}"
        for each in found
    ]
    show(found, lines or [f"there are none in {root}"], as_json)


@backup.command()
@click.argument("name", metavar="NAME|latest")
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False))
@as_json
def fetch(name: str, directory: Path, as_json: bool) -> None:
    """Bring a copy from BACKUP_S3_URL into a DIRECTORY; then `backup restore --from DIRECTORY`."""

    async def note() -> None:
        pass

    async def work() -> Backup:
        copies = await _bucket()
        found = await copies.listed()
        if name == "latest":
            found = [each for each in found if state_of(each) == "proven"][-1:]
        chosen = [each for each in found if name in ("latest", each.name)]
        if not chosen:
            raise Failure(f"There is no such copy: {name}. `backup list --bucket` shows what is.")
        return await copies.fetch(chosen[0], directory, note)

    fetched = asyncio.run(_worded(work))
    line = f"{fetched.name} is in {directory}: messenger backup restore --from {directory}"
    show({"fetched": fetched.name}, [line], as_json)


async def _copies() -> list[Copy]:
    return await (await _bucket()).listed()


async def _bucket() -> Copies:
    bucket = bucket_of(config.load(os.environ))
    if bucket is None:
        raise Failure("BACKUP_S3_URL names no bucket.")
    return await Copies.opened(bucket)


def state_of(copy: Copy) -> str:
    if not copy.whole:
        return "damaged"
    return "proven" if copy.manifest.proven_at else "unproven"


@backup.command()
@click.argument("name", default="latest")
@from_folder
@as_json
def verify(name: str, folder: Path | None, as_json: bool) -> None:
    """Compare every part of a backup, and the contents of its files, with their hashes."""
    root = folder or root_of(config.load(os.environ))
    chosen = choose(root, name)
    wrong = [*wrong_sums(chosen), *contents.missing(root, chosen)]
    show({"name": chosen.name, "wrong": wrong}, wrong or [f"{chosen.name} is whole"], as_json)
    if wrong:
        raise click.exceptions.Exit(1)


@backup.command()
@click.argument("name", default="latest")
@from_folder
@click.option(
    "--until", help="With BACKUP_WAL: a moment like 2026-11-29T10:15:00Z, or `end` of the log."
)
@click.option(
    "--identity", type=click.Path(path_type=Path, exists=True), help="The file of its age key."
)
@as_json
def restore(
    name: str, folder: Path | None, until: str | None, identity: Path | None, as_json: bool
) -> None:
    """Restore the NAMEd backup (latest: the newest proven one) into an empty place.

    The database must be empty: a fresh DATA_DIR, or a new database in DATABASE_URL.
    """
    from messenger.backup.restoring import restore as put_back

    settings = config.load(os.environ)
    if until is not None:
        if name != "latest" or identity is not None:
            raise Misuse(
                "--until finds its backup itself, and goes with no NAME and no --identity."
            )
        _restore_until(settings, folder or root_of(settings), until, as_json)
        return
    chosen = choose(folder or root_of(settings), name)
    if settings.database_url is None and running_dsn(settings.data_dir) is not None:
        raise Failure("The server is running: stop it first.")

    async def note(step: str) -> None:
        click.echo(f"{step} ...", err=True)

    async def work(dsn: str) -> dict[str, Any]:
        await put_back(settings, Database(dsn, size=1), chosen, identity, note)
        return {"restored": chosen.name}

    with open_database(settings) as dsn:
        done = asyncio.run(_worded(lambda: work(dsn)))
    line = f"{chosen.name} is restored and compared: start the server, and clients come back."
    show(done, [line], as_json)


def _restore_until(settings: Settings, root: Path, until: str, as_json: bool) -> None:
    """Our own PostgreSQL as it stood at a moment: a base, and the log since."""
    from messenger.backup import replaying

    moment = _moment(until)
    if settings.database_url is not None:
        raise Failure("Only our own PostgreSQL goes back to a moment: leave DATABASE_URL out.")
    try:
        chosen = replaying.lay_out(settings, root, moment)
        with EmbeddedPostgres(settings.data_dir, lasting=False) as postgres:
            database = Database(postgres.dsn, size=1)
            missing = asyncio.run(replaying.finish(settings, root, database))
    except replaying.CannotReplay as error:
        raise Failure(str(error)) from error
    except PostgresProblem:
        replaying.give_up(settings)
        raise
    line = (
        f"{chosen.name} and the log after it are restored: start the server, and clients come back."
    )
    lacks = [f"the archive's file {name} is nowhere: copy it to DATA_DIR" for name in missing]
    show({"restored": chosen.name, "missing": missing}, [*lacks, line], as_json)


def _moment(until: str) -> datetime | None:
    """What --until names; None for the end of the log. Raises Misuse."""
    if until == "end":
        return None
    try:
        moment = datetime.fromisoformat(until)
    except ValueError:
        raise Misuse("--until is `end`, or a moment like 2026-11-29T10:15:00Z.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def choose(root: Path, name: str) -> Backup:
    """The backup of a name, or the newest proven one; raises Failure."""
    found = listed(root)
    if name == "latest":
        proven = [each for each in found if each.state == "proven"]
        if not proven:
            raise Failure(f"There is no proven backup in {root}; `backup list` shows what is.")
        return proven[-1]
    for each in found:
        if each.name == name:
            return each
    raise Failure(f"There is no backup {name} in {root}; `backup list` shows what is.")


def shown(each: Backup) -> Listed:
    made = each.manifest
    return Listed(
        each.name, each.state, each.bytes, made.files, made.files_bytes, made.contents,
        made.sealed, made.proven_at, made.unproven,
    )  # fmt: skip


def now() -> datetime:
    return datetime.now(UTC)


async def _worded(work: Callable[[], Any]) -> Any:
    """Turn what is expected to fail into a sentence for standard error."""
    from messenger.backup.archived import ArchiveBusy
    from messenger.backup.bucket import CopyFailed
    from messenger.backup.making import NoRoom, NoRoomForCopy
    from messenger.backup.proving import NotTheSame
    from messenger.backup.restoring import CannotRestore
    from messenger.backup.sealing import SealingFailed
    from messenger.store.clients import NoPrograms, ProgramFailed

    expected = (
        NoRoom, NoRoomForCopy, CopyFailed, ArchiveBusy, NotTheSame, CannotRestore, SealingFailed,
        NoPrograms, ProgramFailed, contents.Damaged, Unavailable,
    )  # fmt: skip
    try:
        return await work()
    except expected as error:
        raise Failure(str(error)) from error
