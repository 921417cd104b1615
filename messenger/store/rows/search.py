"""The index of the search: words by number, entries, the text of files, how far it is built.

`rev` of most entries is null: what their message was posted with, which their number has as well.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import msgspec

from messenger.store.db import Connection, Database
from messenger.store.rows.chats import Reader
from messenger.store.sql import ARRAY, sa
from messenger.store.statements import UNHURRIED, Prepared

Texts = ARRAY(sa.Text)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

# Whoever reads subjects and writes entries of them does both under this lock, so that an entry
# is never older than what was deleted meanwhile.
# What a crash of the database takes of it is written again, with the cursor that said it was.
LOCK = Prepared(sa.text("select pg_advisory_xact_lock(1836279666, 31)"), limits=UNHURRIED)
NUMBERS = Prepared(sa.text("select id, word from search_words where word = any(:words)"))
# A serial number is not to be spent on a word that is there: numbers follow how common words are.
ADD_WORDS = Prepared(
    sa.text(
        """
        insert into search_words (word, root)
        select word, root
        from unnest(cast(:words as text[]), cast(:roots as text[])) as t(word, root)
        on conflict (word) do nothing returning id, word
        """
    )
)
_ROWS = "json_to_recordset(:rows) as t"
_ENTRY = "chat_id bigint, entry bigint, at bigint, rev bigint, codes text, marks text"


def _rev(of: str) -> str:
    return f"coalesce({of}.rev, {of}.entry >> 6)"


SAVE = Prepared(
    sa.text(
        f"""
        insert into search_entries (chat_id, entry, at, rev, codes, marks)
        select chat_id, entry, at, nullif(rev, entry >> 6), codes, marks from {_ROWS}({_ENTRY})
        on conflict (chat_id, entry) do update
        set at = excluded.at, rev = excluded.rev, codes = excluded.codes, marks = excluded.marks
        where {_rev("search_entries")} <= {_rev("excluded")}
        """
    )
)
_WITHIN = "e.chat_id = t.chat_id and e.entry between t.first and t.last"
_RANGES = f"{_ROWS}(chat_id bigint, first bigint, last bigint, rev bigint)"
REMOVE = Prepared(
    sa.text(
        f"""
        with forgotten as (
            delete from search_unread e using {_RANGES} where {_WITHIN} and e.rev <= t.rev)
        delete from search_entries e using {_RANGES} where {_WITHIN} and {_rev("e")} <= t.rev
        """
    )
)
CLEAR_CHAT = Prepared(
    sa.text(
        """
        delete from search_entries where (chat_id, entry) in (
            select chat_id, entry from search_entries where chat_id = :chat limit :most)
        returning entry
        """
    )
)
# The text of files

QUEUE = Prepared(
    sa.text(
        f"""
        insert into search_unread (file_id, chat_id, entry, rev, due_at)
        select file_id, chat_id, entry, rev, now()
        from {_ROWS}(file_id uuid, chat_id bigint, entry bigint, rev bigint)
        on conflict (chat_id, entry) do update
        set file_id = excluded.file_id, rev = excluded.rev, due_at = excluded.due_at, tries = 0
        """
    )
)
UNREAD = Prepared(
    sa.text(
        """
        select u.chat_id, u.entry, u.rev, u.tries, f.sha256, f.mime, f.name, f.size, b.place,
               t.text
        from search_unread u
        left join files f on f.id = u.file_id
        left join blobs b on b.sha256 = f.sha256
        left join search_texts t on t.sha256 = f.sha256
        where u.due_at <= :now order by u.due_at limit :most
        """
    )
)
KEEP_TEXT = Prepared(
    sa.text(
        """
        insert into search_texts (sha256, text) select :sha256, :text
        where exists (select from blobs where sha256 = :sha256)
        on conflict do nothing
        """
    )
)
ADD_TO_ENTRY = Prepared(
    sa.text(
        f"""
        update search_entries set codes = codes || :codes
        where chat_id = :chat and entry = :entry and {_rev("search_entries")} = :rev
        """
    )
)
READ_DONE = Prepared(
    sa.text("delete from search_unread where chat_id = :chat and entry = :entry and rev = :rev")
)
READ_LATER = Prepared(
    sa.text(
        """
        update search_unread set tries = tries + 1, due_at = :due
        where chat_id = :chat and entry = :entry and rev = :rev
        """
    )
)
# Of a content that went while its text was read, too.
FORGET_TEXTS = Prepared(
    sa.text(
        """
        delete from search_texts t
        where not exists (select from blobs b where b.sha256 = t.sha256)
        """
    )
)

# Building

BUILD = Prepared(sa.text("select version, data from search_builds where name = :name for update"))
BUILD_NOW = Prepared(sa.text("select version, data from search_builds where name = :name"))
SAVE_BUILD = Prepared(
    sa.text(
        """
        insert into search_builds (name, version, data)
        values (:name, :version, cast(:data as jsonb))
        on conflict (name) do update set version = excluded.version, data = excluded.data
        """
    )
)


SIZES = Prepared(
    sa.text(
        """
        select cast(greatest(e.reltuples, 0) as bigint) as entries,
               cast(greatest(w.reltuples, 0) as bigint) as words,
               pg_total_relation_size(e.oid) + pg_total_relation_size(w.oid) as bytes,
               (select count(*) from search_unread) as unread_files
        from pg_class e, pg_class w
        where e.oid = cast('search_entries' as regclass)
          and w.oid = cast('search_words' as regclass)
        """
    )
)


class EntryRow(msgspec.Struct, frozen=True):
    """A row of the index; `at` in milliseconds since 1970."""

    chat_id: int
    entry: int
    at: int
    rev: int
    codes: str
    marks: str | None


class RangeRow(msgspec.Struct, frozen=True):
    """Entries of a chat, from one up to another, that are gone as of a `rev`."""

    chat_id: int
    first: int
    last: int
    rev: int


class UnreadRow(msgspec.Struct, frozen=True):
    """A file whose text is to be read."""

    file_id: str
    chat_id: int
    entry: int
    rev: int


async def forget_texts(database: Database) -> None:
    """Remove the text of contents that are no more."""
    await database.fetch(FORGET_TEXTS)


def in_ms(at: datetime) -> int:
    """A moment as the index has it."""
    return (at - EPOCH) // timedelta(milliseconds=1)


def moment_of(ms: int) -> datetime:
    return EPOCH + timedelta(milliseconds=ms)


def _json(rows: Sequence[Any]) -> str:
    return msgspec.json.encode(rows).decode()


async def lock(connection: Connection) -> None:
    await connection.put(LOCK)


async def numbers(reader: Reader, words: Sequence[str]) -> dict[str, int]:
    """The numbers of those words that have one."""
    if not words:
        return {}
    return {row.word: row.id for row in await reader.fetch(NUMBERS, words=list(words))}


async def add_words(connection: Connection, roots: Mapping[str, str]) -> dict[str, int]:
    """Give numbers to new words, by word; each with its root."""
    found = await connection.fetch(ADD_WORDS, words=list(roots), roots=list(roots.values()))
    added = {row.word: row.id for row in found}
    # Another process was faster with some.
    return added | await numbers(connection, [word for word in roots if word not in added])


async def save(connection: Connection, entries: Sequence[EntryRow]) -> None:
    """Save entries, each once; what is there in a later version stays."""
    if entries:
        await connection.fetch(SAVE, rows=_json(entries))


async def remove(connection: Connection, ranges: Sequence[RangeRow]) -> None:
    if ranges:
        await connection.fetch(REMOVE, rows=_json(ranges))


async def clear_chat(connection: Connection, chat_id: int, most: int) -> bool:
    """Remove some of a chat's entries; whether there may be more."""
    return len(await connection.fetch(CLEAR_CHAT, chat=chat_id, most=most)) == most


async def queue(connection: Connection, files: Sequence[UnreadRow]) -> None:
    if files:
        await connection.fetch(QUEUE, rows=_json(files))


async def build(connection: Connection, name: str) -> tuple[int, Any] | None:
    """How far it is, locked until the transaction ends: its version, and its data."""
    row = await connection.fetch_one(BUILD, name=name)
    return row and (row.version, row.data)


async def build_now(reader: Reader, name: str) -> tuple[int, Any] | None:
    """How far it is."""
    row = await reader.fetch_one(BUILD_NOW, name=name)
    return row and (row.version, row.data)


async def save_build(connection: Connection, name: str, version: int, data: Any) -> None:
    await connection.fetch(SAVE_BUILD, name=name, version=version, data=_json(data))


async def sizes(reader: Reader) -> dict[str, int]:
    """How large the index is, about: `entries`, `words`, `bytes`, `unread_files`."""
    row = await reader.fetch_one(SIZES)
    assert row is not None
    found: dict[str, int] = row._asdict()
    return found
