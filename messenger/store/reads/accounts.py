"""Accounts as administrators look through them: who they are, and whether they come."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from messenger.model import Me, Role
from messenger.store.paging import Part, fetch_part
from messenger.store.rows.chats import Reader
from messenger.store.rows.users import ME_COLUMNS, pattern
from messenger.store.schema.tables import Moment, sessions, users
from messenger.store.sql import ARRAY, sa
from messenger.store.statements import Prepared, stamp

State = Literal["active", "new", "disabled"]
PAGE: Final = 200

NOW = sa.bindparam("now", type_=Moment)
PART = sa.bindparam("part", type_=sa.Text)
ROLE = sa.bindparam("role", type_=sa.Text)
STATE = sa.bindparam("state", type_=sa.Text)
USED_AT = (
    sa.select(sa.func.max(sessions.c.last_used_at))
    .where(sessions.c.user_id == users.c.id)
    .scalar_subquery()
)
LIVE = (
    sa.select(sa.func.count())
    .where(
        sessions.c.user_id == users.c.id,
        sessions.c.revoked_at.is_(None),
        sessions.c.expires_at > NOW,
    )
    .scalar_subquery()
)
# What a socket tells is fresher; who only asks over REST has a session that was used.
HERE_AT = sa.func.greatest(users.c.last_seen_at, USED_AT)
# The same as that one's being null, without looking at every session of everybody.
NEVER_HERE = sa.and_(
    users.c.last_seen_at.is_(None),
    sa.not_(sa.select(sa.literal_column("1")).where(sessions.c.user_id == users.c.id).exists()),
)
LISTED = Prepared(
    sa.select(
        *ME_COLUMNS,
        stamp(HERE_AT).label("last_seen_at"),
        LIVE.label("sessions"),
        users.c.must_change_password.label("one_time_password"),
    )
    .where(
        users.c.id > sa.bindparam("after", type_=sa.BigInteger),
        sa.or_(
            PART.is_(None),
            users.c.username.ilike(PART),
            users.c.display_name.ilike(PART),
            users.c.email.ilike(PART),
        ),
        sa.or_(ROLE.is_(None), users.c.role == ROLE),
        sa.or_(
            STATE.is_(None),
            users.c.disabled_at.is_(None) == (sa.literal_column("'disabled'") != STATE),
        ),
        sa.or_(STATE.is_distinct_from(sa.literal_column("'new'")), NEVER_HERE),
    )
    .order_by(users.c.id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
TAKEN = Prepared(
    sa.select(users.c.username_key, users.c.email_key).where(
        sa.or_(
            users.c.username_key == sa.any_(sa.bindparam("usernames", type_=ARRAY(sa.Text))),
            users.c.email_key == sa.any_(sa.bindparam("emails", type_=ARRAY(sa.Text))),
        )
    )
)


class ListedAccount(Me, frozen=True, kw_only=True):
    """An account as administrators see it in the list."""

    last_seen_at: Annotated[
        str | None, Meta(description="When they were last here; null: never.")
    ] = None
    sessions: Annotated[int, Meta(description="Devices that are signed in.")]
    one_time_password: Annotated[
        bool, Meta(description="Whether they have yet to choose a password of their own.")
    ]


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which accounts: all of what is given holds. `new`: active, and never here."""

    query: str = ""
    role: Role | None = None
    state: State | None = None


async def listed(
    reader: Reader, sought: Sought, now: datetime, after: int, limit: int
) -> Part[ListedAccount]:
    """Accounts by id."""
    text = sought.query.strip()
    return await fetch_part(
        reader,
        LISTED,
        lambda row: ListedAccount(**row._asdict()),
        limit,
        after=after,
        now=now,
        part="%" + pattern(text) if text else None,
        role=sought.role,
        state=sought.state,
    )


async def all_of(
    reader: Reader, sought: Sought, now: datetime
) -> AsyncIterator[list[ListedAccount]]:
    """Every such account by id, page by page."""
    after = 0
    while True:
        part = await listed(reader, sought, now, after, PAGE)
        yield part.items
        if not part.more:
            return
        after = part.items[-1].id


async def taken(
    reader: Reader, usernames: Sequence[str], emails: Sequence[str]
) -> tuple[set[str], set[str]]:
    """Which of these keys of names and of addresses accounts have."""
    rows = await reader.fetch(TAKEN, usernames=list(usernames), emails=list(emails))
    return {row.username_key for row in rows}, {row.email_key for row in rows if row.email_key}
