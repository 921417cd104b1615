"""The dictionary of the search: which of its words are used, and letting go of the others."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from messenger.store.db import Connection, Database
from messenger.store.reads.search import KEYS
from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

NAME: Final = "words"
"""Of its row in `search_builds`: the dictionary's version, and which erasures were followed."""

VERSION = Prepared(sa.text(f"select version from search_builds where name = '{NAME}'"))
NUMBERS = Prepared(sa.text("select id from search_words order by id"))
PAGE = Prepared(
    sa.text(
        """
        with page as (
            select chat_id, entry, codes from search_entries
            where (chat_id, entry) > (:chat, :entry) order by chat_id, entry limit :most)
        select (select array[chat_id, entry] from page order by chat_id desc, entry desc limit 1)
                   as last,
               array(select distinct c.code from page
                     cross join unnest(string_to_array(page.codes, null)) as c(code)) as used
        """
    )
)
# By the index: what is removed is in a few entries or in none.
BY_INDEX = Prepared(sa.text("set local enable_seqscan = off"))
REMOVE = Prepared(
    sa.text(
        f"""
        delete from search_words w
        using unnest(cast(:ids as integer[]), cast(:codes as text[])) as t(id, code)
        where w.id = t.id and not exists (
            select from search_entries where {KEYS} @> array[t.code])
        returning w.id
        """
    )
)
GO_ON = Prepared(
    sa.text(
        f"""
        insert into search_builds (name, version, data) values ('{NAME}', 1, '{{}}')
        on conflict (name) do update set version = search_builds.version + 1
        """
    )
)
OWED = Prepared(
    sa.text(
        f"""
        select exists (
            select from erasures where done_at > coalesce(
                (select cast(data ->> 'at' as timestamptz) from search_builds
                 where name = '{NAME}'), '-infinity')) as owed
        """
    )
)
DONE = Prepared(
    sa.text(
        f"""
        insert into search_builds (name, version, data)
        values ('{NAME}', 1, jsonb_build_object('at', cast(:at as text)))
        on conflict (name) do update set data = excluded.data
        """
    )
)


class Used(msgspec.Struct, frozen=True):
    """A page of entries: where it ends (None: there were none), and its characters."""

    last: tuple[int, int] | None
    used: Sequence[str]


async def version(reader: Reader) -> int:
    """Goes on whenever words were removed: numbers that somebody remembers are none any more."""
    row = await reader.fetch_one(VERSION)
    return int(row.version) if row else 0


async def numbers(reader: Reader) -> list[int]:
    """All words' numbers, ascending."""
    return [row.id for row in await reader.fetch(NUMBERS)]


async def page(reader: Reader, after: tuple[int, int], most: int) -> Used:
    """What so many entries after one have, by (chat, entry)."""
    row = await reader.fetch_one(PAGE, chat=after[0], entry=after[1], most=most)
    assert row is not None
    return Used(tuple(row.last) if row.last else None, row.used)


async def remove(connection: Connection, codes: Mapping[int, str]) -> int:
    """Those words, by number, whose characters no entry has; under `search.lock`."""
    await connection.put(BY_INDEX)
    gone = await connection.fetch(REMOVE, ids=list(codes), codes=list(codes.values()))
    if gone:
        await connection.put(GO_ON)
    return len(gone)


async def owed(reader: Reader) -> bool:
    """Whether somebody was erased since the last time."""
    row = await reader.fetch_one(OWED)
    return bool(row and row.owed)


async def done(database: Database, at: str) -> None:
    """All that was erased before a moment is followed."""
    await database.fetch(DONE, at=at)
