"""Reads of the search: candidates that a person may see.

Candidates come by one scan of one index, `&&` and `@>` on the keys of an entry, before anything is
asked of who may see them: the scan stands behind a fence, for the planner would rather walk through
all of a person's chats. How much it can find is bounded by who asks (`messenger.search.finding`).
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from messenger.store.db import Row
from messenger.store.rows.chats import JOINED, Reader, visible_chats
from messenger.store.rows.search import Texts, in_ms, moment_of
from messenger.store.schema.tables import chats, messages, search_entries, streams
from messenger.store.sql import ARRAY, sa
from messenger.store.statements import Prepared

GROUPS: Final = 8
"""Groups of words, one of each is wanted, that one statement takes."""
LIMITS: Final = (
    "set local statement_timeout = 2000; set local enable_seqscan = off; set local jit = off; "
)
"""Nobody waits longer (milliseconds) for what is found, and others' turn comes; and an index is to
be used where there is one."""

FEW: Final = 100
"""Entries of which it is asked for each whether it may be read."""

Numbers = ARRAY(sa.Integer)
USER = sa.bindparam("user", type_=sa.BigInteger)


# As the index has it, or it is not used: its characters, its marks, those of its chat and time.
KEYS: Final = """(
    string_to_array(search_entries.codes, null) || string_to_array(search_entries.marks, ' ')
    || array['c' || cast(search_entries.chat_id as text),
             't' || cast(search_entries.at / 14400000 as text),
             'u' || cast(search_entries.at / 115200000 as text),
             'v' || cast(search_entries.at / 921600000 as text)])"""


def _keys_of(name: str) -> Any:
    return sa.bindparam(name, type_=Texts)


_keys = sa.literal_column(KEYS, Texts)
_entries = search_entries.c
_wanted = [
    sa.or_(_keys_of("every").is_(None), _keys.contains(_keys_of("every"))),
    *(
        sa.or_(_keys_of(name).is_(None), _keys.overlap(_keys_of(name)))
        for name in (f"any{place}" for place in range(GROUPS))
    ),
    sa.or_(_keys_of("none").is_(None), sa.not_(_keys.overlap(_keys_of("none")))),
    _entries.at >= sa.bindparam("since", type_=sa.BigInteger),
    sa.tuple_(_entries.at, _entries.chat_id, _entries.entry)
    < sa.tuple_(
        sa.bindparam("at", type_=sa.BigInteger),
        sa.bindparam("chat", type_=sa.BigInteger),
        sa.bindparam("entry", type_=sa.BigInteger),
    ),
    _entries.entry.op("&")(sa.literal_column("63"))
    == sa.any_(sa.bindparam("whats", type_=Numbers)),
]
_found = (
    sa.select(_entries.chat_id, _entries.entry, _entries.at)
    .where(*_wanted)
    .offset(sa.literal_column("0"))
    .subquery("found")
)
_order = (_found.c.at.desc(), _found.c.chat_id.desc(), _found.c.entry.desc())
_limit = sa.bindparam("limit", type_=sa.Integer)
_newest = sa.select(_found.c.chat_id, _found.c.entry, _found.c.at).order_by(*_order).limit(_limit)
_is_visible = _found.c.chat_id.in_(
    sa.select(chats.c.id).select_from(JOINED).where(visible_chats(USER))
)
CANDIDATES = Prepared(_newest.where(_is_visible), limits=LIMITS)


def _with_texts(visible: Any) -> sa.Select[Any]:
    """The same of messages, whether the text of each has what is looked for, and the texts of the
    first ones and of those that have it: of a phrase most have it not, and are not sent.
    """
    each = _newest.where(visible).subquery("each")
    order = (each.c.at.desc(), each.c.chat_id.desc(), each.c.entry.desc())
    place = sa.func.row_number().over(order_by=order).label("place")
    placed = sa.select(each.c.chat_id, each.c.entry, each.c.at, place).subquery("placed")
    # Behind a fence, or the text would be looked through twice.
    seen = (
        sa.select(
            placed.c.chat_id,
            placed.c.entry,
            placed.c.at,
            placed.c.place,
            messages.c.text,
            messages.c.sender_id,
            messages.c.task_id,
            messages.c.text.op("~")(sa.all_(sa.bindparam("patterns", type_=Texts))).label("has"),
        )
        .select_from(
            placed.outerjoin(
                messages,
                sa.and_(
                    messages.c.chat_id == placed.c.chat_id,
                    messages.c.seq == placed.c.entry.op(">>")(sa.literal_column("6")),
                    messages.c.deleted_at.is_(None),
                ),
            )
        )
        .offset(sa.literal_column("0"))
        .subquery("seen")
    )
    is_sent = sa.or_(seen.c.place <= sa.bindparam("sent", type_=sa.Integer), seen.c.has)
    return sa.select(
        seen.c.chat_id,
        seen.c.entry,
        seen.c.at,
        seen.c.has,
        sa.case((is_sent, seen.c.text)).label("text"),
        seen.c.sender_id,
        seen.c.task_id,
    ).order_by(seen.c.place)


FEW_MESSAGES = Prepared(_with_texts(_is_visible), limits=LIMITS)
# Of hundreds it is cheaper to ask for all visible chats than for each one's, which the planner does
# where it cannot make a join of it.
MANY_MESSAGES = Prepared(_with_texts(_is_visible.is_(sa.true())), limits=LIMITS)
# Of each chat one row, by the primary key: the numbers of messages grow.
LAST_SAID = Prepared(
    sa.text(
        """
        select max(l.at) as at from unnest(cast(:chats as bigint[])) as c(id),
        lateral (
            select at from search_entries
            where chat_id = c.id and entry & 63 = 0 order by entry desc limit 1
        ) as l
        """
    ),
    limits=LIMITS,
)
# People are in no chat: who may be seen is asked of `rows.users`.
PEOPLE = Prepared(_newest, limits=LIMITS)
# What stands before the messages: tasks, people, chats and files, the latest of each.
_what = sa.func.least(_found.c.entry.op("&")(sa.literal_column("63")), sa.literal_column("4"))
_placed = (
    sa.select(
        _found.c.chat_id,
        _found.c.entry,
        _found.c.at,
        sa.func.row_number().over(partition_by=_what, order_by=_order).label("place"),
    )
    .where(sa.or_(_found.c.chat_id == sa.literal_column("0"), _is_visible))
    .subquery("placed")
)
BESIDE = Prepared(
    sa.select(_placed.c.chat_id, _placed.c.entry, _placed.c.at)
    .where(_placed.c.place <= _limit)
    .order_by(_placed.c.place),
    limits=LIMITS,
)
# How many entries there are, and in which part of them the most common words are.
FIGURES = Prepared(
    sa.text(
        """
        select c.reltuples as entries,
               cast(cast(s.most_common_elems as text) as text[]) as keys,
               s.most_common_elem_freqs as parts,
               cast(cast(t.histogram_bounds as text) as bigint[]) as times
        from pg_class c
        left join pg_stats s on s.tablename = 'search_entries_keys' and s.schemaname = 'public'
        left join pg_stats t on t.tablename = 'search_entries' and t.attname = 'at'
             and t.schemaname = 'public'
        where c.oid = 'search_entries'::regclass
        """.replace("::", "\\:\\:")
    )
)
MY_CHATS = Prepared(
    sa.select(
        chats.c.id, chats.c.kind, chats.c.title, chats.c.user_ids, chats.c.member_count, streams.c.n
    )
    .select_from(JOINED.join(streams, streams.c.id == chats.c.id))
    .where(visible_chats(USER))
)


class Candidate(NamedTuple):
    """An entry, and when that of which it is was made.

    `has`: whether its message has what was looked for; None where nobody looked, or it is no more
    in the table. `message`: its `text`, `sender_id` and `task_id`, None where nobody asked for it;
    without a text where it was not sent, without a sender where it is no more in the table.
    """

    chat_id: int
    entry: int
    at: datetime
    has: bool | None = None
    message: Row | None = None


async def candidates(
    reader: Reader, user_id: int | None, *, since: datetime, at: datetime, **wanted: Any
) -> list[Candidate]:
    """Entries, the latest first, that this person may read; None: of people, who are in no chat."""
    wanted |= {"since": in_ms(since), "at": in_ms(at)}
    if user_id is None:
        found = await reader.fetch(PEOPLE, **wanted)
    else:
        found = await reader.fetch(CANDIDATES, user=user_id, **wanted)
    return [_candidate(row) for row in found]


async def messages_with(
    reader: Reader,
    user_id: int,
    *,
    since: datetime,
    at: datetime,
    limit: int,
    patterns: Sequence[str],
    sent: int,
    **wanted: Any,
) -> list[Candidate]:
    """The same of messages, and whether each has all of the patterns (regular expressions).

    The texts of the first ones, so many as are to be `sent`, come with them, as do those that have.
    """
    wanted |= {"since": in_ms(since), "at": in_ms(at), "patterns": list(patterns) or None}
    statement = FEW_MESSAGES if limit <= FEW else MANY_MESSAGES
    found = await reader.fetch(statement, user=user_id, limit=limit, sent=sent, **wanted)
    return [Candidate(row.chat_id, row.entry, moment_of(row.at), row.has, row) for row in found]


async def beside(
    reader: Reader, user_id: int, *, since: datetime, at: datetime, **wanted: Any
) -> list[Candidate]:
    """Tasks, people, chats and files, the latest `limit` of each; people, whoever may see them."""
    wanted |= {"since": in_ms(since), "at": in_ms(at)}
    return [_candidate(row) for row in await reader.fetch(BESIDE, user=user_id, **wanted)]


def _candidate(row: Row) -> Candidate:
    return Candidate(row.chat_id, row.entry, moment_of(row.at))


async def last_said(reader: Reader, chat_ids: Sequence[int]) -> datetime | None:
    """When the last message of these chats was sent, as far as the index has it."""
    row = await reader.fetch_one(LAST_SAID, chats=list(chat_ids))
    return moment_of(row.at) if row is not None and row.at is not None else None


async def my_chats(reader: Reader, user_id: int) -> dict[int, Row]:
    """The chats that this person may read, by id; with how many messages each was given."""
    return {row.id: row for row in await reader.fetch(MY_CHATS, user=user_id)}
