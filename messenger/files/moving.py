"""Moves contents from one place into another while the server serves both.

One at a time: copied, its hash compared on the way, put, the row changed, the old copy removed.
Killed between the last two it leaves a stray copy, which the next run removes. A reader who has
the old place looks the row up again (`http.plumbing.downloads`).
"""

from messenger.files.spool import Spool
from messenger.files.storage import PlaceName, Storage
from messenger.files.survey import every, strays
from messenger.store.db import Database
from messenger.store.rows import blobs


async def move(database: Database, storage: Storage, to: PlaceName) -> tuple[int, list[str]]:
    """Move all that is elsewhere; return how many, and those left because they are not whole."""
    target = storage.place(to)
    moved, left = 0, []
    async for sha256, size, name in every(database):
        if name == to:
            continue
        source = storage.place(name)
        spool = Spool(storage, size)
        try:
            async for piece in source.read(sha256, 0, size):
                await spool.write(bytes(piece))
            await spool.close()
            if spool.sha256 != sha256:
                left.append(sha256.hex())
                continue
            await target.put(sha256, spool.path, storage.threads)
        except (FileNotFoundError, ValueError):
            # What was claimed for an upload that did not end has no content, and is the sweep's.
            if await blobs.is_referenced(database, sha256):
                left.append(sha256.hex())
            continue
        finally:
            await spool.discard()
        if await blobs.settle(database, sha256, to):
            await source.remove(sha256)
            moved += 1
    for place in storage.places.values():
        if place is not target:
            async for sha256 in strays(database, place):
                # Only what is known to be whole elsewhere; what has no row is `sweep`'s to judge.
                if (await blobs.places_of(database, [sha256])).get(sha256) == to:
                    await place.remove(sha256)
    return moved, left
