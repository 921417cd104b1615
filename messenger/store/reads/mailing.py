"""Whom mail may go to, and where they missed something."""

from datetime import date, datetime
from typing import Any, Final

import msgspec

from messenger.model import NotifySettings
from messenger.rules.accounts import email_key
from messenger.store.rows.chats import Reader
from messenger.store.schema.tables import Moment
from messenger.store.sql import sa
from messenger.store.statements import Prepared

CHATS: Final = 50
"""Chats that are looked at for one digest, those with news first."""

PERSON: Final = """
    u.id, u.username, u.display_name, u.email, u.locale, u.time_zone, u.notifications,
    u.password_hash, u.email_verified_at is not null as verified,
    coalesce(u.last_seen_at, u.created_at) as seen_at, k.looked_at, k.digest_at, k.weekly_on
    from users u left join mail_marks k on k.user_id = u.id
    where u.disabled_at is null
"""
BY_ID = Prepared(sa.text(f"select {PERSON} and u.id = :user"))
BY_EMAIL = Prepared(sa.text(f"select {PERSON} and u.email_key = :key"))
BY_NAME = Prepared(sa.text(f"select {PERSON} and u.username_key = :key"))
WANTING = Prepared(
    sa.text(
        f"""
        select {PERSON} and u.email_verified_at is not null and u.id > :after
        and (u.notifications ->> 'mail_digest' in ('1h', '8h', 'daily')
             or cast(u.notifications ->> 'mail_weekly' as boolean))
        order by u.id limit :limit
        """
    )
)
# Past what they read; the head is newer than the last look.
MISSED = Prepared(
    sa.text(
        f"""
        select m.chat_id, s.seq as head, m.read_seq as after
        from members m
        join chats c on c.id = m.chat_id and c.deleted_at is null
        join streams s on s.id = m.chat_id
        cross join lateral (select greatest(
            (select at from events where stream_id = s.id order by seq desc limit 1),
            (select created_at from messages where chat_id = s.id order by seq desc limit 1)
        ) as at) newest
        where m.user_id = :user and m.left_at is null and s.seq > m.read_seq
              and newest.at > :since
        order by newest.at desc
        limit {CHATS}
        """
    ).bindparams(sa.bindparam("since", type_=Moment))
)
EMAIL_TAKEN = Prepared(sa.text("select 1 from users where email_key = :key"))


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is not disabled, as mail needs to know them. Never leaves the server."""

    id: int
    username: str
    display_name: str
    email: str | None
    verified: bool
    locale: str
    time_zone: str
    notifications: NotifySettings
    password_hash: str | None
    seen_at: datetime
    looked_at: datetime | None
    digest_at: datetime | None
    weekly_on: date | None


class News(msgspec.Struct, frozen=True, kw_only=True):
    """A chat with something after what a person read."""

    chat_id: int
    head: int
    after: int


def _person(row: Any) -> Person:
    given = row._asdict()
    chosen = msgspec.convert(given.pop("notifications") or {}, NotifySettings)
    return Person(**given, notifications=chosen)


async def person(reader: Reader, user_id: int) -> Person | None:
    row = await reader.fetch_one(BY_ID, user=user_id)
    return _person(row) if row else None


async def by_key(reader: Reader, key: str, *, is_email: bool) -> Person | None:
    """By the key of a user name or an e-mail address (`rules.accounts`)."""
    row = await reader.fetch_one(BY_EMAIL if is_email else BY_NAME, key=key)
    return _person(row) if row else None


async def wanting(reader: Reader, after: int, limit: int) -> list[Person]:
    """Those who want digests or their tasks by mail, and proved their address; by id."""
    return [_person(row) for row in await reader.fetch(WANTING, after=after, limit=limit)]


async def missed(reader: Reader, user_id: int, since: datetime) -> list[News]:
    """Chats they are in with news since a moment, the newest first."""
    rows = await reader.fetch(MISSED, user=user_id, since=since)
    return [News(**row._asdict()) for row in rows]


async def email_taken(reader: Reader, address: str) -> bool:
    """Whether an account has this address."""
    return await reader.fetch_one(EMAIL_TAKEN, key=email_key(address)) is not None
