"""From a picture to an avatar: a square of it in three sizes, stored like any content.

Its id comes of what it shows and of whom it is for: so its address changes with the picture, and
the same picture twice is the same avatar.
"""

import hashlib
import uuid
from typing import Final

from messenger.errors import (
    DomainError,
    PayloadTooLarge,
    Unavailable,
    UnsupportedType,
    ValidationFailed,
)
from messenger.files.intake import Intake
from messenger.files.previews.jobs import Crop, Reason
from messenger.files.spool import Spool
from messenger.model import Identity
from messenger.store.rows import avatars
from messenger.store.rows.avatars import ADDRESS, Square

SIDES: Final = (64, 160, 512)
"""Pixels: in a list, on a card, large; for the densest screens, too."""
MOST: Final = 20 * 1024 * 1024
"""Bytes of the picture that it is made of, where files may be larger."""
MISSING_TRIES: Final = 3


class Avatars:
    """Makes avatars, and hands them out to those who may see them."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake

    def __repr__(self) -> str:
        return f"<Avatars by {self._intake!r}>"

    def begin(self) -> Spool:
        """A place for the picture while it arrives."""
        return self._intake.begin(min(MOST, self._intake.most))

    async def make(self, spool: Spool, crop: Crop | None, user_id: int, stream_id: int) -> str:
        """Make an avatar of the picture in a closed spool; return its address.

        Raises what refuses the picture in words, QuotaExceeded, StorageFull and Unavailable.
        """
        webps = await self._intake.previews.squares(spool, SIDES, crop, user_id)
        if isinstance(webps, str):
            raise refusal(webps)
        intake = self._intake
        spools = [await self._spooled(webp) for webp in webps]
        try:
            # What is stored and refused then would stay until the sweep.
            await intake.check_contents(user_id, spools)
            for each in spools:
                await intake.put(each)
        finally:
            for each in spools:
                await each.discard()
        squares = [
            Square(side, each.sha256, each.size) for side, each in zip(SIDES, spools, strict=True)
        ]
        id = id_of(stream_id, squares[-1].sha256)
        await avatars.add(
            intake.database, id, stream_id, user_id, squares, intake.quotas, intake.clock()
        )
        return ADDRESS + id

    async def webp(self, who: Identity, id: str, side: int) -> bytes:
        """One size of an avatar; raises NotFound for who may not see it, and Unavailable."""
        for _ in range(MISSING_TRIES):
            stored = await avatars.readable(self._intake.database, who, id, side)
            place = self._intake.storage.place(stored.place)
            try:
                pieces = [bytes(piece) async for piece in place.read(stored.sha256, 0, stored.size)]
                return b"".join(pieces)
            except FileNotFoundError:
                continue  # moved a moment ago: its row says where to
        raise Unavailable("The picture is not where it should be.")

    async def _spooled(self, webp: bytes) -> Spool:
        spool = self._intake.begin(len(webp))
        try:
            await spool.write(webp)
            await spool.close()
        except BaseException:
            await spool.discard()
            raise
        return spool


def id_of(stream_id: int, sha256: bytes) -> str:
    digest = hashlib.sha256(b"%d %s" % (stream_id, sha256)).digest()
    return str(uuid.UUID(bytes=digest[:16], version=4))


def refusal(reason: Reason) -> DomainError:
    """Why a picture is none that an avatar can be made of."""
    if reason == "unsupported":
        return UnsupportedType("This is no picture: send a JPEG, PNG, GIF, WebP, AVIF or HEIC.")
    if reason == "too_large":
        return PayloadTooLarge("The picture has too many pixels: up to 40 million are read.")
    return ValidationFailed("The picture cannot be read; it may be damaged.", reason=reason)
