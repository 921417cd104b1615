"""Reads of what the search looks at and shows: messages, those around them, the text of files."""

from collections.abc import Sequence
from typing import Any

from messenger.store.db import Row
from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

MESSAGES = Prepared(
    sa.text(
        """
        select m.chat_id, m.seq, m.sender_id, m.text, m.task_id
        from unnest(cast(:chats as bigint[]), cast(:seqs as bigint[])) as t(chat_id, seq)
        join messages m on m.chat_id = t.chat_id and m.seq = t.seq and m.deleted_at is null
        """
    )
)
_NEIGHBOUR = """
    select seq, sender_id, left(text, 200) as text, created_at from messages
    where chat_id = t.chat_id and seq {0} t.seq and deleted_at is null
    order by seq {1} limit 1
"""
NEIGHBOURS = Prepared(
    sa.text(
        f"""
        select t.chat_id, t.seq,
               b.seq as before_seq, b.sender_id as before_sender, b.text as before_text,
               b.created_at as before_at,
               a.seq as after_seq, a.sender_id as after_sender, a.text as after_text,
               a.created_at as after_at
        from unnest(cast(:chats as bigint[]), cast(:seqs as bigint[])) as t(chat_id, seq)
        left join lateral ({_NEIGHBOUR.format("<", "desc")}) b on true
        left join lateral ({_NEIGHBOUR.format(">", "asc")}) a on true
        """
    )
)
TEXTS = Prepared(
    sa.text(
        """
        select id, case when upto <= :most or upto = size then text end as text
        from (
            select f.id, t.text, octet_length(t.text) as size,
                   sum(octet_length(t.text))
                       over (order by w.place rows unbounded preceding) as upto
            from unnest(cast(:ids as uuid[])) with ordinality as w(id, place)
            join files f on f.id = w.id join search_texts t on t.sha256 = f.sha256
        ) as each
        """
    )
)


async def neighbours(reader: Reader, keys: Sequence[tuple[int, int]]) -> dict[Any, Row]:
    rows = await reader.fetch(NEIGHBOURS, **_of(keys))
    return {(row.chat_id, row.seq): row for row in rows}


async def messages_of(reader: Reader, keys: Sequence[tuple[int, int]]) -> dict[Any, Row]:
    """Messages of the tables, by chat and `seq`."""
    rows = await reader.fetch(MESSAGES, **_of(keys))
    return {(row.chat_id, row.seq): row for row in rows}


def _of(keys: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    return {"chats": [chat for chat, _ in keys], "seqs": [seq for _, seq in keys]}


async def texts(reader: Reader, file_ids: Sequence[str], most: int) -> dict[str, str | None]:
    """The text of files, as far as it was read; None where it is more than so many bytes together
    with what comes before it, but for the first.
    """
    rows = await reader.fetch(TEXTS, ids=list(file_ids), most=most)
    return {row.id: row.text for row in rows}
