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
# Asked again and again while pushes go out, of some dozens of people: each row is fetched by its
# key, behind a limit, whatever PostgreSQL knows of the tables, so the plan may be kept. Left to
# itself it reads a large chat's members once for each person, or all chats and users.
MEMBER = """(select user_id, chat_id, left_at, read_seq, read_n from members
    where chat_id = {chat} and user_id = w.user_id limit 1) m"""
CHAT = """(select kind, title, avatar_url, deleted_at from chats where id = m.chat_id limit 1) c"""
USER = (
    """(select disabled_at, time_zone, notifications from users where id = m.user_id limit 1) u"""
)
COUNT = """(select n from streams where id = m.chat_id limit 1) s"""
PREFERENCES = """(select notify, muted_until from preferences
    where user_id = m.user_id and chat_id = m.chat_id limit 1) p"""
FACTS = Prepared(
    sa.text(
        f"""
        select m.user_id, coalesce(p.notify, 'all') as level, p.muted_until, m.read_seq,
               m.left_at is null and c.deleted_at is null and u.disabled_at is null as there,
               u.time_zone, cast(u.notifications as text) as notifications
        from unnest(cast(:users as bigint[])) as w(user_id)
        cross join lateral {MEMBER.format(chat="cast(:chat as bigint)")}
        cross join lateral {USER}
        cross join lateral {CHAT}
        left join lateral {PREFERENCES} on true
        """
    ),
    kept=True,
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
        cross join lateral {MEMBER.format(chat="w.chat_id")}
        cross join lateral {CHAT}
        cross join lateral {COUNT}
        cross join lateral {USER}
        where m.left_at is null and c.deleted_at is null and u.disabled_at is null
        """
    ),
    kept=True,
)
BADGES = Prepared(
    sa.text(
        f"""
        select m.user_id, cast(sum({UNREAD}) as bigint) as unread
        from unnest(cast(:users as bigint[])) as w(user_id)
        cross join lateral (select user_id, chat_id, read_n from members
                            where user_id = w.user_id and left_at is null offset 0) m
        cross join lateral {COUNT}
        cross join lateral {CHAT}
        left join lateral {PREFERENCES} on true
        where s.n > m.read_n and c.deleted_at is null and coalesce(p.notify, 'all') <> 'none'
              and (p.muted_until is null or p.muted_until < :now)
        group by m.user_id
        """
    ),
    kept=True,
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
