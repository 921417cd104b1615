"""Our own PostgreSQL as it stood at a moment: a base and the log since, with files and keys."""

import asyncio
import shutil
from datetime import datetime
from pathlib import Path

from messenger.archive.vault import mirror_in, vault_of
from messenger.backup import contents, wal
from messenger.backup.folders import KEYS, Backup, write, wrong_sums
from messenger.config import Settings
from messenger.store import comparing
from messenger.store.comparing import LASTING, Archived
from messenger.store.db import Database
from messenger.store.driver import translated


class CannotReplay(Exception):
    """This cannot be restored here; the message says why, and what to do."""


def lay_out(settings: Settings, root: Path, moment: datetime | None) -> Backup:
    """Make a cluster that goes to a moment at its start; raises CannotReplay."""
    cluster = settings.data_dir / "postgres"
    if cluster.exists():
        raise CannotReplay(f"{cluster} is there: move DATA_DIR aside first; nothing was changed.")
    chosen = wal.base_before(root, moment)
    if chosen is None:
        raise CannotReplay(
            f"No backup in {root} leads to that moment: it takes one made before, with BACKUP_WAL."
        )
    wrong = list(wrong_sums(chosen))
    if wrong:
        raise CannotReplay(f"{chosen.path} is not whole: {'; '.join(wrong)}.")
    for entry in contents.kept_of(chosen):
        target = settings.data_dir / entry.path
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source = contents.place_of(root, entry.sha256, sealed=False)
            contents.copied(source, target, entry.sha256)
    for path in (chosen.path / KEYS).iterdir():
        write(settings.data_dir / path.name, path.read_bytes())
    wal.lay_out(chosen, cluster, moment)
    return chosen


async def finish(settings: Settings, root: Path, database: Database) -> list[str]:
    """Forget how it came here, and make it another history: clients begin afresh.

    Returns the names of archive files that are nowhere.
    """
    connection = await database.dedicated(LASTING)
    try:
        with translated():
            listed = await comparing.archived(connection)
            missing = await asyncio.to_thread(bring_archived, settings, root, listed)
            await connection.command("alter system reset all")
            await connection.command("delete from instance where name in ('epoch', 'history')")
    finally:
        await connection.close()
    return missing


def bring_archived(settings: Settings, root: Path, listed: list[Archived]) -> list[str]:
    """Have the files that the archive lists at the moment, and no others of the base's.

    A part that was written anew since the base, without what was deleted or whose name was erased,
    would come back whole. Returns the names of what is nowhere.
    """
    vault, missing = vault_of(settings), []
    wanted = {each.name for each in listed}
    for path in vault.folder.glob("????-??-??/*"):
        if path.relative_to(vault.folder).as_posix() not in wanted:
            path.unlink()
    for each in listed:
        target, source = vault.folder / each.name, mirror_in(root) / each.name
        if target.is_file():
            continue
        if source.is_file():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            contents.copied(source, target, each.sha256)
        elif each.place == "disk":
            missing.append(each.name)
    return missing


def give_up(settings: Settings) -> None:
    """Remove a cluster that did not come to its moment, so that one can try again."""
    shutil.rmtree(settings.data_dir / "postgres", ignore_errors=True)
