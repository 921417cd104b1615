"""Accounts: the public person, their private settings, their password's hash.

A guest sees only themselves and the users they share a chat with; `seen_by` is the one place that
says so.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from messenger.decision import PasswordSet, PrivateSaved
from messenger.errors import InvalidCredentials, RegistrationClosed
from messenger.model import Identity, Me, NotifySettings, User
from messenger.protocol.accounts import AddUser
from messenger.rules.accounts import email_key, username_key
from messenger.store.db import Connection
from messenger.store.paging import Part, fetch_part
from messenger.store.rows import invites
from messenger.store.rows.chats import Ids, Reader, visible_chats
from messenger.store.schema.tables import Moment, chats, members, users
from messenger.store.sql import sa
from messenger.store.statements import Prepared, as_rows, columns_of, shown, update

USER_COLUMNS = shown(columns_of(users, User))
ME_COLUMNS = shown(columns_of(users, Me))
ID = sa.bindparam("id", type_=sa.BigInteger)
LIMIT = sa.bindparam("limit", type_=sa.Integer)
GIVEN = users.c.id == sa.any_(sa.bindparam("ids", type_=Ids))


def seen_by(viewer: sa.ColumnElement[int], is_guest: sa.ColumnElement[bool]) -> Any:
    """Whether this person may know of that user."""
    other = members.alias("other")
    shared = (
        sa.select(sa.literal_column("1"))
        .select_from(
            members.join(chats, chats.c.id == members.c.chat_id).join(
                other, other.c.chat_id == members.c.chat_id
            )
        )
        .where(visible_chats(viewer), other.c.user_id == users.c.id, other.c.left_at.is_(None))
        .correlate(users)
        .exists()
    )
    return sa.or_(sa.not_(is_guest), users.c.id == viewer, shared)


SEEN = seen_by(
    sa.bindparam("viewer", type_=sa.BigInteger), sa.bindparam("is_guest", type_=sa.Boolean)
)
START = sa.bindparam("start", type_=sa.Text)
PART = sa.bindparam("part", type_=sa.Text)
STARTS = sa.or_(users.c.username.ilike(START), users.c.display_name.ilike(START))

BY_ID = Prepared(sa.select(*USER_COLUMNS).where(GIVEN).order_by(users.c.id))
VISIBLE = Prepared(sa.select(*USER_COLUMNS).where(GIVEN, SEEN).order_by(users.c.id))
ME = Prepared(sa.select(*ME_COLUMNS).where(users.c.id == ID))
BY_LOGIN = Prepared(
    sa.select(users.c.id, users.c.password_hash, users.c.disabled_at).where(
        sa.or_(
            users.c.username_key == sa.bindparam("username_key"),
            users.c.email_key == sa.bindparam("email_key"),
        )
    )
)
PASSWORD_HASH = Prepared(sa.select(users.c.password_hash).where(users.c.id == ID))
MUST_CHANGE = Prepared(sa.select(users.c.must_change_password).where(users.c.id == ID))
ADMINISTERED = Prepared(
    sa.select(
        sa.select(users.c.id)
        .where(users.c.role == sa.literal_column("'admin'"), users.c.disabled_at.is_(None))
        .exists()
    )
)
# Who begins with what was typed comes before who merely contains it.
SEARCH = Prepared(
    sa.select(*USER_COLUMNS)
    .where(
        SEEN,
        users.c.disabled_at.is_(None),
        sa.or_(users.c.username.ilike(PART), users.c.display_name.ilike(PART)),
    )
    .order_by(STARTS.desc(), sa.func.lower(users.c.display_name), users.c.id)
    .limit(LIMIT)
)
EVERYONE = Prepared(
    sa.select(*ME_COLUMNS)
    .where(users.c.id > sa.bindparam("after", type_=sa.BigInteger))
    .order_by(users.c.id)
    .limit(LIMIT)
)
ADD = Prepared(users.insert())
SAVE = update(users, "display_name", "avatar_url", "role", "disabled_at", "rev")
SAVE_PRIVATE = Prepared(
    users.update()
    .where(users.c.id == sa.bindparam("user_id"))
    .values(
        email=sa.bindparam("new_email"),
        email_key=sa.bindparam("new_email_key"),
        email_verified_at=sa.bindparam("new_verified_at", type_=Moment),
        locale=sa.bindparam("new_locale"),
        time_zone=sa.bindparam("new_time_zone"),
    )
)
NOTIFICATIONS = Prepared(sa.select(users.c.notifications).where(users.c.id == ID))
SAVE_NOTIFICATIONS = Prepared(
    users.update()
    .where(users.c.id == sa.bindparam("user_id"))
    .values(notifications=sa.bindparam("chosen"))
)
INSTEAD_OF = sa.bindparam("instead_of", type_=sa.Text)
SET_PASSWORD = Prepared(
    users.update()
    .where(
        users.c.id == sa.bindparam("user_id"),
        sa.or_(INSTEAD_OF.is_(None), users.c.password_hash == INSTEAD_OF),
    )
    .values(
        password_hash=sa.bindparam("new_hash"), must_change_password=sa.bindparam("must_change")
    )
    .returning(users.c.id)
)


class Credentials(msgspec.Struct, frozen=True):
    """What a login is checked against. Never leaves the server."""

    user_id: int
    password_hash: str | None
    disabled: bool


def pattern(query: str) -> str:
    """Take a query for LIKE literally: its wildcards and escapes are just characters."""
    for special in ("\\", "%", "_"):
        query = query.replace(special, "\\" + special)
    return query + "%"


# Reading


async def by_ids(reader: Reader, user_ids: Sequence[int]) -> list[User]:
    rows = await reader.fetch(BY_ID, ids=list(user_ids))
    return [User(**row._asdict()) for row in rows]


async def seen(reader: Reader, viewer: Identity, user_ids: Sequence[int]) -> list[User]:
    """Those of the users whom this person may know of, by id."""
    rows = await reader.fetch(VISIBLE, ids=list(user_ids), **_eyes(viewer))
    return [User(**row._asdict()) for row in rows]


async def visible(reader: Reader, viewer: Identity, user_ids: Sequence[int]) -> list[int]:
    """The same, by their ids alone."""
    return [user.id for user in await seen(reader, viewer, user_ids)]


async def search(reader: Reader, viewer: Identity, query: str, limit: int) -> list[User]:
    """Active users by a part of either name, beginnings first; an empty query finds all."""
    start = pattern(query)
    rows = await reader.fetch(SEARCH, start=start, part="%" + start, limit=limit, **_eyes(viewer))
    return [User(**row._asdict()) for row in rows]


async def me(reader: Reader, user_id: int) -> Me | None:
    row = await reader.fetch_one(ME, id=user_id)
    return Me(**row._asdict()) if row else None


async def everyone(reader: Reader, after: int, limit: int) -> Part[Me]:
    """All accounts by id, for administrators."""
    return await fetch_part(reader, EVERYONE, lambda row: Me(**row._asdict()), limit, after=after)


async def by_login(reader: Reader, login: str) -> Credentials | None:
    """Find an account by user name or e-mail; a user name has no @, so never by both."""
    login = login.strip()
    keys = {"email_key": email_key(login), "username_key": None}
    if "@" not in login:
        keys = {"email_key": None, "username_key": username_key(login)}
    row = await reader.fetch_one(BY_LOGIN, **keys)
    return Credentials(row.id, row.password_hash, row.disabled_at is not None) if row else None


async def password_hash(reader: Reader, user_id: int) -> str | None:
    row = await reader.fetch_one(PASSWORD_HASH, id=user_id)
    return row.password_hash if row else None


async def must_change_password(reader: Reader, user_id: int) -> bool:
    """Whether the user's password is a one-time password, which must be changed."""
    row = await reader.fetch_one(MUST_CHANGE, id=user_id)
    return row is not None and bool(row.must_change_password)


async def notifications(reader: Reader, user_id: int) -> NotifySettings:
    """What may notify a person; as by default where they never chose."""
    row = await reader.fetch_one(NOTIFICATIONS, id=user_id)
    return msgspec.convert((row and row.notifications) or {}, NotifySettings)


async def administered(reader: Reader) -> bool:
    """Whether there is an administrator yet."""
    (row,) = await reader.fetch(ADMINISTERED)
    return bool(row[0])


def _eyes(viewer: Identity) -> dict[str, Any]:
    return {"viewer": viewer.user_id, "is_guest": viewer.role == "guest"}


# Writing


async def save_notifications(
    connection: Connection, user_id: int, settings: NotifySettings
) -> None:
    chosen = msgspec.to_builtins(settings)
    await connection.put(SAVE_NOTIFICATIONS, user_id=user_id, chosen=chosen)


async def add(connection: Connection, user: User, command: AddUser) -> None:
    """Insert the row of a new account, whose stream exists, and take a use of its invitation.

    Duplicate names what is taken already; raises RegistrationClosed when the
    last use of the invitation was taken meanwhile.
    """
    at = datetime.fromisoformat(user.created_at)
    if command.invite_id and not await invites.use(connection, command.invite_id, at):
        raise RegistrationClosed("This invitation is used up or has run out; ask for a new one.")
    await connection.put(
        ADD,
        **msgspec.structs.asdict(user),
        username_key=username_key(user.username),
        email=command.email,
        email_key=_key_of(command.email),
        email_verified_at=at if command.email and command.email_verified else None,
        password_hash=command.password_hash,
        locale=command.locale,
        time_zone=command.time_zone,
        must_change_password=command.one_time,
        invite_id=command.invite_id,
    )


async def save(connection: Connection, saved: Sequence[User]) -> None:
    """Update the public part of these users, and their `rev`."""
    await connection.put(SAVE, rows=as_rows(saved))


async def save_private(connection: Connection, saved: PrivateSaved) -> None:
    proved = saved.email_verified_at
    await connection.put(
        SAVE_PRIVATE,
        user_id=saved.user_id,
        new_email=saved.email,
        new_email_key=_key_of(saved.email),
        new_verified_at=None if proved is None else datetime.fromisoformat(proved),
        new_locale=saved.locale,
        new_time_zone=saved.time_zone,
    )


async def set_password(connection: Connection, given: PasswordSet) -> None:
    """Raises InvalidCredentials where the password is not the one that was to be replaced."""
    row = await connection.fetch_one(
        SET_PASSWORD,
        user_id=given.user_id,
        new_hash=given.password_hash,
        must_change=given.one_time,
        instead_of=given.instead_of,
    )
    if row is None and given.instead_of is not None:
        raise InvalidCredentials("This link is used up.")


def _key_of(email: str | None) -> str | None:
    return None if email is None else email_key(email)
