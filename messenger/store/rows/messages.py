"""Messages and pins; posting them is the journal's."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from messenger.model import Message
from messenger.store.db import Connection, Row
from messenger.store.paging import Part, part_of
from messenger.store.rows.chats import HEAD, Ids, Reader
from messenger.store.rows.message_columns import (
    CHAT,
    IN_CHAT,
    MESSAGE_COLUMNS,
    page_of,
    whole,
)
from messenger.store.schema.tables import Moment, archive_parts, messages, sent_keys
from messenger.store.schema.tables.chat import LINKING
from messenger.store.sql import sa
from messenger.store.statements import Prepared, as_rows, listed_ids, shown, stamp, update

SEQ = sa.bindparam("seq", type_=sa.BigInteger)
LIMIT = sa.bindparam("limit", type_=sa.Integer)
PAGE_BYTES = 400_000
"""After so many a page of messages ends: each may be as long as a setting allows."""
BY_SEQ = Prepared(
    IN_CHAT.where(messages.c.seq == sa.any_(sa.bindparam("seqs", type_=Ids))).order_by(
        messages.c.seq
    )
)
CHOSEN = Prepared(
    page_of(
        IN_CHAT.where(messages.c.seq == sa.any_(sa.bindparam("seqs", type_=Ids))),
        "seq",
        upwards=True,
    )
)
FROM = Prepared(
    sa.select(messages.c.seq, messages.c.created_at)
    .where(messages.c.chat_id == CHAT, messages.c.seq >= SEQ)
    .order_by(messages.c.seq)
    .limit(1)
)


AFTER = Prepared(
    page_of(
        IN_CHAT.where(messages.c.seq > SEQ).order_by(messages.c.seq).limit(LIMIT),
        "seq",
        upwards=True,
    ),
    kept=True,
)
BEFORE = Prepared(
    page_of(
        IN_CHAT.where(messages.c.seq < SEQ).order_by(messages.c.seq.desc()).limit(LIMIT), "seq"
    ),
    kept=True,
)
LINKING_BEFORE = Prepared(
    page_of(
        IN_CHAT.where(messages.c.seq < SEQ, sa.literal_column(LINKING))
        .order_by(messages.c.seq.desc())
        .limit(LIMIT),
        "seq",
    )
)
# The same of several chats at once, for lists of chats and their snapshots.
WANTED = listed_ids("chats")
OTHER = messages.alias("other")
OF_WANTED = sa.select(OTHER.c.seq).where(OTHER.c.chat_id == WANTED.c.id).limit(LIMIT)
BEFORE_AT = sa.bindparam("before_at", type_=Moment)
BEFORE_SEQ = sa.bindparam("before_seq", type_=sa.BigInteger)


def _each(chosen: sa.Select[Any]) -> sa.Select[Any]:
    """The messages chosen, by `seq`, of each chat that is wanted."""
    found = chosen.lateral("chosen")
    place = sa.and_(messages.c.chat_id == WANTED.c.id, messages.c.seq == found.c.seq)
    return (
        sa.select(*shown(MESSAGE_COLUMNS))
        .select_from(WANTED)
        .join(found, sa.true())
        .join(messages, place)
    )


LATEST = Prepared(page_of(_each(OF_WANTED.order_by(OTHER.c.seq.desc())), "seq"), kept=True)
PINNED = Prepared(
    page_of(
        _each(
            OF_WANTED.where(
                OTHER.c.pinned_at.is_not(None),
                sa.or_(
                    BEFORE_AT.is_(None),
                    sa.tuple_(OTHER.c.pinned_at, OTHER.c.seq) < sa.tuple_(BEFORE_AT, BEFORE_SEQ),
                ),
            ).order_by(OTHER.c.pinned_at.desc(), OTHER.c.seq.desc())
        ),
        "pinned_at",
        "seq",
    )
)
# People read on where the archive has what the table has not.
OLDEST = Prepared(
    sa.select(
        WANTED.c.id,
        sa.func.least(
            sa.select(sa.func.min(OTHER.c.seq))
            .where(OTHER.c.chat_id == WANTED.c.id)
            .correlate(WANTED)
            .scalar_subquery(),
            sa.select(sa.func.min(archive_parts.c.first_message))
            .where(
                archive_parts.c.stream_id == WANTED.c.id,
                archive_parts.c.state.in_(
                    [sa.literal_column("'removing'"), sa.literal_column("'done'")]
                ),
            )
            .correlate(WANTED)
            .scalar_subquery(),
        ).label("seq"),
    )
)


def _sent(table: sa.Table) -> sa.Select[Any]:
    """What was stored under a key, in the table or before it was archived."""
    return sa.select(
        table.c.chat_id, table.c.seq, table.c.n, stamp(table.c.created_at), table.c.digest
    ).where(
        table.c.sender_id == sa.bindparam("sender", type_=sa.BigInteger),
        table.c.client_message_id == sa.bindparam("key", type_=sa.UUID(as_uuid=False)),
    )


SENT = Prepared(sa.union_all(_sent(messages), _sent(sent_keys)))
SAVE = update(
    messages,
    "text",
    "mentions",
    "mentions_all",
    "task_id",
    "edited_at",
    "deleted_at",
    "pinned_at",
    "pinned_by",
    "rev",
    "forwarded_from",
)
# A change that finds its message just archived brings it back: the tables count for more than the
# archive, which has the row's key.
COME_BACK = Prepared(
    sa.text(
        """
        insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text, reply_to,
                              task_id, mentions, mentions_all, created_at, edited_at, deleted_at,
                              pinned_at, pinned_by, rev, forwarded_from, file_count)
        select t.chat_id, t.seq, t.n, t.sender_id, t.client_message_id, k.digest, t.text,
               t.reply_to, t.task_id, t.mentions, t.mentions_all, t.created_at, t.edited_at,
               t.deleted_at,
               t.pinned_at, t.pinned_by, t.rev, t.forwarded_from, json_array_length(t.files)
        from json_to_recordset(:rows) as t(
            chat_id bigint, seq bigint, n bigint, sender_id bigint, client_message_id uuid,
            text text, reply_to bigint, task_id bigint, mentions bigint[], mentions_all boolean,
            created_at timestamptz, edited_at timestamptz, deleted_at timestamptz,
            pinned_at timestamptz, pinned_by bigint, rev bigint, forwarded_from jsonb, files json)
        join streams s on s.id = t.chat_id and t.seq < s.first_seq
        join sent_keys k on k.sender_id = t.sender_id
                        and k.client_message_id = t.client_message_id
        where not exists (select from messages m where m.chat_id = t.chat_id and m.seq = t.seq)
        """
    )
)
FORGET_REACTIONS = Prepared(
    sa.text(
        "delete from reactions r using json_to_recordset(:rows) as "
        "t(chat_id bigint, seq bigint) where r.chat_id = t.chat_id and r.seq = t.seq"
    )
)


async def by_seq(reader: Reader, chat_id: int, seqs: Sequence[int]) -> dict[int, Message]:
    rows = await reader.fetch(BY_SEQ, chat=chat_id, seqs=list(seqs))
    return {message.seq: message for message in await whole(reader, rows)}


async def first_since(reader: Reader, chat_id: int, at: datetime) -> int:
    """The `seq` of the first message from a moment on; past the last one when there is none.

    Found by halving, as times ascend with `seq`: an index for this alone would
    cost every message that is sent.
    """
    head = await reader.fetch_one(HEAD, chat=chat_id)
    low, high = 1, head.seq + 1 if head else 1
    while low < high:
        middle = (low + high) // 2
        row = await reader.fetch_one(FROM, chat=chat_id, seq=middle)
        if row is None or row.created_at >= at:
            high = middle
        else:
            low = row.seq + 1
    return low


async def _part(reader: Reader, rows: list[Row], limit: int) -> Part[Message]:
    part = part_of(rows, limit)
    return Part(await whole(reader, part.items), part.more)


async def after(
    reader: Reader, chat_id: int, seq: int, limit: int, most: int = PAGE_BYTES
) -> Part[Message]:  # fmt: skip
    rows = await reader.fetch(AFTER, chat=chat_id, seq=seq, limit=limit + 1, bytes=most)
    return await _part(reader, rows, limit)


async def before(
    reader: Reader, chat_id: int, seq: int, limit: int, most: int = PAGE_BYTES
) -> Part[Message]:
    """The nearest messages before `seq`, in ascending order."""
    rows = await reader.fetch(BEFORE, chat=chat_id, seq=seq, limit=limit + 1, bytes=most)
    part = await _part(reader, rows, limit)
    part.items.reverse()
    return part


async def linking(reader: Reader, chat_id: int, seq: int, limit: int) -> Part[Message]:
    """The nearest messages before `seq` with what looks like an address, the latest first."""
    rows = await reader.fetch(
        LINKING_BEFORE, chat=chat_id, seq=seq, limit=limit + 1, bytes=PAGE_BYTES
    )
    return await _part(reader, rows, limit)


async def page_by_seq(
    reader: Reader, chat_id: int, seqs: Sequence[int], limit: int
) -> Part[Message]:
    """A page of the messages with these numbers, ascending."""
    rows = await reader.fetch(CHOSEN, chat=chat_id, seqs=list(seqs), bytes=PAGE_BYTES)
    return await _part(reader, rows, limit)


async def latest(
    reader: Reader, chat_ids: Sequence[int], limit: int
) -> dict[int, list[Message]]:  # fmt: skip
    """The newest messages of each chat that one page holds, in ascending order."""
    rows = await reader.fetch(LATEST, chats=list(chat_ids), limit=limit, bytes=PAGE_BYTES)
    found = _by_chat(await whole(reader, rows))
    for each in found.values():
        each.reverse()
    return found


async def pinned(reader: Reader, chat_ids: Sequence[int], limit: int) -> dict[int, list[Message]]:
    """Pinned messages of each chat that one page holds, the latest pin first."""
    rows = await reader.fetch(
        PINNED, chats=list(chat_ids), limit=limit, before_at=None, before_seq=None, bytes=PAGE_BYTES
    )
    return _by_chat(await whole(reader, rows))


async def pins(
    reader: Reader, chat_id: int, limit: int, before: tuple[datetime, int] | None
) -> Part[Message]:
    """A page of a chat's pins, the latest first, or of those before a (moment, seq)."""
    at, seq = before or (None, None)
    rows = await reader.fetch(
        PINNED, chats=[chat_id], limit=limit + 1, before_at=at, before_seq=seq, bytes=PAGE_BYTES
    )
    return await _part(reader, rows, limit)


def _by_chat(found: Sequence[Message]) -> dict[int, list[Message]]:
    chats: dict[int, list[Message]] = defaultdict(list)
    for message in found:
        chats[message.chat_id].append(message)
    return chats


async def oldest(reader: Reader, chat_ids: Sequence[int]) -> dict[int, int]:
    """The first `seq` that can be read of each chat, archived or not; 0 where no message is."""
    rows = await reader.fetch(OLDEST, chats=list(chat_ids))
    return {row.id: row.seq or 0 for row in rows}


async def sent(reader: Reader, sender_id: int, key: str) -> Row | None:
    """What was stored under this `client_message_id`."""
    return await reader.fetch_one(SENT, sender=sender_id, key=key)


async def save(connection: Connection, saved: Sequence[Message]) -> None:
    rows = as_rows(saved)
    await connection.put(SAVE, rows=rows)
    await connection.put(COME_BACK, rows=rows)
    gone = [message for message in saved if message.deleted_at]
    if gone:
        await connection.put(FORGET_REACTIONS, rows=as_rows(gone))
