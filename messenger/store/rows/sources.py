"""What messages were forwarded from: told to the readers of the original alone."""

from collections.abc import Sequence

from messenger.model import Message
from messenger.storage import Source
from messenger.store.rows.chats import Ids, Reader
from messenger.store.rows.message_columns import IN_CHAT, files_of, message_of
from messenger.store.schema.tables import messages
from messenger.store.sql import sa
from messenger.store.statements import Prepared

FORWARDABLE = Prepared(
    IN_CHAT.add_columns(messages.c.source_chat_id, messages.c.source_seq).where(
        messages.c.seq == sa.any_(sa.bindparam("seqs", type_=Ids))
    )
)


async def forwardable(
    reader: Reader, chat_id: int, seqs: Sequence[int]
) -> dict[int, tuple[Message, Source | None]]:
    """Messages by `seq`, without reactions, each with what it was forwarded from, if it was."""
    found = {}
    rows = await reader.fetch(FORWARDABLE, chat=chat_id, seqs=list(seqs))
    attached = await files_of(reader, rows)
    for row in rows:
        message = message_of(row, {}, attached)
        shown = message.forwarded_from
        source = None if shown is None else Source(row.source_chat_id, row.source_seq, shown)
        found[message.seq] = message, source
    return found
