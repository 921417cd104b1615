"""Our own PostgreSQL as it stood at a moment: a base and the log since, with files and keys."""

import shutil
from datetime import datetime
from pathlib import Path

from messenger.backup import contents, wal
from messenger.backup.folders import KEYS, Backup, write, wrong_sums
from messenger.config import Settings
from messenger.store.comparing import LASTING
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
    for entry in contents.entries_of(chosen).values() if chosen.manifest.contents else ():
        target = settings.data_dir / entry.path
        if not target.exists():
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            source = contents.place_of(root, entry.sha256, sealed=False)
            contents.copied(source, target, entry.sha256)
    for path in (chosen.path / KEYS).iterdir():
        write(settings.data_dir / path.name, path.read_bytes())
    wal.lay_out(chosen, cluster, moment)
    return chosen


async def finish(database: Database) -> None:
    """Forget how it came here, and make it another history: clients begin afresh."""
    connection = await database.dedicated(LASTING)
    try:
        with translated():
            await connection.command("alter system reset all")
            await connection.command("delete from instance where name in ('epoch', 'history')")
    finally:
        await connection.close()


def give_up(settings: Settings) -> None:
    """Remove a cluster that did not come to its moment, so that one can try again."""
    shutil.rmtree(settings.data_dir / "postgres", ignore_errors=True)
