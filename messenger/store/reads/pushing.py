"""What is known, at the moment, of people whom something may be told to."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from messenger.model import ChatKind, NotifyLevel
from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

SUBSCRIBED = Prepared(
    sa.text(
        """
        select distinct m.user_id as id from members m
        join push_subscriptions p on p.user_id = m.user_id
        where m.chat_id = :chat and m.left_at is null
        """
    )
)
KIND = Prepared(sa.text("select kind from chats where id = :chat"))
NOTEBOOK = Prepared(
    sa.text(
        "select id from chats where kind = 'direct' and user_ids = array[cast(:user as bigint)]"
    )
)
FACTS = Prepared(
    sa.text(
        """
        select m.user_id, coalesce(p.notify, 'all') as level, p.muted_until, m.read_seq,
               m.left_at is null and c.deleted_at is null and u.disabled_at is null as there,
               u.time_zone, cast(u.notifications as text) as notifications
        from members m
        join users u on u.id = m.user_id
        join chats c on c.id = m.chat_id
        left join preferences p on p.user_id = m.user_id and p.chat_id = m.chat_id
        where m.chat_id = :chat and m.user_id = any(cast(:users as bigint[]))
        """
    )
)
# Deleted messages have an index of their own, and most chats have none past the mark.
UNREAD = """greatest(s.n - m.read_n - case when s.n > m.read_n then
    (select count(*) from messages d where d.chat_id = m.chat_id and d.n > m.read_n
     and d.deleted_at is not null) else 0 end, 0)"""
VIEWS = Prepared(
    sa.text(
        f"""
        select m.user_id, m.chat_id, c.kind, c.title, c.avatar_url, m.read_seq, {UNREAD} as unread,
               coalesce(cast(u.notifications ->> 'hide_text' as boolean), false) as hide_text
        from unnest(cast(:users as bigint[]), cast(:chats as bigint[])) as w(user_id, chat_id)
        join members m on m.user_id = w.user_id and m.chat_id = w.chat_id and m.left_at is null
        join chats c on c.id = m.chat_id and c.deleted_at is null
        join streams s on s.id = m.chat_id
        join users u on u.id = m.user_id and u.disabled_at is null
        """
    ),
    # They stand in the order in which they are to be read, each by its key: to look for a better
    # one is a third of the work, at every batch of pushes.
    limits="set local join_collapse_limit = 1; ",
)
BADGES = Prepared(
    sa.text(
        f"""
        select m.user_id, cast(sum({UNREAD}) as bigint) as unread
        from members m
        join chats c on c.id = m.chat_id and c.deleted_at is null
        join streams s on s.id = m.chat_id and s.n > m.read_n
        left join preferences p on p.user_id = m.user_id and p.chat_id = m.chat_id
        where m.user_id = any(cast(:users as bigint[])) and m.left_at is null
              and coalesce(p.notify, 'all') <> 'none'
              and (p.muted_until is null or p.muted_until < :now)
        group by m.user_id
        """
    )
)


class Facts(msgspec.Struct, frozen=True):
    """What decides whether a member of a chat is told of something in it."""

    user_id: int
    level: NotifyLevel
    muted_until: datetime | None
    read_seq: int
    there: bool
    time_zone: str
    notifications: str | None
    """As stored, JSON of `NotifySettings`: those of most people are the same."""


class View(msgspec.Struct, frozen=True, kw_only=True):
    """A chat as one who is in it now sees it."""

    user_id: int
    chat_id: int
    kind: ChatKind
    title: str | None
    avatar_url: str | None
    read_seq: int
    unread: int
    hide_text: bool


async def subscribed(reader: Reader, chat_id: int) -> frozenset[int]:
    """The people of a chat who have a device."""
    return frozenset(row.id for row in await reader.fetch(SUBSCRIBED, chat=chat_id))


async def kind(reader: Reader, chat_id: int) -> ChatKind | None:
    row = await reader.fetch_one(KIND, chat=chat_id)
    return row.kind if row else None


async def notebook(reader: Reader, user_id: int) -> int | None:
    """A person's chat with themselves."""
    row = await reader.fetch_one(NOTEBOOK, user=user_id)
    return row.id if row else None


async def facts(reader: Reader, chat_id: int, users: Iterable[int]) -> list[Facts]:
    rows = await reader.fetch(FACTS, chat=chat_id, users=list(users))
    return [Facts(*row) for row in rows]


async def views(reader: Reader, pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], View]:
    """By person and chat; who is not in the chat has none."""
    rows = await reader.fetch(
        VIEWS, users=[user for user, _ in pairs], chats=[chat for _, chat in pairs]
    )
    return {(row.user_id, row.chat_id): View(**row._asdict()) for row in rows}


async def badges(reader: Reader, users: Iterable[int], now: datetime) -> dict[int, int]:
    """Unread messages of each, in chats that are neither muted nor off; 0 is left out."""
    rows = await reader.fetch(BADGES, users=list(set(users)), now=now)
    return {row.user_id: row.unread for row in rows}
