"""Erasing a person: everything that is theirs alone goes; what is in chats goes by its events.

Their id stays, as nobody's: logs, tasks and the audit refer to it. `store.erased` says of every
table what becomes of it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from messenger.errors import Forbidden, NotFound, ValidationFailed
from messenger.model import Message
from messenger.store.db import Connection, Database
from messenger.store.rows import audit, messages
from messenger.store.rows.chats import Reader
from messenger.store.rows.rights import check_administrator
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamped

Choice = Literal["keep", "remove"]
AT_ONCE: Final = 100
"""Messages of one commit, in which their chats wait."""

ASKED = Prepared(
    sa.text(
        """
        select u.id,
               u.role = 'admin' and u.disabled_at is null and not exists (
                   select from users other where other.id <> u.id and other.role = 'admin'
                   and other.disabled_at is null) as last,
               exists (
                   select from legal_holds h where h.user_id = u.id or h.chat_id in (
                       select chat_id from members m where m.user_id = u.id)) as held
        from users u where u.id = :user for no key update
        """
    )
)
BEGIN = Prepared(
    sa.text(
        """
        insert into erasures (user_id, messages, by, at) values (:user, :messages, :by, :at)
        on conflict (user_id) do update
            set messages = excluded.messages, by = excluded.by, at = excluded.at,
                done_at = null, archived_at = null
            where erasures.messages = 'keep' and excluded.messages = 'remove'
        returning user_id
        """
    )
)
# After an import nobody knows of the erasure but the name.
ERASED = Prepared(
    sa.text(
        """
        select from users u where u.id = :user and (
            u.username_key = 'deleted:' || u.id
            or exists (select from erasures e where e.user_id = u.id))
        """
    )
)
# Another server may store a message that it had taken just before it heard that access had ended.
WAITING = Prepared(
    sa.text(
        f"""
        select user_id, messages, {stamped("at")} from erasures e
        where done_at is null or (
            messages = 'remove' and done_at > now() - interval '1 day' and exists (
                select from messages m where m.sender_id = e.user_id and m.deleted_at is null))
        """
    )
)
DONE = Prepared(sa.text("update erasures set done_at = :at where user_id = :user"))
# In this order: the address is looked for before it goes.
CLEAR: Final = tuple(
    Prepared(sa.text(statement))
    for statement in (
        """
        update invites set email = null from users u
        where u.id = :user and (invites.id = u.invite_id or lower(invites.email) = u.email_key)
        """,
        """
        delete from mails using users u
        where u.id = :user and (mails.user_id = u.id or lower(mails.address) = u.email_key)
        """,
        """
        delete from audit_words using users u
        where u.id = :user and (audit_words.user_id = u.id
            or lower(audit_words.words #>> '{after,email}') = u.email_key)
        """,
        "delete from push_subscriptions where user_id = :user",
        "delete from sessions where user_id = :user",
        "delete from preferences where user_id = :user",
        "delete from reminders where user_id = :user",
        "delete from mail_marks where user_id = :user",
        "delete from pushed where user_id = :user",
        "delete from request_keys where user_id = :user",
        "delete from avatars where stream_id = :user",
        "delete from exports where user_id = :user",
        "update members set read_seq = 0, received_seq = 0, read_n = 0 where user_id = :user",
        # What nobody has seen yet goes with the next sweep, not after a day.
        "update files set used_at = 'epoch' where uploader_id = :user and loose",
        """
        update users set
            username = 'deleted:' || id, username_key = 'deleted:' || id, display_name = :name,
            email = null, email_key = null, email_verified_at = null, password_hash = null,
            must_change_password = false, avatar_url = null, locale = 'en', time_zone = 'UTC',
            notifications = null, searches = null, last_seen_at = null, invite_id = null
        where id = :user
        """,
    )
)
# Copies of their messages that others have forwarded bear their name.
UNNAMED: Final = tuple(
    Prepared(sa.text(statement))
    for statement in (
        """
        update messages set forwarded_from = jsonb_set(
            forwarded_from, '{author}', to_jsonb(cast(:name as text)))
        where cast(forwarded_from ->> 'author_id' as bigint) = :user
        """,
        """
        update retained set was = jsonb_set(
            was, '{forwarded_from,author}', to_jsonb(cast(:name as text)))
        where cast(was -> 'forwarded_from' ->> 'author_id' as bigint) = :user
        """,
    )
)
GROUPS = Prepared(
    sa.text(
        f"""
        select m.chat_id, m.user_id, m.role, {stamped("joined_at")}, m.rev
        from members m join chats c on c.id = m.chat_id
        where m.user_id = :user and m.left_at is null and c.kind = 'group'
          and c.deleted_at is null
        """
    )
)
# Live ones, then those of the archive: of these the key of sending is all that is needed.
WRITTEN = Prepared(
    sa.text(
        f"""
        (select chat_id, seq, n, sender_id, client_message_id, {stamped("created_at")}
         from messages where sender_id = :user and deleted_at is null limit {AT_ONCE})
        union all
        (select k.chat_id, k.seq, k.n, k.sender_id, k.client_message_id, {stamped("created_at")}
         from sent_keys k
         where k.sender_id = :user
           and not exists (select from messages m where m.chat_id = k.chat_id and m.seq = k.seq)
           and not exists (
               select from archive_tombstones t where t.chat_id = k.chat_id and t.n = k.n)
           and exists (
               select from archive_parts p where p.stream_id = k.chat_id
               and p.state in ('removing', 'done') and k.seq between p.first_seq and p.last_seq)
         limit {AT_ONCE})
        limit {AT_ONCE}
        """
    )
)
ATTACHED = Prepared(
    sa.text(
        """
        select distinct a.chat_id, a.seq from attachments a
        join unnest(cast(:chats as bigint[]), cast(:seqs as bigint[])) as t(chat_id, seq)
          on t.chat_id = a.chat_id and t.seq = a.seq
        """
    )
)
FORGOTTEN = Prepared(
    sa.text(
        """
        update files set used_at = 'epoch' where uploader_id = :user and loose
          and not exists (select from attachments where file_id = files.id)
          and not exists (select from task_files where file_id = files.id)
        """
    )
)


class Erasure(msgspec.Struct, frozen=True):
    """What is asked for of whom, and since when."""

    user_id: int
    messages: Choice
    at: str


async def begin(
    database: Database, user_id: int, choice: Choice, by: int | None, at: datetime
) -> None:
    """Decide on it, and record it; twice is once.

    Raises NotFound, and Forbidden where a legal hold keeps the person's data, or who asks is no
    administrator (null: the server); nobody erases themselves or the last administrator.
    """

    async def work(connection: Connection) -> None:
        await check_administrator(connection, by)
        row = await connection.fetch_one(ASKED, user=user_id)
        if row is None:
            raise NotFound("There is no such person.")
        if by == user_id:
            raise Forbidden("Have another administrator erase you.")
        if row.last:
            raise ValidationFailed("The last administrator cannot be erased.", field="user_id")
        if row.held:
            raise Forbidden("A legal hold keeps what this person has here: lift it first.")
        begun = await connection.fetch_one(BEGIN, user=user_id, messages=choice, by=by, at=at)
        if begun is not None:
            await audit.record(connection, at, by, "user.erase", user_id, {"messages": choice})

    await database.transact(work)


async def erased(reader: Reader, user_id: int) -> bool:
    """Whether somebody was erased, or is being erased."""
    return await reader.fetch_one(ERASED, user=user_id) is not None


async def waiting(reader: Reader) -> list[Erasure]:
    """Those that are not done, or were done before the last of their messages had come."""
    return [Erasure(**row._asdict()) for row in await reader.fetch(WAITING)]


async def clear(database: Database, user_id: int, name: str) -> None:
    """Remove what is theirs alone; from now on they are called by this name."""

    async def work(connection: Connection) -> None:
        for statement in CLEAR:
            given: dict[str, Any] = {"name": name} if "name" in statement.defaults else {}
            await connection.put(statement, user=user_id, **given)

    await database.transact(work)


async def groups(reader: Reader, user_id: int) -> list[Any]:
    """Their seats in groups, as rows of a member's fields."""
    return list(await reader.fetch(GROUPS, user=user_id))


async def written(reader: Reader, user_id: int) -> list[Message]:
    """Some of the messages that are to be deleted, as far as their tombstones need them."""
    rows = await reader.fetch(WRITTEN, user=user_id)
    by_chat: dict[int, list[int]] = {}
    for row in rows:
        by_chat.setdefault(row.chat_id, []).append(row.seq)
    live = {
        (chat, seq): message
        for chat, seqs in by_chat.items()
        for seq, message in (await messages.by_seq(reader, chat, seqs)).items()
    }
    return [
        live.get((row.chat_id, row.seq)) or Message(**row._asdict(), text="") for row in rows
    ]  # fmt: skip


async def attached(reader: Reader, places: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of these messages, by (chat, seq), that have files."""
    chats, seqs = [chat for chat, _ in places], [seq for _, seq in places]
    return [(row.chat_id, row.seq) for row in await reader.fetch(ATTACHED, chats=chats, seqs=seqs)]


async def finish(database: Database, user_id: int, name: str, at: datetime) -> None:
    """Take their name from what others have forwarded, and call it done."""

    async def work(connection: Connection) -> None:
        for statement in UNNAMED:
            await connection.put(statement, user=user_id, name=name)
        await connection.put(FORGOTTEN, user=user_id)
        await connection.put(DONE, user=user_id, at=at)

    await database.transact(work)
