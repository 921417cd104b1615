"""A chat's files as its members look through them: those that came to it last first.

A file's place is where in the chat's log it was attached: its message's, or that of the event that
put it on a card. So one order and one cursor serve both.
"""

from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec import Meta

from messenger.model import File
from messenger.protocol.command import Id
from messenger.store.db import Connection, Database, Row
from messenger.store.paging import Part, fetch_part
from messenger.store.reads.chats import within
from messenger.store.rows.files import COLUMNS, file_of
from messenger.store.schema.tables import attachments, files, messages, task_files
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamp

FileKind = Literal["image", "video", "audio", "voice", "media", "document"]


class ChatFile(File, frozen=True, kw_only=True):
    """A file with the message or the card that has it."""

    seq: Annotated[
        int,
        Meta(
            description="Where in the chat's log it was attached: the `seq` of its message, or of "
            "the event that put it on a card."
        ),
    ]
    task_id: Annotated[
        int | None, Meta(description="The card that has it; null: the message `seq` has.")
    ]
    attached_at: Annotated[str, Meta(description="When it was attached.")]


class FileCursor(msgspec.Struct, frozen=True, array_like=True):
    """After which place in the log, and which of the files there."""

    seq: Id
    position: Annotated[int, Meta(ge=0, lt=2**31)]


LAST: Final = 2**31 - 1
"""A position that no file has: behind all of one place."""

WANTED = sa.bindparam("kind", type_=sa.Text)
SEQ = sa.bindparam("seq", type_=sa.BigInteger)
POSITION = sa.bindparam("position", type_=sa.Integer)
NAME = sa.bindparam("name", type_=sa.Text)
CHAT = sa.bindparam("chat", type_=sa.BigInteger)
LIMIT = sa.bindparam("limit", type_=sa.Integer)


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
Attached = tuple[sa.Table, sa.ColumnElement[int], sa.ColumnElement[Any]]
# What a message has was attached when it was sent, also where it was added to it later.
ON_MESSAGES: Attached = (
    attachments,
    sa.literal_column("null::bigint"),
    sa.func.coalesce(
        sa.select(messages.c.created_at)
        .where(messages.c.chat_id == attachments.c.chat_id, messages.c.seq == attachments.c.seq)
        .scalar_subquery(),
        # Archived ones are not in the tables: it was uploaded to be sent.
        files.c.created_at,
    ),
)
ON_CARDS: Attached = (task_files, task_files.c.task_id, task_files.c.at)


def _some(newer: bool, attached: Attached) -> sa.Select[Any]:
    """A page of those on messages, or of those on cards."""
    table, task, at = attached
    place = sa.tuple_(table.c.seq, table.c.position)
    beyond = sa.tuple_(SEQ, POSITION) < place
    if not newer:
        beyond = sa.or_(SEQ.is_(None), sa.tuple_(SEQ, POSITION) > place)
    page = (
        sa.select(
            *COLUMNS,
            table.c.seq,
            table.c.position,
            task.label("task_id"),
            stamp(at).label("attached_at"),
        )
        .select_from(table.join(files, files.c.id == table.c.file_id))
        .where(
            table.c.chat_id == CHAT,
            OF_KIND,
            sa.or_(
                NAME.is_(None),
                sa.func.strpos(sa.func.lower(files.c.name), sa.func.lower(NAME)) > 0,
            ),
            beyond,
        )
        .order_by(*_order(table, newer))
        .limit(LIMIT)
    )
    return sa.select(page.subquery())


def _page(newer: bool) -> Prepared:
    """Of both: each is read by its own index, and no further than a page of it."""
    parts = (_some(newer, each) for each in (ON_MESSAGES, ON_CARDS))
    found = sa.union_all(*parts).subquery("found")
    return Prepared(sa.select(found).order_by(*_order(found, newer)).limit(LIMIT))


def _order(table: Any, newer: bool) -> list[sa.ColumnElement[Any]]:
    places = [table.c.seq, table.c.position]
    return places if newer else [each.desc() for each in places]


OLDER = _page(newer=False)
NEWER = _page(newer=True)


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
    """Those before a place, the last first, or after it; the last's place if there are more."""
    asked: dict[str, Any] = {"chat": chat_id, **msgspec.structs.asdict(wanted)}
    asked |= {"seq": place and place.seq, "position": place and place.position}
    statement = NEWER if newer else OLDER

    async def read(connection: Connection) -> Part[tuple[ChatFile, FileCursor]]:
        return await fetch_part(connection, statement, _listed, limit, **asked)

    part = await within(database, user_id, chat_id, read)
    found = [file for file, _ in part.items]
    return found, part.items[-1][1] if part.more else None


def _listed(row: Row) -> tuple[ChatFile, FileCursor]:
    file = ChatFile(
        **msgspec.structs.asdict(file_of(row)),
        seq=row.seq,
        task_id=row.task_id,
        attached_at=row.attached_at,
    )
    return file, FileCursor(row.seq, row.position)
