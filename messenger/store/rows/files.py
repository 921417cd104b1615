"""Files: what somebody has uploaded to a chat, and who may read it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import attrgetter

import msgspec

from messenger.errors import IdempotencyMismatch, NotFound, Unavailable
from messenger.model import File, ShownAs
from messenger.store.db import Connection, Database, Row
from messenger.store.driver import Dangling
from messenger.store.rows.chats import ACCESS, JOINED, Ids, Reader, visible_chats
from messenger.store.rows.quotas import ALONE, Quotas, check_quotas
from messenger.store.schema.tables import (
    Key,
    attachments,
    blobs,
    chats,
    files,
    members,
    task_files,
)
from messenger.store.sql import sa
from messenger.store.statements import Prepared, columns_of, shown

Uuids = sa.ARRAY(Key)
ID = sa.bindparam("id", type_=Key)
USER = sa.bindparam("user", type_=sa.BigInteger)
SHA256 = sa.bindparam("sha256", type_=sa.LargeBinary)

FILE_COLUMNS = columns_of(files, File)
COLUMNS = shown(FILE_COLUMNS)
_NAMES = [column.name for column in FILE_COLUMNS]
_VALUES = attrgetter(*_NAMES)


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A file, and where its content is kept."""

    file: File
    sha256: bytes
    place: str


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """What was received, on its way to become a file."""

    id: str
    name: str
    mime: str
    size: int
    sha256: bytes
    folder: str | None = None
    width: int | None = None
    height: int | None = None
    placeholder: str | None = None
    preview: bool = False
    no_preview: str | None = None
    shown_as: ShownAs | None = None
    duration_ms: int | None = None
    waveform: str | None = None


# Files

ADD = Prepared(
    sa.text(
        """
        insert into files (id, chat_id, uploader_id, name, mime, size, sha256, folder,
                           width, height, placeholder, preview, no_preview, shown_as, duration_ms,
                           waveform, created_at)
        select id, :chat, :user, name, mime, size, decode(sha256, 'hex'), folder,
               width, height, placeholder, preview, no_preview, shown_as, duration_ms,
               waveform, :at
        from json_to_recordset(:files) as t(
            id uuid, name text, mime text, size bigint, sha256 text, folder text,
            width integer, height integer, placeholder text, preview boolean, no_preview text,
            shown_as text, duration_ms integer, waveform text)
        on conflict (id) do nothing
        """
    )
)
FIND = Prepared(
    sa.select(*COLUMNS, files.c.sha256).where(
        files.c.id == sa.any_(sa.bindparam("ids", type_=Uuids))
    )
)
CLAIM_FILES = Prepared(
    sa.text(
        """
        update files set used_at = :at where id = any(:ids) and uploader_id = :user
            and chat_id = :chat
        returning id
        """
    ).bindparams(sa.bindparam("ids", type_=Uuids))
)
COPY = Prepared(
    sa.text(
        """
        insert into files (id, chat_id, uploader_id, name, mime, size, sha256, folder,
                           width, height, placeholder, preview, no_preview, shown_as, duration_ms,
                           waveform, created_at, used_at)
        select copied.new, :chat, :user, name, mime, size, sha256, folder,
               width, height, placeholder, preview, no_preview, shown_as, duration_ms,
               waveform, :at, :at
        from files join unnest(:old, :new) as copied(old, new) on files.id = copied.old
        on conflict (id) do nothing
        """
    ).bindparams(sa.bindparam("old", type_=Uuids), sa.bindparam("new", type_=Uuids))
)


def may_read(user: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether a person may read the row of `files`."""
    visible = (
        sa.select(sa.literal_column("1"))
        .select_from(JOINED)
        .where(members.c.chat_id == files.c.chat_id, visible_chats(user))
        .correlate_except(members, chats)
        .exists()
    )
    return sa.and_(
        visible,
        sa.or_(
            # What one has uploaded and not sent yet is one's own.
            sa.and_(files.c.uploader_id == user, files.c.used_at.is_(None)),
            sa.exists().where(attachments.c.file_id == files.c.id),
            sa.exists().where(task_files.c.file_id == files.c.id),
        ),
    )


STORED = files.join(blobs, blobs.c.sha256 == files.c.sha256)
READABLE = Prepared(
    sa.select(*COLUMNS, files.c.sha256, blobs.c.place)
    .select_from(STORED)
    .where(files.c.id == ID, may_read(USER))
)
ASKED = (
    sa.func.unnest(sa.bindparam("users", type_=Ids), sa.bindparam("ids", type_=Uuids))
    .table_valued(sa.column("reader", sa.BigInteger), sa.column("file", Key))
    .render_derived(name="asked")
)
READABLE_BY = Prepared(
    sa.select(ASKED.c.reader, *COLUMNS, files.c.sha256, blobs.c.place)
    .select_from(ASKED.join(STORED, files.c.id == ASKED.c.file))
    .where(may_read(ASKED.c.reader))
)


async def check_may_upload(reader: Reader, user_id: int, chat_id: int) -> None:
    """Raises NotFound for who is not in the chat."""
    if not await reader.fetch(ACCESS, user=user_id, chats=[chat_id]):
        raise NotFound


async def add(
    database: Database,
    user_id: int,
    chat_id: int,
    uploads: Sequence[Upload],
    quotas: Quotas,
    at: datetime,
) -> list[File]:
    """Make files of what was stored, all or none; what is there already is answered as it is.

    Raises NotFound for who has left the chat, QuotaExceeded, and Unavailable when a content
    went away meanwhile, which a repeat mends. Raises IdempotencyMismatch where another file has
    one of the ids.
    """

    async def work(connection: Connection) -> list[File]:
        await check_may_upload(connection, user_id, chat_id)
        if quotas.limited:
            await connection.fetch(ALONE)
        rows = [
            {**msgspec.structs.asdict(each), "sha256": each.sha256.hex()} for each in uploads
        ]  # fmt: skip
        await connection.put(
            ADD, chat=chat_id, user=user_id, files=msgspec.json.encode(rows).decode(), at=at
        )
        found = await _stored(connection, [each.id for each in uploads])
        for each, upload in zip(found, uploads, strict=True):
            # Under a key that was used before stands what was uploaded then.
            if (each.sha256, each.file.chat_id) != (upload.sha256, chat_id):
                raise IdempotencyMismatch
        # They are counted among the others by now, and a repeat's are counted once.
        await check_quotas(connection, user_id, quotas)
        return [each.file for each in found]

    try:
        return await database.transact(work)
    except Dangling:
        raise Unavailable from None


async def find(database: Database, ids: Sequence[str]) -> list[Stored]:
    """Those of these that there are, in their order, without asking who may see them."""
    return await _stored(database, ids)


async def _stored(reader: Reader, ids: Sequence[str]) -> list[Stored]:
    rows = {row.id: row for row in await reader.fetch(FIND, ids=list(ids))}
    return [
        Stored(file=file_of(rows[id]), sha256=bytes(rows[id].sha256), place="")
        for id in ids
        if id in rows
    ]


async def readable(database: Database, user_id: int, id: str) -> Stored:
    """A file that this person may read now; raises NotFound."""
    row = await database.fetch_one(READABLE, user=user_id, id=id)
    if row is None:
        raise NotFound("There is no such file, or you may not see it.")
    return stored_of(row)


async def readable_by(
    database: Database, asked: Sequence[tuple[int, str]]
) -> dict[tuple[int, str], Stored]:
    """Of pairs of a person and a file those where the person may read it now."""
    users, ids = [user for user, _ in asked], [id for _, id in asked]
    rows = await database.fetch(READABLE_BY, users=users, ids=ids)
    return {(row.reader, row.id): stored_of(row) for row in rows}


async def take(
    database: Database, user_id: int, chat_id: int, ids: Sequence[str], at: datetime
) -> list[File]:
    """Those of these that a user has uploaded to a chat, in this order, kept from the sweep."""
    taken = await database.fetch(CLAIM_FILES, user=user_id, chat=chat_id, ids=list(ids), at=at)
    own = {row.id for row in taken}
    return [each.file for each in await _stored(database, [id for id in ids if id in own])]


async def copy(
    database: Database, user_id: int, chat_id: int, ids: Mapping[str, str], at: datetime
) -> list[File]:
    """Files of another chat as a user's own in this one, with the same content."""
    old, new = list(ids), list(ids.values())
    await database.fetch(COPY, old=old, new=new, chat=chat_id, user=user_id, at=at)
    return [each.file for each in await _stored(database, new)]


def stored_of(row: Row) -> Stored:
    return Stored(file=file_of(row), sha256=bytes(row.sha256), place=row.place)


def file_of(row: Row) -> File:
    return File(**dict(zip(_NAMES, _VALUES(row), strict=True)))


# Sweeping

# Still loose is only a hint, for the index: what a message or a task has is left alone.
KEEP_ATTACHED = Prepared(
    sa.text(
        """
        update files f set loose = false
        where loose and (exists (select from attachments where file_id = f.id)
                         or exists (select from task_files where file_id = f.id))
        """
    )
)
# Whoever takes one of these at this moment has changed its row: then it is looked at again.
REMOVE_LOOSE = Prepared(
    sa.text(
        """
        delete from files where id in (
            select id from files f
            where loose and not exists (select from attachments where file_id = f.id)
              and not exists (select from task_files where file_id = f.id)
              and not is_held(chat_id, uploader_id)
              and case when used_at is null then created_at < :unsent else used_at < :used end
            order by created_at limit 500 for update skip locked)
        returning id
        """
    )
)


async def remove_loose(database: Database, unsent: datetime, used: datetime) -> int:
    """Forget what no message and no task has: never sent since one moment, or taken back since one.

    Returns how many; 500 at the most.
    """
    await database.fetch(KEEP_ATTACHED)
    return len(await database.fetch(REMOVE_LOOSE, unsent=unsent, used=used))
