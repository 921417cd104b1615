"""Chats, and what one user may see of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from messenger.decision import PreferenceSet
from messenger.model import Chat, ChatMembership
from messenger.storage import Duplicate
from messenger.store.db import Connection, Database
from messenger.store.schema.tables import (
    archive_mentions,
    archive_tombstones,
    chats,
    members,
    messages,
    preferences,
    streams,
)
from messenger.store.sql import ARRAY, sa
from messenger.store.statements import Prepared, as_rows, columns_of, shown, stamp, upsert

Reader = Connection | Database
Ids = ARRAY(sa.BigInteger)

CHAT_COLUMNS = shown(columns_of(chats, Chat))


def visible_chats(user: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Whether `members` joined to `chats` is a chat this person may read.

    The one rule every read of chat data goes through. A direct chat's other
    person becomes a member with its first message, so nothing else hides it.
    """
    return sa.and_(
        members.c.user_id == user, members.c.left_at.is_(None), chats.c.deleted_at.is_(None)
    )


def any_of(column: sa.ColumnElement[Any], name: str) -> sa.ColumnElement[bool]:
    return column == sa.any_(sa.bindparam(name, type_=Ids))


USER = sa.bindparam("user", type_=sa.BigInteger)
CHAT = sa.bindparam("chat", type_=sa.BigInteger)
JOINED = members.join(chats, chats.c.id == members.c.chat_id)

MOST_MENTIONS: Final = 10_000
"""Messages past the mark that name somebody, at most looked at; the latest ones."""
MOST_NAMED: Final = 1_000
"""Of these, those that name the member, at most counted: what names all does so every time."""
MOST_TOMBSTONES: Final = 10_000
"""Deleted messages past the mark, at most counted."""


BACK = messages.alias("back")

# Who never read a chat of millions has a great many to read: both counts come from an index that
# has all they ask for, and come to an end.
NAMING = (
    sa.select(messages.c.mentions, messages.c.mentions_all, messages.c.sender_id)
    .where(
        messages.c.chat_id == members.c.chat_id,
        messages.c.seq > members.c.read_seq,
        sa.or_(messages.c.mentions_all, messages.c.mentions != sa.literal_column("'{}'::bigint[]")),
        messages.c.deleted_at.is_(None),
    )
    .order_by(messages.c.seq.desc())
    .limit(sa.literal_column(str(MOST_MENTIONS)))
    .correlate(members)
    .subquery("naming")
)
# A row of the table counts for more: it was deleted, or has come back and is counted there.
ARCHIVED_NAMING = (
    sa.select(
        archive_mentions.c.mentions, archive_mentions.c.mentions_all, archive_mentions.c.sender_id
    )
    .where(
        archive_mentions.c.chat_id == members.c.chat_id,
        archive_mentions.c.seq > members.c.read_seq,
        sa.not_(
            sa.exists().where(
                BACK.c.chat_id == archive_mentions.c.chat_id, BACK.c.seq == archive_mentions.c.seq
            )
        ),
    )
    .limit(sa.literal_column(str(MOST_MENTIONS)))
    .correlate(members)
    .subquery("archived_naming")
)


def _of_member(naming: Any) -> Any:
    """How many of these name the member, and are by somebody else."""
    named = (
        sa.select(naming.c.sender_id)
        .where(
            sa.or_(naming.c.mentions_all, members.c.user_id == sa.any_(naming.c.mentions)),
            naming.c.sender_id != members.c.user_id,
        )
        .limit(sa.literal_column(str(MOST_NAMED)))
        .correlate(members)
        .subquery("named")
    )
    return sa.select(sa.func.count()).select_from(named).correlate(members).scalar_subquery()


MENTIONS = _of_member(NAMING) + _of_member(ARCHIVED_NAMING)


def _past_the_mark(table: Any, *conditions: sa.ColumnElement[bool]) -> Any:
    """How many of a table's numbers lie past a member's mark, up to the most that are counted."""
    past = (
        sa.select(table.c.n)
        .where(table.c.chat_id == members.c.chat_id, table.c.n > members.c.read_n, *conditions)
        .limit(sa.literal_column(str(MOST_TOMBSTONES)))
        .correlate(members)
        .subquery("past")
    )
    return sa.select(sa.func.count()).select_from(past).correlate(members).scalar_subquery()


TOMBSTONES = _past_the_mark(messages, messages.c.deleted_at.is_not(None))
ARCHIVED_TOMBSTONES = _past_the_mark(archive_tombstones)
PRESENT = members.c.left_at.is_(None)


def _of_unread(count: Any) -> Any:
    """A former member does not learn what came after the leaving: nothing is unread.

    Where all is read there is nothing to count: that is most chats of whoever comes back.
    """
    has_some = sa.and_(PRESENT, streams.c.n > members.c.read_n)
    return sa.case((has_some, count), else_=sa.literal_column("0"))


MY_COLUMNS = (
    members.c.chat_id,
    members.c.role,
    stamp(members.c.joined_at),
    stamp(members.c.left_at),
    members.c.read_seq,
    members.c.received_seq,
    members.c.read_n,
    _of_unread(streams.c.n - members.c.read_n - TOMBSTONES - ARCHIVED_TOMBSTONES).label("unread"),
    _of_unread(MENTIONS).label("mentions"),
    sa.func.coalesce(preferences.c.notify, sa.literal_column("'all'")).label("notify"),
    stamp(preferences.c.muted_until),
    preferences.c.draft,
    stamp(preferences.c.pinned_at),
    sa.func.coalesce(preferences.c.marked_unread, sa.false()).label("marked_unread"),
    # The event of the leaving is the last that changed the membership.
    sa.case((PRESENT, streams.c.seq), else_=members.c.rev).label("seq"),
)
MY_FROM = (
    JOINED.join(streams, streams.c.id == members.c.chat_id)
    .outerjoin(
        preferences,
        sa.and_(
            preferences.c.user_id == members.c.user_id, preferences.c.chat_id == members.c.chat_id
        ),
    )
)  # fmt: skip

MY = Prepared(
    sa.select(*MY_COLUMNS)
    .select_from(MY_FROM)
    .where(members.c.user_id == USER, any_of(members.c.chat_id, "chats")),
    kept=True,
)
ACCESS = Prepared(
    sa.select(chats.c.id, streams.c.seq, chats.c.kind)
    .select_from(JOINED.join(streams, streams.c.id == chats.c.id))
    .where(visible_chats(USER), any_of(chats.c.id, "chats")),
    kept=True,
)
ALL_ACCESS = Prepared(
    sa.select(chats.c.id, streams.c.seq, chats.c.kind)
    .select_from(JOINED.join(streams, streams.c.id == chats.c.id))
    .where(visible_chats(USER))
    .order_by(chats.c.id),
    kept=True,
)
HEAD = Prepared(sa.select(streams.c.seq, streams.c.n).where(streams.c.id == CHAT))
CHAT_BY_ID = Prepared(sa.select(*CHAT_COLUMNS).where(any_of(chats.c.id, "chats")))
DIRECT = Prepared(
    sa.select(chats.c.id).where(chats.c.user_ids == sa.bindparam("pair", type_=Ids))
)  # fmt: skip
ORG = Prepared(sa.select(chats.c.id).where(chats.c.kind == sa.literal_column("'org'")))
NEW_STREAM = Prepared(
    streams.insert().values(kind=sa.bindparam("kind")).returning(streams.c.id)
)  # fmt: skip
SAVE_CHATS = upsert(chats, fixed=["kind", "user_ids", "created_by", "created_at", "member_count"])
CHOSEN = [each for each in columns_of(preferences, PreferenceSet) if not each.primary_key]
PREFERENCE = Prepared(
    sa.select(*shown(CHOSEN)).where(preferences.c.user_id == USER, preferences.c.chat_id == CHAT)
)
DRAFT_BYTES = Prepared(
    sa.select(sa.func.sum(sa.func.octet_length(preferences.c.draft)).label("bytes"))
    .select_from(
        JOINED.join(
            preferences,
            sa.and_(
                preferences.c.user_id == members.c.user_id,
                preferences.c.chat_id == members.c.chat_id,
            ),
        )
    )
    .where(visible_chats(USER), preferences.c.draft.is_not(None), chats.c.id != CHAT)
)
SAVE_PREFERENCES = upsert(preferences, fixed=[])


async def find(reader: Reader, chat_ids: Sequence[int]) -> dict[int, Chat]:
    rows = await reader.fetch(CHAT_BY_ID, chats=list(chat_ids))
    return {row.id: Chat(**row._asdict()) for row in rows}


async def my(reader: Reader, user_id: int, chat_ids: Sequence[int]) -> dict[int, ChatMembership]:
    """A user's present and former memberships, by chat."""
    rows = await reader.fetch(MY, user=user_id, chats=list(chat_ids))
    return {row.chat_id: ChatMembership(**row._asdict()) for row in rows}


async def new_stream(database: Reader, kind: str) -> int:
    """Take a stream id; one that is never used after all costs nothing."""
    row = await database.fetch_one(NEW_STREAM, kind=kind)
    assert row is not None
    return int(row.id)


async def save(connection: Connection, saved: Sequence[Chat]) -> None:
    await connection.put(SAVE_CHATS, rows=as_rows(saved))


async def draft_bytes(reader: Reader, user_id: int, but: int) -> int:
    """Bytes (UTF-8) of a user's drafts in the chats they may read, but one."""
    row = await reader.fetch_one(DRAFT_BYTES, user=user_id, chat=but)
    return int(row.bytes or 0) if row else 0


async def preference(reader: Reader, user_id: int, chat_id: int) -> PreferenceSet:
    """What a person has chosen for a chat; the defaults where they never chose."""
    row = await reader.fetch_one(PREFERENCE, user=user_id, chat=chat_id)
    return PreferenceSet(user_id=user_id, chat_id=chat_id, **(row._asdict() if row else {}))


async def save_preference(connection: Connection, chosen: PreferenceSet) -> None:
    await connection.put(SAVE_PREFERENCES, rows=as_rows([chosen]))


async def install_org(database: Database, title: str, at: datetime) -> int:
    """Find the organisation's common room, or make it; return its id."""

    async def work(connection: Connection) -> int:
        id = await new_stream(connection, "chat")
        await connection.fetch(INSTALL_ORG, id=id, title=title, at=at)
        return id

    found = await database.fetch_one(ORG)
    if found is None:
        try:
            return await database.transact(work)
        except Duplicate:
            # Another server, which started together with this one, was faster.
            found = await database.fetch_one(ORG)
            assert found is not None
    return int(found.id)


INSTALL_ORG = Prepared(
    sa.text(
        """
        with numbered as (update streams set seq = 1 where id = :id returning id),
        logged as (insert into events (stream_id, seq, type, at, subject)
                   select id, 1, 'chat.created', :at, id from numbered)
        insert into chats (id, kind, title, created_at, updated_at, rev)
        select id, 'org', :title, :at, :at, 1 from numbered
        """
    )
)
