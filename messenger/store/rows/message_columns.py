"""What a message is read from: its columns, then its reactions and files; and what a page holds."""

from collections.abc import Sequence
from typing import Any

import msgspec

from messenger.model import File, Message, Reaction
from messenger.model.messages import ForwardedFrom
from messenger.store.db import Row
from messenger.store.rows import attachments
from messenger.store.rows.chats import Reader
from messenger.store.rows.reactions import reactions_to
from messenger.store.schema.tables import messages
from messenger.store.sql import sa
from messenger.store.statements import columns_of, shown, summed

CHAT = sa.bindparam("chat", type_=sa.BigInteger)
MESSAGE_COLUMNS = [*columns_of(messages, Message), messages.c.file_count]
"""All that a message is made of, but its files and reactions; and how many files to look for."""
FILE_BYTES = 500
"""What one file adds to a message's size, about."""
SIZE: sa.ColumnElement[int] = (
    sa.literal_column("400")
    + sa.func.octet_length(messages.c.text)
    + sa.literal_column(str(FILE_BYTES)) * messages.c.file_count
)
IN_CHAT = sa.select(*shown(MESSAGE_COLUMNS)).where(messages.c.chat_id == CHAT)


def page_of(chosen: sa.Select[Any], *names: str, upwards: bool = False) -> sa.Select[Any]:
    """Of chosen messages of each chat, those that one page holds; `total` is how many there are.

    Has to be done where the messages are: to read all of them first would be the work to be saved.
    """
    rows = chosen.add_columns(SIZE.label("size")).subquery("chosen")
    total = sa.func.count().over(partition_by=rows.c.chat_id).label("total")
    upto = summed(rows.c.size, _order(rows, names, upwards), [rows.c.chat_id])
    sized = sa.select(rows, total, (upto - rows.c.size).label("before")).subquery("sized")
    return (
        sa.select(*(sized.c[column.name] for column in MESSAGE_COLUMNS), sized.c.total)
        .where(sized.c.before < sa.bindparam("bytes", type_=sa.BigInteger))
        .order_by(sized.c.chat_id, *_order(sized, names, upwards))
    )


def _order(rows: sa.Subquery, names: Sequence[str], upwards: bool) -> list[Any]:
    return [rows.c[name] if upwards else rows.c[name].desc() for name in names]


Reactions = dict[tuple[int, int], list[Reaction]]
Files = dict[tuple[int, int], list[File]]


def message_of(row: Row, reactions: Reactions, attached: Files) -> Message:
    """A message from its row, and the reactions and files by (chat, seq).

    Field by field: to go by their names takes twice as long, and who comes back has a thousand.
    """
    place = row.chat_id, row.seq
    origin = row.forwarded_from
    return Message(
        chat_id=row.chat_id,
        seq=row.seq,
        n=row.n,
        sender_id=row.sender_id,
        client_message_id=row.client_message_id,
        text=row.text,
        reply_to=row.reply_to,
        files=attached.get(place, []),
        reactions=reactions.get(place, []),
        mentions=row.mentions,
        mentions_all=row.mentions_all,
        task_id=row.task_id,
        pinned_at=row.pinned_at,
        pinned_by=row.pinned_by,
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
        rev=row.rev,
        forwarded_from=None if origin is None else msgspec.convert(origin, ForwardedFrom),
    )


async def whole(reader: Reader, rows: Sequence[Row]) -> list[Message]:
    """Put messages together with their reactions and files."""
    reactions = await reactions_to(reader, [(r.chat_id, r.seq) for r in rows if r.rev != r.seq])
    attached = await files_of(reader, rows)
    return [message_of(row, reactions, attached) for row in rows]


async def files_of(reader: Reader, rows: Sequence[Row]) -> Files:
    """The files of those of these messages that have any."""
    return await attachments.of_messages(reader, [(r.chat_id, r.seq) for r in rows if r.file_count])
