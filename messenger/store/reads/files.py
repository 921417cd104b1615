"""A chat's files as its members look through them: the latest message's first."""

from typing import Annotated, Any, Literal

import msgspec
import sqlalchemy as sa
from msgspec import Meta

from messenger.model import File
from messenger.protocol.command import Cursor, Id
from messenger.store.db import Connection, Database, Row
from messenger.store.paging import Part, fetch_part
from messenger.store.reads.chats import within
from messenger.store.rows.files import COLUMNS, file_of
from messenger.store.schema.tables import attachments, files
from messenger.store.statements import Prepared

FileKind = Literal["image", "video", "audio", "voice", "document"]


class ChatFile(File, frozen=True, kw_only=True):
    """A file with the message that has it."""

    seq: Annotated[int, Meta(description="The message's `seq`.")]


class FileCursor(msgspec.Struct, frozen=True, array_like=True):
    """After which message, and which of its files."""

    seq: Id
    position: Cursor


# The first part of a type says it; what is neither seen nor heard is a document.
KIND: sa.ColumnElement[str] = sa.func.split_part(files.c.mime, "/", sa.literal_column("1"))
VOICE: sa.ColumnElement[str] = sa.literal_column("'voice'")
WANTED = sa.bindparam("kind", type_=sa.Text)
SEQ = sa.bindparam("seq", type_=sa.BigInteger)
POSITION = sa.bindparam("position", type_=sa.Integer)
NAME = sa.bindparam("name", type_=sa.Text)
IN_CHAT = Prepared(
    sa.select(*COLUMNS, attachments.c.seq, attachments.c.position)
    .select_from(attachments.join(files, files.c.id == attachments.c.file_id))
    .where(
        attachments.c.chat_id == sa.bindparam("chat", type_=sa.BigInteger),
        sa.or_(
            SEQ.is_(None),
            sa.tuple_(attachments.c.seq, attachments.c.position) < sa.tuple_(SEQ, POSITION),
        ),
        sa.or_(
            WANTED.is_(None),
            sa.and_(KIND == WANTED, files.c.shown_as.is_distinct_from(VOICE)),
            sa.and_(VOICE == WANTED, files.c.shown_as == VOICE),
            sa.and_(
                sa.literal_column("'document'") == WANTED,
                KIND.not_in(
                    [sa.literal_column(f"'{each}'") for each in ("image", "video", "audio")]
                ),
            ),
        ),
        sa.or_(
            NAME.is_(None), sa.func.strpos(sa.func.lower(files.c.name), sa.func.lower(NAME)) > 0
        ),
    )
    .order_by(attachments.c.seq.desc(), attachments.c.position.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


async def in_chat(
    database: Database,
    user_id: int,
    chat_id: int,
    limit: int,
    after: FileCursor | None,
    kind: FileKind | None,
    name: str | None,
) -> tuple[list[ChatFile], FileCursor | None]:
    """Files of a kind and with a part of a name, and the place of the last if there are more."""
    asked: dict[str, Any] = {"chat": chat_id, "kind": kind, "name": name}
    asked |= {"seq": after and after.seq, "position": after and after.position}

    async def read(connection: Connection) -> Part[tuple[ChatFile, FileCursor]]:
        return await fetch_part(connection, IN_CHAT, _listed, limit, **asked)

    part = await within(database, user_id, chat_id, read)
    found = [file for file, _ in part.items]
    return found, part.items[-1][1] if part.more else None


def _listed(row: Row) -> tuple[ChatFile, FileCursor]:
    file = ChatFile(**msgspec.structs.asdict(file_of(row)), seq=row.seq)
    return file, FileCursor(row.seq, row.position)
