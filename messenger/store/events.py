"""Reading the log back: events with their subjects.

Each event is joined with its subject as it stands now (`subjects` loads it), so a deleted text is
gone from the log too. `commits` and `journal` write what is read here.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import msgspec

from messenger.model import Event, ReactionChange
from messenger.protocol.event_types import EVENT_TYPES, is_kept_in_log
from messenger.rules.emoji import emoji_key
from messenger.store import log
from messenger.store.rows.chats import Ids, Reader
from messenger.store.rows.message_columns import (
    FILE_BYTES,
    MESSAGE_COLUMNS,
    files_of,
    message_of,
)
from messenger.store.rows.reactions import reactions_to
from messenger.store.schema.tables import streams
from messenger.store.sql import sa
from messenger.store.statements import Prepared, is_moment, stamped
from messenger.store.subjects import LOADERS

PAGE_BYTES = 320 * 1024
"""A thousand usual messages: what somebody missed in a day is one page."""


HEADS = Prepared(
    sa.select(streams.c.id, streams.c.seq).where(
        streams.c.id == sa.any_(sa.bindparam("ids", type_=Ids))
    ),
    kept=True,
)
CHANGED = Prepared(
    sa.select(streams.c.changed).where(streams.c.id == sa.bindparam("stream", type_=sa.BigInteger))
)
MOVED = Prepared(
    sa.text(
        """
        select s.id, s.seq
        from unnest(:ids, :seqs) as known(id, seq) join streams s on s.id = known.id
        where s.seq > known.seq
        """
    ).bindparams(sa.bindparam("ids", type_=Ids), sa.bindparam("seqs", type_=Ids))
)
_KEPT = ", ".join(f"'{type}'" for type in EVENT_TYPES if is_kept_in_log(type))


def _as_shown(column: sa.Column[Any]) -> str:
    return stamped(column.name) if is_moment(column) else column.name


# A page ends at its rows or its bytes, whichever comes first, but has one event at least. A
# message's event comes with the message: this is what everyone who was away reads, all at once.
# Tasks and drafts are read after it, and weigh as they do now, once with each of their events.
# What else the log has of a change, the old and the new of it, is for the task's history alone.
_MESSAGE_BYTES = f"{log.EVENT_BYTES} + m.file_count * {FILE_BYTES} + octet_length(m.text)"
_BYTES = f"""
    {log.EVENT_BYTES} + coalesce(m.file_count, 0) * {FILE_BYTES}
    + coalesce(octet_length(m.text), case
    when e.type like 'task.%' then
        (select octet_length(description) + octet_length(cast(checklist as text))
                + file_count * {FILE_BYTES}
         from tasks where id = e.subject)
    when e.type in ('draft.changed', 'notify.changed', 'listing.changed') then
        (select octet_length(draft) from preferences
         where user_id = :stream and chat_id = e.subject)
    end, 0)
"""
PAGE = Prepared(
    sa.text(
        f"""
        select event_seq, type, by, subject, case when type in ({_KEPT}) then data end as data,
               {stamped("at")}, {", ".join(map(_as_shown, MESSAGE_COLUMNS))}
        from (select *, sum(size) over (order by event_seq rows unbounded preceding) - size as bytes
              from ({log.union([each.name for each in MESSAGE_COLUMNS], _BYTES, _MESSAGE_BYTES)})
                   sized
        ) page
        where bytes < {PAGE_BYTES}
        order by event_seq
        """
    ),
    kept=True,
)


def _kept(logged: Any, type: str) -> msgspec.Struct:
    """What the log itself has, its emoji as they are written today."""
    data: msgspec.Struct = msgspec.convert(logged, EVENT_TYPES[type].data)
    if isinstance(data, ReactionChange):
        return msgspec.structs.replace(data, emoji=emoji_key(data.emoji))
    return data


async def read(reader: Reader, stream: int, after: int, upto: int) -> list[Event]:
    """A page of events after one number and up to another, with their subjects."""
    # Every number after `after` is one entry: beyond these there is nothing for this page.
    upto = min(upto, after + log.PAGE_ROWS)
    rows = await reader.fetch(PAGE, stream=stream, after=after, upto=upto)
    wanted: dict[type[Any], set[int]] = defaultdict(set)
    touched = set()
    for row in rows:
        if row.n is not None:
            if row.rev != row.subject:
                touched.add((stream, row.subject))
        elif not is_kept_in_log(row.type):
            wanted[EVENT_TYPES[row.type].data].add(row.subject)
    found = {kind: await LOADERS[kind](reader, stream, list(ids)) for kind, ids in wanted.items()}
    reactions = await reactions_to(reader, sorted(touched))
    attached = await files_of(reader, [row for row in rows if row.n is not None])
    events = []
    for row in rows:
        if row.n is not None:
            data: Any = message_of(row, reactions, attached)
        elif is_kept_in_log(row.type):
            data = _kept(row.data, row.type)
        else:
            data = found[EVENT_TYPES[row.type].data].get(row.subject)
        events.append(Event(row.type, stream, row.event_seq, row.at, row.by, data))
    return events


async def heads(reader: Reader, ids: Sequence[int]) -> dict[int, int]:
    return {row.id: row.seq for row in await reader.fetch(HEADS, ids=list(ids))}


async def changed(reader: Reader, stream: int) -> int:
    row = await reader.fetch_one(CHANGED, stream=stream)
    return int(row.changed) if row else 0


async def moved(reader: Reader, known: dict[int, int]) -> dict[int, int]:
    """Where streams stand, of those that are past what is known of them."""
    ids, seqs = list(known), list(known.values())
    return {row.id: row.seq for row in await reader.fetch(MOVED, ids=ids, seqs=seqs)}


async def firsts(reader: Reader, ids: Sequence[int]) -> dict[int, int]:
    """The oldest event of each stream that is still kept."""
    return {row.id: row.seq for row in await reader.fetch(log.FIRSTS, ids=list(ids))}
