"""Reading the log back: events with their subjects.

Each event is joined with its subject as it stands now, so a deleted text is
gone from the log too. Each type of event has its loader below; `commits` and
`journal` write what is read here.
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import msgspec
import sqlalchemy as sa

from messenger.model import (
    Event,
    Message,
    Reaction,
    ReactionChange,
    SessionRevoked,
    TaskReminder,
)
from messenger.rules.emoji import emoji_key
from messenger.store.db import Row
from messenger.store.rows import chats, members, messages, tasks, users
from messenger.store.rows.chats import Ids, Reader
from messenger.store.rows.reactions import reactions_to
from messenger.store.schema.tables import events, streams
from messenger.store.statements import STAMP, Prepared

PAGE_ROWS = 1000
PAGE_BYTES = 256 * 1024


def at(column: str) -> str:
    """`stamp` for a column in hand-written SQL."""
    return f"to_char({column} at time zone 'UTC', {STAMP})".replace(":", "\\:")


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
LOGGED: dict[str, type[Any]] = {
    "reaction": ReactionChange,
    "session": SessionRevoked,
    "task.reminder": TaskReminder,
}
"""Types whose data the log itself keeps, because no table has it."""
_IN_LOG = " or ".join(f"type = '{each}' or type like '{each}.%'" for each in LOGGED)

# A page ends at its rows or its bytes, whichever comes first, but has one event at least. A
# message's event comes with the message: this is what everyone who was away reads, all at once.
# Tasks and drafts are read after it, and weigh as they do now, once with each of their events.
# What else the log has of a change, the old and the new of it, is for the task's history alone.
PAGE = Prepared(
    sa.text(
        f"""
        select seq, type, by, subject, case when {_IN_LOG} then data end as data,
               {at("at")} as at, n, sender_id, client_message_id,
               text, reply_to, task_id, mentions, mentions_all, {at("created_at")} as created_at,
               {at("edited_at")} as edited_at, {at("deleted_at")} as deleted_at,
               {at("pinned_at")} as pinned_at, pinned_by, rev
        from (select *, sum(size) over (order by seq) - size as bytes
              from (select e.seq, e.type, e.by, e.subject, e.data, e.at, m.n, m.sender_id,
                           m.client_message_id, m.text, m.reply_to, m.task_id, m.mentions,
                           m.mentions_all, m.created_at, m.edited_at, m.deleted_at, m.pinned_at,
                           m.pinned_by, m.rev,
                           200 + coalesce(octet_length(m.text), case
                           when e.type like 'task.%' then
                               (select octet_length(description)
                                       + octet_length(cast(checklist as text))
                                from tasks where id = e.subject)
                           when e.type in ('draft.changed', 'notify.changed', 'listing.changed')
                               then (select octet_length(draft) from preferences
                                where user_id = :stream and chat_id = e.subject)
                           end, 0) as size
                    from (select * from events where stream_id = :stream and seq > :after
                          and seq <= :upto order by seq limit :rows) e
                    left join messages m on m.chat_id = :stream and m.seq = e.subject
                                        and e.type like 'message.%'
              ) sized
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
    return await members.members_of(reader, stream, ids)


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
    "listing": _load_my,
    "draft": _load_my,
    "settings": _load_me,
}


def _of(table: dict[str, Any], type: str) -> Any:
    """Look a type up whole, then by its family: `message.pinned`, then `message`."""
    return table.get(type) or table.get(type.partition(".")[0])


def kept_in_log(type: str) -> bool:
    """Whether the data of such events stands in the log itself."""
    return _of(LOGGED, type) is not None


async def load(reader: Reader, stream: int, type: str, ids: Sequence[int]) -> dict[int, Any]:
    """The subjects of events of one type, as they stand now."""
    loader: Loader = _of(LOADERS, type)
    return await loader(reader, stream, ids)


def _kept(logged: Any, kind: type[Any]) -> Any:
    """What the log itself has, its emoji as they are written today."""
    data = msgspec.convert(logged, kind)
    if isinstance(data, ReactionChange):
        return msgspec.structs.replace(data, emoji=emoji_key(data.emoji))
    return data


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
    reactions = await reactions_to(reader, sorted(touched))
    events = []
    for row in rows:
        if row.n is not None:
            data: Any = _message(stream, row, reactions.get((stream, row.subject), []))
        elif (kept := _of(LOGGED, row.type)) is not None:
            data = _kept(row.data, kept)
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
