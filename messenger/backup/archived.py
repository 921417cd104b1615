"""The archive in a backup: its parts and manifests, as the index of the same moment lists them.

While they are taken over nobody changes the archive (`still`), so that what the dump's index names
is there: a part that is written anew takes the old one away. They come along wherever they are
kept, and whether or not people's files do: what is in them is nowhere else.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from time import monotonic
from typing import Final

from messenger.archive.vault import FOLDER, Vault
from messenger.backup import contents
from messenger.backup.contents import Damaged, Entry
from messenger.backup.folders import written
from messenger.backup.sealing import sealed
from messenger.store import comparing
from messenger.store.comparing import Archived
from messenger.store.db import Database

LONGEST_WAIT: Final = 3600.0
WAITED_EVERY: Final = 0.5


class ArchiveBusy(Exception):
    """The archive is at work for an hour already: a backup can be made when it has finished."""

    def __init__(self) -> None:
        super().__init__(type(self).__doc__)


@asynccontextmanager
async def still(database: Database, look: Callable[[], Awaitable[None]]) -> AsyncIterator[None]:
    """Have nobody change the archive for as long as the block lasts; waits for who does."""
    connection = await database.dedicated(comparing.LASTING)
    until = monotonic() + LONGEST_WAIT
    try:
        while not await comparing.archive_stands_still(connection):
            if monotonic() > until:
                raise ArchiveBusy
            await look()
            await asyncio.sleep(WAITED_EVERY)
        yield
    finally:
        await connection.close()


async def keep(
    vault: Vault, root: Path, listed: list[Archived], recipient: str | None
) -> tuple[list[Entry], list[str]]:
    """Take the archive's files over; the entries, and the names of what is missing or damaged."""
    entries, lost = [], []
    for each in listed:
        target = contents.place_of(root, each.sha256, recipient is not None)
        try:
            if not target.exists():
                await _keep(vault, each, target, recipient)
            size = each.size or await vault.size(each.place, each.name) or 0
        except (FileNotFoundError, Damaged):
            lost.append(each.name)
            continue
        entries.append(Entry(f"{FOLDER}/{each.name}", each.sha256, size))
    return entries, lost


async def _keep(vault: Vault, each: Archived, target: Path, recipient: str | None) -> None:
    source = vault.folder / each.name
    if recipient is None and source.is_file():
        await asyncio.to_thread(contents.keep, source, target, each.sha256)
        return
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    plain = target.with_name(f"{target.name}.new")
    try:
        await _fetch(vault, each, plain)
        if recipient is None:
            plain.rename(target)
        else:
            await sealed("seal", recipient, [(plain, target)])
    finally:
        plain.unlink(missing_ok=True)


async def _fetch(vault: Vault, each: Archived, target: Path) -> None:
    """Read a file of the archive from wherever it is, and compare it with its hash."""
    size = each.size or await vault.size(each.place, each.name)
    if size is None:
        raise FileNotFoundError(each.name)
    hashed = hashlib.sha256()
    with written(target) as file:
        async for piece in vault.pieces(each.place, each.name, size):
            hashed.update(piece)
            file.write(piece)
    if hashed.hexdigest() != each.sha256:
        raise Damaged(f"{each.name} is damaged: `messenger archive verify` tells more.")
