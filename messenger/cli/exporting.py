"""`export` and `import`: all of an organisation, a chat or a person, in a folder of JSON lines."""

import asyncio
import os
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import click

from messenger import config
from messenger.archive.vault import vault_of
from messenger.cli import Failure, Misuse
from messenger.cli.local_server import current_database
from messenger.cli.printing import NUMBER, as_json, show
from messenger.cli.progress import megabytes, telling
from messenger.config import Settings
from messenger.export.bringing import Import
from messenger.export.format import ExportProblem, Manifest, Scope
from messenger.export.making import Export
from messenger.files.storage import Storage, storage_of
from messenger.priority import step_back
from messenger.store.archive.session import Session
from messenger.store.export import reading

T = TypeVar("T")


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--org", is_flag=True, help="All there is, with accounts and hashes of passwords.")
@click.option("--chat", type=NUMBER, metavar="ID", help="One chat.")
@click.option("--user", metavar="NAME", help="What one person has here.")
@click.option("--own", type=NUMBER, hidden=True, help="What a person (id) takes, as one file DIR.")
@as_json
def export(
    folder: Path, org: bool, chat: int | None, user: str | None, own: int | None, as_json: bool
) -> None:
    """Write JSON lines, logs and files into DIR, which must not be there yet.

    Runs beside a server, in one snapshot, the archive included. Whoever has an export of --org can
    read everything: keep it as you keep the data.
    """
    if own is not None:
        _on(partial(_own, folder.absolute(), own))
        return
    if org + (chat is not None) + (user is not None) != 1:
        raise Misuse("Give --org, --chat or --user, one of the three.")

    target = folder.absolute()

    async def work(settings: Settings, session: Session, storage: Storage) -> Manifest:
        scope = _scope(session, chat, user)
        with telling("Exporting") as told:
            doing = Export(session, vault_of(settings), storage, scope, told)
            manifest = await doing.write(target)
        logs.append(f"{doing.logs} logs with {doing.entries} entries, ")
        return manifest

    logs: list[str] = []
    _show(_on(work), f"exported into {folder}", as_json, logs)


async def _own(
    target: Path, user_id: int, settings: Settings, session: Session, storage: Storage
) -> None:
    """One file, for the person alone; a run of a server's, so others go first."""
    step_back(10)
    doing = Export(session, vault_of(settings), storage, Scope("own", user_id))
    await doing.write_file(target)


def _scope(session: Session, chat: int | None, user: str | None) -> Scope:
    if user is not None:
        found = reading.person(session, user)
        if found is None:
            raise Failure(f"There is no account {user!r}; `admin user list` shows all.")
        return Scope("user", found)
    if chat is None:
        return Scope("org")
    if not reading.is_chat(session, chat):
        raise Failure(f"There is no chat {chat}.")
    return Scope("chat", chat)


@click.command(name="import")
@click.argument("folder", metavar="DIR", type=click.Path(exists=True, path_type=Path))
@as_json
def import_(folder: Path, as_json: bool) -> None:
    """Bring an export of --org into a deployment where nobody is yet, and no server runs.

    People sign in with the passwords they had.
    """

    async def work(settings: Settings, session: Session, storage: Storage) -> Manifest:
        with telling("Importing") as told:
            return await Import(session, storage, folder, told).bring()

    _show(_on(work), f"imported {folder}", as_json)


def _show(manifest: Manifest, done: str, as_json: bool, of: Sequence[str] = ()) -> None:
    """The sum: what of it is `of` an export's own stands first."""
    size = f"{manifest.files} files, {megabytes(manifest.bytes)}"
    show(manifest, [f"{done}: {''.join(of)}{size}"], as_json)


def _on(work: Callable[[Settings, Session, Storage], Coroutine[Any, Any, T]]) -> T:
    settings = config.load(os.environ)

    async def run(dsn: str) -> T:
        storage = storage_of(settings)
        try:
            with Session(dsn) as session:
                return await work(settings, session, storage)
        finally:
            storage.close()

    try:
        with current_database(settings) as dsn:
            return asyncio.run(run(dsn))
    except ExportProblem as error:
        raise Failure(str(error)) from error
