"""The log's layout: what was posted is a row of `messages`, whatever else happened one of `events`.

A message has no second row that says that it was posted: its own says so, at its `seq`. Rows that
do, from before migration 0022, are passed over. So every number of a stream from `first_seq` to its
head is in one of the two tables, and whoever reads the log reads their union, which is made here.
"""

from collections.abc import Sequence
from typing import Any

from messenger.store.rows.chats import Ids
from messenger.store.schema.tables import chats, events, messages, streams
from messenger.store.sql import sa
from messenger.store.statements import Prepared

POSTED = "message.created"
PAGE_ROWS = 1000
EVENT_BYTES = 200

WHOLE = f"""
    select stream_id, seq, type, by, at, subject, data from events where type <> '{POSTED}'
    union all
    select chat_id, seq, '{POSTED}', sender_id, created_at, seq, null from messages
"""
"""Every entry of every stream, in no order: for exports and checks of a whole house."""

FIRSTS = Prepared(
    sa.select(streams.c.id, streams.c.first_seq.label("seq")).where(
        streams.c.id == sa.any_(sa.bindparam("ids", type_=Ids))
    )
)
"""The oldest event of each stream that the log still has."""


def union(columns: Sequence[str] = (), size: str = "0", posted_size: str = "0") -> str:
    """The entries of `:stream` after `:after` and up to `:upto`, in no order, as a subselect.

    With columns of the messages that events are about, and a size of each entry: of an event `e`
    with its message `m`, and of what was posted, `m` alone.
    """
    about = "".join(f", m.{name}" for name in columns)
    joined = (
        "left join messages m on m.chat_id = :stream and m.seq = e.subject"
        " and e.type like 'message.%'"
        if columns
        else ""
    )
    return f"""
        select e.seq as event_seq, e.type, e.by, e.at, e.subject, e.data, {size} as size{about}
        from (select * from events where stream_id = :stream and seq > :after and seq <= :upto
              and type <> '{POSTED}' order by seq limit {PAGE_ROWS}) e {joined}
        union all
        select m.seq, '{POSTED}', m.sender_id, m.created_at, m.seq, null, {posted_size}{about}
        from messages m where m.chat_id = :stream and m.seq > :after and m.seq <= :upto
    """


def _newest(at: sa.Column[Any], stream: sa.Column[int], seq: sa.Column[int]) -> Any:
    newest = sa.select(at).where(stream == chats.c.id).order_by(seq.desc()).limit(1)
    return newest.scalar_subquery()


LAST_AT = sa.func.greatest(
    _newest(events.c.at, events.c.stream_id, events.c.seq),
    _newest(messages.c.created_at, messages.c.chat_id, messages.c.seq),
)
"""When the last event in a row of `chats` was; null when the log has none of it."""
