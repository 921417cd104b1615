"""How much people, and all together, may keep, and how much they do."""

import msgspec

from messenger.errors import QuotaExceeded
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import avatars, blobs, files
from messenger.store.sql import sa
from messenger.store.statements import Prepared

USER = sa.bindparam("user", type_=sa.BigInteger)


class Quotas(msgspec.Struct, frozen=True):
    """Bytes that one person, and all together, may keep; None where there is no end."""

    person: int | None = None
    organisation: int | None = None

    @property
    def limited(self) -> bool:
        return self.person is not None or self.organisation is not None


# One at a time where there are quotas: two uploads that both fit must not both be let in.
ALONE = Prepared(sa.text("select pg_advisory_xact_lock(hashtext('messenger files'))"))
USED_BY = Prepared(
    sa.select(
        (
            sa.select(sa.func.coalesce(sa.func.sum(files.c.size), sa.literal_column("0")))
            .where(files.c.uploader_id == USER)
            .scalar_subquery()
            + sa.select(sa.func.coalesce(sa.func.sum(avatars.c.size), sa.literal_column("0")))
            .where(avatars.c.maker_id == USER)
            .scalar_subquery()
        ).label("bytes")
    )
)
USED = Prepared(sa.select(sa.func.coalesce(sa.func.sum(blobs.c.size), 0).label("bytes")))


async def kept_by(reader: Reader, user_id: int) -> int:
    """Bytes that count for a person."""
    row = await reader.fetch_one(USED_BY, user=user_id)
    return int(row.bytes) if row else 0


async def check_quotas(
    reader: Reader, user_id: int, quotas: Quotas, more: int = 0, new: int = 0
) -> None:
    """Raises QuotaExceeded where so many more bytes are too many: of the person's files, and of
    contents that are not there yet.
    """
    for quota, statement, values, bytes_more, whose in (
        (quotas.person, USED_BY, {"user": user_id}, more, "your files"),
        (quotas.organisation, USED, {}, new, "the organisation's files"),
    ):
        if quota is None:
            continue
        row = await reader.fetch_one(statement, **values)
        used = int(row.bytes) if row else 0
        if used + bytes_more > quota:
            raise QuotaExceeded(
                f"There is no room left for {whose}: {quota} bytes in all; delete some first.",
                quota=quota,
                used=used,
            )
