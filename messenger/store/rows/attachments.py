"""Which files hang on which message, and in what order."""

from collections import defaultdict
from collections.abc import Sequence

from messenger.decision import FilesAttached
from messenger.model import File
from messenger.store.db import Connection
from messenger.store.rows.chats import Ids, Reader
from messenger.store.rows.files import COLUMNS, Uuids, file_of
from messenger.store.schema.tables import attachments, files
from messenger.store.sql import sa
from messenger.store.statements import Prepared

OF_MESSAGES = Prepared(
    sa.select(*COLUMNS, attachments.c.seq)
    .select_from(
        sa.func.unnest(sa.bindparam("chats", type_=Ids), sa.bindparam("seqs", type_=Ids))
        .table_valued(sa.column("chat", sa.BigInteger), sa.column("seq", sa.BigInteger))
        .render_derived(name="wanted")
        .join(
            attachments,
            sa.and_(
                attachments.c.chat_id == sa.literal_column("wanted.chat"),
                attachments.c.seq == sa.literal_column("wanted.seq"),
            ),
        )
        .join(files, files.c.id == attachments.c.file_id)
    )
    .order_by(attachments.c.chat_id, attachments.c.seq, attachments.c.position)
)
DETACH = Prepared(
    sa.text(
        """
        with gone as (delete from attachments where chat_id = :chat and seq = :seq
                      returning file_id)
        update files set loose = true where id in (select file_id from gone)
        """
    )
)
ATTACH = Prepared(
    sa.text(
        """
        insert into attachments (chat_id, seq, position, file_id)
        select :chat, :seq, position - 1, id
        from unnest(:ids) with ordinality as t(id, position)
        """
    ).bindparams(sa.bindparam("ids", type_=Uuids))
)
COUNT = Prepared(
    sa.text("update messages set file_count = :count where chat_id = :chat and seq = :seq")
)


async def of_messages(
    reader: Reader, keys: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[File]]:
    """The files of messages, by (chat, seq), each in its order."""
    if not keys:
        return {}
    chats, seqs = zip(*keys, strict=True)
    found: dict[tuple[int, int], list[File]] = defaultdict(list)
    for row in await reader.fetch(OF_MESSAGES, chats=list(chats), seqs=list(seqs)):
        found[row.chat_id, row.seq].append(file_of(row))
    return found


async def attach(connection: Connection, write: FilesAttached) -> None:
    """Give a message these files instead of those it had."""
    await connection.put(DETACH, chat=write.chat_id, seq=write.seq)
    if write.file_ids:
        await connection.put(ATTACH, chat=write.chat_id, seq=write.seq, ids=write.file_ids)
    await connection.put(COUNT, chat=write.chat_id, seq=write.seq, count=len(write.file_ids))
