"""What pushes have told people: events that a push service took for a device of theirs."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final

import msgspec

from messenger.store.db import Database
from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import UNHURRIED, Prepared, as_rows

KEPT: Final = timedelta(days=9)
"""Longer than anybody asks about: a weekly mail looks back seven days."""

SAVE = Prepared(
    sa.text(
        """
        insert into pushed (user_id, stream, seq, since, tag, at)
        select user_id, stream, seq, since, tag, :now
        from json_to_recordset(:rows)
             as t(user_id bigint, stream bigint, seq bigint, since bigint, tag text)
        on conflict (user_id, stream, seq)
            do update set since = least(pushed.since, excluded.since), at = excluded.at
        """
    ),
    limits=UNHURRIED,
)
DELIVERED = Prepared(
    sa.text(
        """
        select distinct asked.seq from unnest(cast(:seqs as bigint[])) as asked(seq)
        join pushed p on p.user_id = :user and p.stream = :stream
             and asked.seq between p.since and p.seq
        """
    )
)
SHOWN = Prepared(
    sa.text(
        """
        select distinct on (p.user_id, p.stream) p.user_id, p.stream, p.seq, m.read_seq
        from pushed p
        join members m on m.chat_id = p.stream and m.user_id = p.user_id and m.left_at is null
        where p.tag = 'chat-' || p.stream and p.at > :since
        order by p.user_id, p.stream, p.seq desc
        """
    )
)
WITHDRAWN = Prepared(
    sa.text(
        """
        delete from pushed p
        using unnest(cast(:users as bigint[]), cast(:tags as text[]), cast(:seqs as bigint[]))
              as t(user_id, tag, seq)
        where p.user_id = t.user_id and p.tag = t.tag and p.seq <= t.seq
        """
    ),
    limits=UNHURRIED,
)
FORGET = Prepared(sa.text("delete from pushed where at < :before"))


class Pushed(msgspec.Struct, frozen=True, kw_only=True):
    """Of a person: the event that was pushed, and the first of those that it stands for."""

    user_id: int
    stream: int
    seq: int
    since: int
    tag: str


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The newest message of a chat on a person's devices, and how far they have read there."""

    user_id: int
    chat_id: int
    seq: int
    read_seq: int


async def save(database: Database, told: Sequence[Pushed], now: datetime) -> None:
    # One statement may not touch a row twice: a person has several devices.
    unique = {(each.user_id, each.stream, each.seq): each for each in told}.values()
    await database.fetch(SAVE, rows=as_rows(list(unique)), now=now)


async def delivered(reader: Reader, user_id: int, stream: int, seqs: Iterable[int]) -> set[int]:
    """Those of the events (`seq` of the stream) that a push has told the person of.

    Told is what a push service took for one of their devices, and what waited under the same tag
    and was replaced by it: the push counts it. Rows are kept for `KEPT`, and go once what they
    told of was read.
    """
    rows = await reader.fetch(DELIVERED, user=user_id, stream=stream, seqs=list(seqs))
    return {row.seq for row in rows}


async def shown(reader: Reader, since: datetime) -> list[Shown]:
    """What is on people's devices of chats, as far as it was told since a moment."""
    rows = await reader.fetch(SHOWN, since=since)
    return [
        Shown(user_id=row.user_id, chat_id=row.stream, seq=row.seq, read_seq=row.read_seq)
        for row in rows
    ]


async def withdrawn(database: Database, gone: Sequence[tuple[int, str, int]]) -> None:
    """Forget what was taken from people's screens: person, tag, up to which event."""
    await database.fetch(
        WITHDRAWN,
        users=[user for user, _, _ in gone],
        tags=[tag for _, tag, _ in gone],
        seqs=[seq for _, _, seq in gone],
    )


async def forget(database: Database, before: datetime) -> None:
    await database.fetch(FORGET, before=before)
