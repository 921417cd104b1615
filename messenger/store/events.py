"""The log: committing what was decided, and reading events back.

`commit` is the way of every change but a message: one short transaction that
takes the request key, locks the streams in id order, numbers, saves, appends.
Reading joins each event with its subject as it stands now, so a deleted text
is gone from the log too. Each event type has one loader and one saver, below.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa

from messenger.decision import (
    Audited,
    Decision,
    Entry,
    PasswordSet,
    PreferenceSet,
    PrivateSaved,
    RequestKey,
    SessionsRevoked,
    UserAdded,
    Write,
)
from messenger.model import (
    Event,
    Message,
    Reaction,
    ReactionChange,
    SessionRevoked,
    Subject,
    TaskReminder,
    timestamp,
)
from messenger.storage import Keyed, Moved
from messenger.store import audit, chats, messages, sessions, tasks, users
from messenger.store.chats import Ids, Reader
from messenger.store.db import STAMP, Connection, Database, Prepared, Row
from messenger.store.tables import events, request_keys, streams

PAGE_ROWS = 1000
PAGE_BYTES = 256 * 1024
CHANNEL = "messenger"


def at(column: str) -> str:
    """`stamp` for a column in hand-written SQL."""
    return f"to_char({column} at time zone 'UTC', {STAMP})".replace(":", "\\:")


LOCK = Prepared(
    sa.text(
        """
        with locked as (select id from streams where id = any(:ids) order by id for update)
        update streams s set seq = s.seq + c.count
        from locked, unnest(:ids, :counts) as c(id, count)
        where s.id = locked.id and c.id = locked.id
        returning s.id, s.seq - c.count as seq
        """
    ).bindparams(sa.bindparam("ids", type_=Ids), sa.bindparam("counts", type_=Ids))
)
APPEND = Prepared(
    sa.text(
        """
        insert into events (stream_id, seq, type, by, at, subject, data)
        select stream_id, seq, type, by, :at, subject, data
        from json_to_recordset(:events) as t(stream_id bigint, seq bigint, type text, by bigint,
             subject bigint, data jsonb)
        """
    )
)
TAKE_KEY = Prepared(request_keys.insert())
ANNOUNCE = Prepared(sa.text(f"select pg_notify('{CHANNEL}', :heads)"))
FIND_KEY = Prepared(
    sa.select(request_keys.c.digest, request_keys.c.subject).where(
        request_keys.c.user_id == sa.bindparam("user_id"), request_keys.c.key == sa.bindparam("key")
    )
)
FORGET_KEYS = Prepared(
    request_keys.delete().where(request_keys.c.at < sa.bindparam("before"))
)  # fmt: skip
HEADS = Prepared(
    sa.select(streams.c.id, streams.c.seq).where(
        streams.c.id == sa.any_(sa.bindparam("ids", type_=Ids))
    )
)
FIRST = Prepared(
    sa.select(sa.func.min(events.c.seq).label("seq")).where(
        events.c.stream_id == sa.bindparam("stream")
    )
)
# A page ends at its rows or its bytes, whichever comes first, but has one event at least. A
# message's event comes with the message: this is what everyone who was away reads, all at once.
PAGE = Prepared(
    sa.text(
        f"""
        select seq, type, by, subject, data, {at("at")} as at, n, sender_id, client_message_id,
               text, reply_to, task_id, mentions, mentions_all, {at("created_at")} as created_at,
               {at("edited_at")} as edited_at, {at("deleted_at")} as deleted_at,
               {at("pinned_at")} as pinned_at, pinned_by, rev
        from (select e.seq, e.type, e.by, e.subject, e.data, e.at, m.n, m.sender_id,
                     m.client_message_id, m.text, m.reply_to, m.task_id, m.mentions,
                     m.mentions_all, m.created_at, m.edited_at, m.deleted_at, m.pinned_at,
                     m.pinned_by, m.rev,
                     sum(200 + coalesce(octet_length(m.text), 0)) over (order by e.seq)
                     - 200 - coalesce(octet_length(m.text), 0) as bytes
              from (select * from events where stream_id = :stream and seq > :after
                    and seq <= :upto order by seq limit :rows) e
              left join messages m on m.chat_id = :stream and m.seq = e.subject
                                  and e.type like 'message.%'
        ) page
        where bytes < {PAGE_BYTES}
        order by seq
        """
    )
)


# Loaders: the present state of subjects, by event type


async def _load_messages(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await messages.by_seq(reader, stream, ids)


async def _load_chat(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await chats.find(reader, ids)


async def _load_members(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await chats.members_of(reader, stream, ids)


async def _load_users(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return {user.id: user for user in await users.by_ids(reader, ids)}


async def _load_tasks(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await tasks.by_ids(reader, ids)


async def _load_columns(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await tasks.columns_by_ids(reader, ids)


async def _load_membership(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    return await chats.my(reader, stream, ids)


async def _load_my(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    found = await chats.my(reader, stream, ids)
    return {id: membership.my() for id, membership in found.items()}


async def _load_me(reader: Reader, stream: int, ids: Sequence[int]) -> dict[int, Any]:
    me = await users.me(reader, stream)
    return {stream: me} if me else {}


Loader = Callable[[Reader, int, Sequence[int]], Awaitable[dict[int, Any]]]
LOADERS: dict[str, Loader] = {
    "message": _load_messages,
    "member": _load_members,
    "user": _load_users,
    "task": _load_tasks,
    "column": _load_columns,
    "chat.created": _load_chat,
    "chat.updated": _load_chat,
    "chat.deleted": _load_chat,
    "chat.joined": _load_membership,
    "chat.left": _load_membership,
    "notify": _load_my,
    "draft": _load_my,
    "settings": _load_me,
}
LOGGED: dict[str, type[Any]] = {
    "reaction": ReactionChange,
    "session": SessionRevoked,
    "task.reminder": TaskReminder,
}
"""Types whose data the log itself keeps, because no table has it."""


def _of(table: dict[str, Any], type: str) -> Any:
    """Look a type up whole, then by its family: `message.pinned`, then `message`."""
    return table.get(type) or table.get(type.partition(".")[0])


async def load(reader: Reader, stream: int, type: str, ids: Sequence[int]) -> dict[int, Any]:
    """The subjects of events of one type, as they stand now."""
    loader: Loader = _of(LOADERS, type)
    return await loader(reader, stream, ids)


async def read(reader: Reader, stream: int, after: int, upto: int) -> list[Event]:
    """A page of events after one number and up to another, with their subjects."""
    rows = await reader.fetch(PAGE, stream=stream, after=after, upto=upto, rows=PAGE_ROWS)
    wanted: dict[Loader, set[int]] = defaultdict(set)
    touched = set()
    for row in rows:
        if row.n is not None:
            if row.rev != row.subject:
                touched.add((stream, row.subject))
        elif not _of(LOGGED, row.type):
            loader = _of(LOADERS, row.type)
            wanted[loader].add(row.subject)
    found = {loader: await loader(reader, stream, list(ids)) for loader, ids in wanted.items()}
    reactions = await messages.reactions_to(reader, sorted(touched))
    events = []
    for row in rows:
        if row.n is not None:
            data: Any = _message(stream, row, reactions.get((stream, row.subject), []))
        elif (kept := _of(LOGGED, row.type)) is not None:
            data = msgspec.convert(row.data, kept)
        else:
            data = found[_of(LOADERS, row.type)].get(row.subject)
        events.append(Event(row.type, stream, row.seq, row.at, row.by, data))
    return events


def _message(stream: int, row: Row, reactions: list[Reaction]) -> Message:
    return Message(
        chat_id=stream,
        seq=row.subject,
        n=row.n,
        sender_id=row.sender_id,
        client_message_id=row.client_message_id,
        text=row.text,
        reply_to=row.reply_to,
        reactions=reactions,
        mentions=row.mentions,
        mentions_all=row.mentions_all,
        task_id=row.task_id,
        pinned_at=row.pinned_at,
        pinned_by=row.pinned_by,
        created_at=row.created_at,
        edited_at=row.edited_at,
        deleted_at=row.deleted_at,
        rev=row.rev,
    )


async def heads(reader: Reader, ids: Sequence[int]) -> dict[int, int]:
    return {row.id: row.seq for row in await reader.fetch(HEADS, ids=list(ids))}


async def first(reader: Reader, stream: int) -> int:
    """The oldest event still kept."""
    row = await reader.fetch_one(FIRST, stream=stream)
    return int(row.seq or 0) if row else 0


# Savers: the rows of subjects, by event type


async def _save(connection: Connection, type: str, entries: list[Entry]) -> None:
    subjects = [entry.data for entry in entries]
    match type.partition(".")[0]:
        case "message":
            await messages.save(connection, subjects)
        case "chat" if type not in ("chat.joined", "chat.left"):
            await chats.save(connection, subjects)
        case "member":
            await chats.save_members(connection, subjects)
        case "user":
            await users.save(connection, subjects)
        case "task" if type != "task.reminder":
            await tasks.save(connection, entries)
        case "column":
            await tasks.save_columns(connection, entries)


async def _write(connection: Connection, write: Write, by: int | None, at: datetime) -> None:
    match write:
        case UserAdded(user=user, command=command):
            await users.add(connection, user, command)
        case PrivateSaved():
            await users.save_private(
                connection, write.user_id, write.email, write.locale, write.time_zone
            )
        case PasswordSet():
            await users.set_password(connection, write.user_id, write.password_hash)
        case SessionsRevoked():
            await sessions.revoke(connection, write.session_ids, at)
        case PreferenceSet():
            await chats.save_preference(connection, **msgspec.structs.asdict(write))
        case Audited():
            await audit.record(connection, at, by, write.action, write.subject, write.details)
        case _:
            raise NotImplementedError(write)


async def commit(
    database: Database,
    decision: Decision,
    at: datetime,
    key: RequestKey | None = None,
    announce: bool = False,
) -> list[Event]:
    """Do all of a decision in one transaction; return its events, in its order.

    Raises `Duplicate` when the key is taken or a unique row exists, and `Moved`
    when the log went on since the decision. With
    `announce`, other processes are told which streams grew (NOTIFY).
    """

    async def work(connection: Connection) -> list[Event]:
        if key is not None:
            await _take(connection, decision, key, at)
        entries = await _number(connection, decision)
        for write in decision.writes:
            await _write(connection, write, decision.by, at)
        await _save_subjects(connection, entries)
        done = await _log(connection, entries, decision.by, at)
        if announce and done:
            await connection.fetch(ANNOUNCE, heads=_grown(done))
        return done

    return await database.transact(work)


def _grown(done: list[Event]) -> str:
    """Which streams grew, from which event to which: `17:341-343,5:9-9`."""
    spans: dict[int, tuple[int, int]] = {}
    for event in done:
        first, _ = spans.get(event.stream, (event.seq, 0))
        spans[event.stream] = (first, event.seq)
    return ",".join(f"{stream}:{first}-{last}" for stream, (first, last) in spans.items())


async def _take(
    connection: Connection, decision: Decision, key: RequestKey, at: datetime
) -> None:  # fmt: skip
    subject: tuple[str, int, int | None] | None = decision.about
    if decision.answer is not None and decision.entries:
        entry = decision.entries[decision.answer]
        subject = (entry.type, entry.stream, entry.subject)
    await connection.fetch(
        TAKE_KEY, user_id=key.user_id, key=key.key, digest=key.digest, subject=subject, at=at
    )


async def _number(connection: Connection, decision: Decision) -> list[tuple[int, Entry]]:
    """Lock the streams and take their next numbers; raises Moved past the decision's head."""
    entries = decision.entries
    counts: dict[int, int] = defaultdict(int)
    for entry in entries:
        counts[entry.stream] += 1
    if not counts:
        return []
    rows = await connection.fetch(LOCK, ids=list(counts), counts=list(counts.values()))
    seqs = {row.id: row.seq for row in rows}
    if decision.head is not None:
        stream, seq = decision.head
        if seqs.get(stream, seq) != seq:
            raise Moved
    numbered = []
    for entry in entries:
        seqs[entry.stream] += 1
        seq = seqs[entry.stream]
        if isinstance(entry.data, Subject):
            entry = msgspec.structs.replace(
                entry, data=msgspec.structs.replace(entry.data, rev=seq)
            )
        numbered.append((seq, entry))
    return numbered


async def _save_subjects(connection: Connection, entries: list[tuple[int, Entry]]) -> None:
    """Save in the order of the entries; neighbours of one type go as one statement."""
    waiting: list[Entry] = []
    for position, (seq, entry) in enumerate(entries):
        if entry.type.startswith("reaction."):
            await messages.react(connection, entry.data, seq, entry.type == "reaction.added")
            continue
        if entry.data is not None:
            waiting.append(entry)
        following = entries[position + 1][1] if position + 1 < len(entries) else None
        if waiting and (following is None or following.type != entry.type):
            await _save(connection, entry.type, waiting)
            waiting = []


async def _log(
    connection: Connection, entries: list[tuple[int, Entry]], by: int | None, at: datetime
) -> list[Event]:
    rows = [
        {
            "stream_id": entry.stream,
            "seq": seq,
            "type": entry.type,
            "by": by,
            "subject": entry.subject,
            "data": entry.data if _of(LOGGED, entry.type) else entry.detail,
        }
        for seq, entry in entries
    ]
    if rows:
        await connection.fetch(APPEND, events=msgspec.json.encode(rows).decode(), at=at)
    moment = timestamp(at)
    done = []
    for seq, entry in entries:
        data = entry.data
        if data is None and entry.subject is not None:
            found = await load(connection, entry.stream, entry.type, [entry.subject])
            data = found.get(entry.subject)
        done.append(Event(entry.type, entry.stream, seq, moment, by, data))
    return done


async def find_key(reader: Reader, user_id: int, key: str) -> Keyed | None:
    row = await reader.fetch_one(FIND_KEY, user_id=user_id, key=key)
    if row is None:
        return None
    return Keyed(bytes(row.digest), tuple(row.subject) if row.subject else None)


async def forget_keys(database: Database, before: datetime) -> None:
    """Drop request keys from before a moment (they are kept for 30 days)."""
    await database.fetch(FORGET_KEYS, before=before)
