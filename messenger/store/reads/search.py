"""Reads of the search: candidates that a person may see, the dictionary, what is shown of them.

Candidates come by one scan of one index, `&&` and `@>` on the keys of an entry, before anything is
asked of who may see them: the scan stands behind a fence, for the planner would rather walk through
all of a person's chats. How much it can find is bounded by who asks (`messenger.search.finding`).
"""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from messenger.store.db import Row
from messenger.store.rows.chats import JOINED, Reader, visible_chats
from messenger.store.rows.search import Texts, in_ms, moment_of
from messenger.store.schema.tables import chats, search_entries, streams
from messenger.store.sql import ARRAY, sa
from messenger.store.statements import Prepared

GROUPS: Final = 8
"""Groups of words, one of each is wanted, that one statement takes."""
LIMITS: Final = (
    "set local statement_timeout = 2000; set local enable_seqscan = off; set local jit = off; "
)
"""Nobody waits longer (milliseconds) for what is found, and others' turn comes; and an index is to
be used where there is one."""

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
CANDIDATES = Prepared(
    sa.select(_found.c.chat_id, _found.c.entry, _found.c.at)
    .where(
        _found.c.chat_id.in_(sa.select(chats.c.id).select_from(JOINED).where(visible_chats(USER)))
    )
    .order_by(*_order)
    .limit(_limit),
    limits=LIMITS,
)
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
PEOPLE = Prepared(
    sa.select(_found.c.chat_id, _found.c.entry, _found.c.at).order_by(*_order).limit(_limit),
    limits=LIMITS,
)
# What stands before the messages: tasks, people, chats and files, the latest of each.
_what = sa.func.least(_found.c.entry.op("&")(sa.literal_column("63")), sa.literal_column("4"))
_placed = (
    sa.select(
        _found.c.chat_id,
        _found.c.entry,
        _found.c.at,
        sa.func.row_number().over(partition_by=_what, order_by=_order).label("place"),
    )
    .where(
        sa.or_(
            _found.c.chat_id == sa.literal_column("0"),
            _found.c.chat_id.in_(
                sa.select(chats.c.id).select_from(JOINED).where(visible_chats(USER))
            ),
        )
    )
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

# What is shown

MESSAGES = Prepared(
    sa.text(
        """
        select m.chat_id, m.seq, m.sender_id, m.text, m.task_id
        from unnest(cast(:chats as bigint[]), cast(:seqs as bigint[])) as t(chat_id, seq)
        join messages m on m.chat_id = t.chat_id and m.seq = t.seq and m.deleted_at is null
        """
    )
)
HAVING = Prepared(
    sa.text(
        """
        select m.chat_id, m.seq
        from unnest(cast(:chats as bigint[]), cast(:seqs as bigint[]))
             with ordinality as t(chat_id, seq, place)
        join messages m on m.chat_id = t.chat_id and m.seq = t.seq and m.deleted_at is null
        where m.text like any(:patterns)
        order by t.place limit :most
        """
    ).bindparams(sa.bindparam("patterns", type_=Texts))
)
_NEIGHBOUR = """
    select seq, sender_id, left(text, 200) as text, created_at from messages
    where chat_id = t.chat_id and seq {0} t.seq and deleted_at is null
    order by seq {1} limit 1
"""
NEIGHBOURS = Prepared(
    sa.text(
        f"""
        select t.chat_id, t.seq,
               b.seq as before_seq, b.sender_id as before_sender, b.text as before_text,
               b.created_at as before_at,
               a.seq as after_seq, a.sender_id as after_sender, a.text as after_text,
               a.created_at as after_at
        from unnest(cast(:chats as bigint[]), cast(:seqs as bigint[])) as t(chat_id, seq)
        left join lateral ({_NEIGHBOUR.format("<", "desc")}) b on true
        left join lateral ({_NEIGHBOUR.format(">", "asc")}) a on true
        """
    )
)
TEXTS = Prepared(
    sa.text(
        """
        select id, case when upto <= :most or upto = size then text end as text
        from (
            select f.id, t.text, octet_length(t.text) as size,
                   sum(octet_length(t.text))
                       over (order by w.place rows unbounded preceding) as upto
            from unnest(cast(:ids as uuid[])) with ordinality as w(id, place)
            join files f on f.id = w.id join search_texts t on t.sha256 = f.sha256
        ) as each
        """
    )
)


class Candidate(NamedTuple):
    """An entry, and when that of which it is was made."""

    chat_id: int
    entry: int
    at: datetime


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


async def neighbours(reader: Reader, keys: Sequence[tuple[int, int]]) -> dict[Any, Row]:
    rows = await reader.fetch(NEIGHBOURS, **_of(keys))
    return {(row.chat_id, row.seq): row for row in rows}


async def messages_of(reader: Reader, keys: Sequence[tuple[int, int]]) -> dict[Any, Row]:
    """Messages of the tables, by chat and `seq`."""
    rows = await reader.fetch(MESSAGES, **_of(keys))
    return {(row.chat_id, row.seq): row for row in rows}


def _of(keys: Sequence[tuple[int, int]]) -> dict[str, list[int]]:
    return {"chats": [chat for chat, _ in keys], "seqs": [seq for _, seq in keys]}


async def my_chats(reader: Reader, user_id: int) -> dict[int, Row]:
    """The chats that this person may read, by id; with how many messages each was given."""
    return {row.id: row for row in await reader.fetch(MY_CHATS, user=user_id)}


async def having(
    reader: Reader, keys: Sequence[tuple[int, int]], words: Sequence[str], most: int
) -> set[tuple[int, int]]:
    """Of messages of the tables the first that have these words in this order, as written or as
    sentences begin; parts of words, too.
    """
    rows = await reader.fetch(HAVING, **_of(keys), patterns=_patterns(words), most=most)
    return {(row.chat_id, row.seq) for row in rows}


def _patterns(words: Sequence[str]) -> list[str]:
    escaped = [re.sub(r"([\\%_])", r"\\\1", word) for word in words]
    lowered = [word.lower() for word in escaped]
    first = [lowered[0].capitalize(), *lowered[1:]]
    forms = (escaped, lowered, first, [word.upper() for word in escaped])
    # An underscore stands for any character.
    return [re.sub("[её]", "_", f"%{'%'.join(form)}%", flags=re.IGNORECASE) for form in forms]


async def texts(reader: Reader, file_ids: Sequence[str], most: int) -> dict[str, str | None]:
    """The text of files, as far as it was read; None where it is more than so many bytes together
    with what comes before it, but for the first.
    """
    rows = await reader.fetch(TEXTS, ids=list(file_ids), most=most)
    return {row.id: row.text for row in rows}
