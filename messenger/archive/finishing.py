"""What a run that was cut off has left: files go, parts are named, their rows are taken away."""

from datetime import datetime

from messenger.archive import manifest
from messenger.archive.vault import Vault, saying
from messenger.store.archive import index, loose, removing
from messenger.store.archive.pacing import UNPACED, Pace
from messenger.store.archive.session import Session


async def clear(session: Session, vault: Vault) -> None:
    """Remove the files that nothing lists; for the one that holds the lock."""
    vault.clear()
    for each in loose.left(session):
        with saying(each.name):
            await vault.remove(each.place, each.name)
        loose.forget(session, each.name)


async def finish(session: Session, vault: Vault, now: datetime, pace: Pace = UNPACED) -> None:
    """Name what is written, and take away what is named."""
    written = index.parts(session, "written")
    if written:
        await manifest.write(session, vault, now, written)
    for part in index.parts(session, "removing"):
        removing.take_away(session, part, pace)
