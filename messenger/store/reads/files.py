"""A chat's files as its members look through them: the latest message's first."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from messenger.model import File
from messenger.protocol.command import Cursor, Id
from messenger.store.db import Connection, Database, Row
from messenger.store.paging import Part, fetch_part
from messenger.store.reads.chats import within
from messenger.store.rows.files import COLUMNS, file_of
from messenger.store.schema.tables import attachments, files
from messenger.store.sql import sa
from messenger.store.statements import Prepared

FileKind = Literal["image", "video", "audio", "voice", "media", "document"]


class ChatFile(File, frozen=True, kw_only=True):
    """A file with the message that has it."""

    seq: Annotated[int, Meta(description="The message's `seq`.")]


class FileCursor(msgspec.Struct, frozen=True, array_like=True):
    """After which message, and which of its files."""

    seq: Id
    position: Cursor


WANTED = sa.bindparam("kind", type_=sa.Text)
SEQ = sa.bindparam("seq", type_=sa.BigInteger)
POSITION = sa.bindparam("position", type_=sa.Integer)
NAME = sa.bindparam("name", type_=sa.Text)
PLACE = sa.tuple_(attachments.c.seq, attachments.c.position)


def _is(kind: str) -> sa.ColumnElement[bool]:
    return sa.literal_column(f"'{kind}'") == WANTED


# The first part of a type says what it is, unless its sender wished it shown otherwise.
KIND: sa.ColumnElement[str] = sa.func.split_part(files.c.mime, "/", sa.literal_column("1"))
MEDIA = sa.and_(
    KIND.in_([sa.literal_column("'image'"), sa.literal_column("'video'")]),
    files.c.shown_as.is_distinct_from(sa.literal_column("'file'")),
)
VOICE = files.c.shown_as.is_not_distinct_from(sa.literal_column("'voice'"))
OF_KIND = sa.or_(
    WANTED.is_(None),
    sa.and_(WANTED == KIND, sa.not_(VOICE)),
    sa.and_(_is("voice"), VOICE),
    sa.and_(_is("media"), MEDIA),
    sa.and_(_is("document"), sa.not_(MEDIA), sa.not_(VOICE)),
)
IN_CHAT = (
    sa.select(*COLUMNS, attachments.c.seq, attachments.c.position)
    .select_from(attachments.join(files, files.c.id == attachments.c.file_id))
    .where(
        attachments.c.chat_id == sa.bindparam("chat", type_=sa.BigInteger),
        OF_KIND,
        sa.or_(
            NAME.is_(None), sa.func.strpos(sa.func.lower(files.c.name), sa.func.lower(NAME)) > 0
        ),
    )
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
OLDER = Prepared(
    IN_CHAT.where(sa.or_(SEQ.is_(None), sa.tuple_(SEQ, POSITION) > PLACE)).order_by(
        attachments.c.seq.desc(), attachments.c.position.desc()
    )
)
NEWER = Prepared(
    IN_CHAT.where(sa.tuple_(SEQ, POSITION) < PLACE).order_by(
        attachments.c.seq, attachments.c.position
    )
)


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which of a chat's files: of a kind, with a part of a name in any case."""

    kind: FileKind | None = None
    name: str | None = None


async def in_chat(
    database: Database,
    user_id: int,
    chat_id: int,
    limit: int,
    wanted: Wanted,
    place: FileCursor | None,
    *,
    newer: bool = False,
) -> tuple[list[ChatFile], FileCursor | None]:
    """Those before a place, the latest first, or after it; the last's place if there are more."""
    asked: dict[str, Any] = {"chat": chat_id, **msgspec.structs.asdict(wanted)}
    asked |= {"seq": place and place.seq, "position": place and place.position}
    statement = NEWER if newer else OLDER

    async def read(connection: Connection) -> Part[tuple[ChatFile, FileCursor]]:
        return await fetch_part(connection, statement, _listed, limit, **asked)

    part = await within(database, user_id, chat_id, read)
    found = [file for file, _ in part.items]
    return found, part.items[-1][1] if part.more else None


def _listed(row: Row) -> tuple[ChatFile, FileCursor]:
    file = ChatFile(**msgspec.structs.asdict(file_of(row)), seq=row.seq)
    return file, FileCursor(row.seq, row.position)
