"""Legal holds: what of whom is kept, whatever people do.

While one is there, triggers keep each row of it as it was before a change (`retained`,
migrations/0027), the sweep leaves its files, the archive neither removes nor rewrites its parts.
"""

from datetime import datetime
from typing import Annotated, Any, Final
from uuid import NAMESPACE_OID, uuid4, uuid5

import msgspec
from msgspec import Meta

from messenger.errors import IdempotencyMismatch, NotFound
from messenger.store.db import Connection, Database
from messenger.store.driver import Dangling
from messenger.store.rows import audit
from messenger.store.rows.chats import Reader
from messenger.store.rows.rights import check_administrator
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamped

_SHOWN: Final = f"""
    h.id, h.chat_id, h.user_id, h.reason, h.placed_by, {stamped("placed_at")},
    (select count(*) from retained r
     where r.chat_id = h.chat_id or r.user_id = h.user_id) as retained
"""
LIST = Prepared(sa.text(f"select {_SHOWN} from legal_holds h order by h.placed_at, h.id"))
FIND = Prepared(sa.text(f"select {_SHOWN} from legal_holds h where h.id = :id"))
PLACE = Prepared(
    sa.text(
        """
        insert into legal_holds (id, chat_id, user_id, reason, placed_by, placed_at)
        values (:id, :chat, :user, :reason, :by, :at) on conflict (id) do nothing returning id
        """
    )
)
LIFT = Prepared(
    sa.text("delete from legal_holds where id = :id returning chat_id, user_id, reason")
)
LET_GO = Prepared(
    sa.text(
        """
        with gone as (delete from retained where not is_held(chat_id, user_id) returning id)
        select count(*) as count from gone
        """
    )
)


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A legal hold on a chat or on a person: one of the two ids is null."""

    id: Annotated[str, Meta(description="The hold.")]
    chat_id: int | None = None
    user_id: int | None = None
    reason: Annotated[str, Meta(description="Why, in the words of whoever placed it.")]
    placed_by: Annotated[int | None, Meta(description="Who; null: the command line.")] = None
    placed_at: Annotated[str, Meta(description="Since when.")]
    retained: Annotated[
        int, Meta(description="What is kept that people have deleted or changed since.")
    ]


async def listed(reader: Reader) -> list[Hold]:
    """All there are, the oldest first."""
    return [Hold(**row._asdict()) for row in await reader.fetch(LIST)]


async def place(
    database: Database,
    *,
    chat_id: int | None = None,
    user_id: int | None = None,
    reason: str,
    by: int | None,
    at: datetime,
    key: str | None = None,
) -> Hold:
    """Hold a chat or a person, and record it; a repeat under the same key finds the first.

    Raises NotFound for nobody and nothing, Forbidden unless `by` is an administrator (null: the
    server), IdempotencyMismatch.
    """
    id = str(uuid4() if key is None else uuid5(NAMESPACE_OID, f"hold {by} {key}"))

    async def work(connection: Connection) -> Hold:
        await check_administrator(connection, by)
        made = await connection.fetch_one(
            PLACE, id=id, chat=chat_id, user=user_id, reason=reason, by=by, at=at
        )
        row = await connection.fetch_one(FIND, id=id)
        assert row is not None
        hold = Hold(**row._asdict())
        if (hold.chat_id, hold.user_id, hold.reason) != (chat_id, user_id, reason):
            raise IdempotencyMismatch
        if made is not None:
            await _record(connection, at, by, "hold.place", hold.chat_id, hold.user_id, reason)
        return hold

    try:
        return await database.transact(work)
    except Dangling:
        raise NotFound("There is no such chat or person.") from None


async def lift(database: Database, id: str, by: int | None, at: datetime) -> None:
    """End a hold, and let go of what no other hold keeps; raises NotFound, Forbidden."""

    async def work(connection: Connection) -> None:
        await check_administrator(connection, by)
        row = await connection.fetch_one(LIFT, id=id)
        if row is None:
            raise NotFound("There is no such hold.")
        gone = await connection.fetch_one(LET_GO)
        let_go = int(gone.count) if gone else 0
        await _record(
            connection, at, by, "hold.lift", row.chat_id, row.user_id, row.reason, let_go=let_go
        )

    await database.transact(work)


async def _record(
    connection: Connection,
    at: datetime,
    by: int | None,
    action: str,
    chat_id: int | None,
    user_id: int | None,
    reason: str,
    **more: Any,
) -> None:
    of = "person" if chat_id is None else "chat"
    details = {"of": of, "reason": reason, **more}
    await audit.record(connection, at, by, action, chat_id or user_id, details)
