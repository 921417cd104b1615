import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from messenger.errors import NotFound
from messenger.model import Identity
from messenger.store.connection import AT_ONCE
from messenger.store.db import Connection, Database
from messenger.store.reads import chats as chat_reads
from messenger.store.reads import messages as message_reads
from messenger.store.reads import sync
from messenger.store.rows import boards, messages
from messenger.store.statements import Prepared

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
EPOCH = 7

PERSON = Prepared(
    sa.text(
        """
        with made as (insert into streams (kind, seq) values ('user', 1) returning id)
        insert into users (id, username, username_key, display_name, role, locale, time_zone,
                           created_at)
        select id, :name, :name, :name, 'user', 'ru', 'UTC', :at from made returning id
        """
    )
)
CHAT = Prepared(
    sa.text(
        """
        with made as (insert into streams (kind) values ('chat') returning id)
        insert into chats (id, kind, title, created_at, updated_at)
        select id, 'group', 'lobby', :at, :at from made returning id
        """
    )
)
SEAT = Prepared(
    sa.text(
        "insert into members (chat_id, user_id, role, joined_at, left_at) "
        "values (:chat, :user, 'member', :at, :left)"
    )
)
POST = Prepared(
    sa.text(
        """
        with numbered as (update streams set seq = seq + 1, n = n + 1 where id = :chat
                          returning id, seq, n),
        logged as (insert into events (stream_id, seq, type, by, at, subject)
                   select id, seq, 'message.created', :user, :at, seq from numbered)
        insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text,
                              created_at, rev)
        select id, seq, n, :user, gen_random_uuid(), '', 'hi', :at, seq from numbered
        """
    )
)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, size=3)
    await database.open()
    yield database
    await database.close()


async def person(database: Database, name: str) -> int:
    row = await database.fetch_one(PERSON, name=name, at=NOW)
    assert row is not None
    return int(row.id)


async def chat_of(database: Database, *people: int, left: datetime | None = None) -> int:
    row = await database.fetch_one(CHAT, at=NOW)
    assert row is not None
    for user in people:
        await database.fetch(SEAT, chat=row.id, user=user, at=NOW, left=left)
    return int(row.id)


async def post(reader: Database | Connection, chat: int, user: int, count: int = 1) -> None:
    for _ in range(count):
        await reader.fetch(POST, chat=chat, user=user, at=NOW)


async def run(database: Database, statement: str) -> None:
    await database.fetch(Prepared(sa.text(statement)))


def changes(database: Database, user: int, cursors: dict[int, int | None], **more: Any) -> Any:
    given = {"everything": False, "limit": 100, "stale": False, "epoch": EPOCH, **more}
    return sync.changes(database, user, cursors, **given)


READS = {
    "chat": lambda db, me, chat: chat_reads.chat(db, me, chat),
    "snapshot": lambda db, me, chat: chat_reads.snapshot(db, me, chat, EPOCH),
    "present": lambda db, me, chat: chat_reads.members_page(db, me, chat, 0, 9),
    "members_of": lambda db, me, chat: chat_reads.members_of(db, me, chat, [me]),
    "page": lambda db, me, chat: message_reads.page(db, me, chat, 9),
    "message": lambda db, me, chat: message_reads.message(db, me, chat, 1),
    "reactions": lambda db, me, chat: message_reads.reactions(db, me, chat, 1, 9, None),
    "pins": lambda db, me, chat: message_reads.pins(db, me, chat, 9, None),
}  # fmt: skip


@pytest.mark.parametrize("read", READS)
async def test_only_members_of_a_chat_that_is_there_read_it(database: Database, read: str) -> None:
    alice, bob, carol = [await person(database, name) for name in ("alice", "bob", "carol")]
    lobby = await chat_of(database, alice)
    await database.fetch(SEAT, chat=lobby, user=bob, at=NOW, left=NOW)
    await post(database, lobby, alice)
    assert await READS[read](database, alice, lobby) is not None
    for outsider in (bob, carol):
        with pytest.raises(NotFound):
            await READS[read](database, outsider, lobby)
    await run(database, f"update chats set deleted_at = now() where id = {lobby}")
    with pytest.raises(NotFound):
        await READS[read](database, alice, lobby)


async def test_lists_and_changes_have_visible_chats_alone(database: Database) -> None:
    alice, bob = await person(database, "alice"), await person(database, "bob")
    lobby, deleted, other = [await chat_of(database, alice) for _ in range(3)]
    left = await chat_of(database, alice, left=NOW)
    await database.fetch(SEAT, chat=other, user=bob, at=NOW, left=None)
    await run(database, f"update chats set deleted_at = now() where id = {deleted}")
    for chat in (lobby, deleted, other, left):
        await post(database, chat, bob)
    who = Identity(user_id=alice, session_id="", username="alice", role="user")
    visible = {lobby, other}
    listed, _ = await chat_reads.page(database, alice, 9, None)
    loaded = await sync.bootstrap(database, who, 9, None, EPOCH)
    found = await changes(database, alice, dict.fromkeys((lobby, deleted, other, left), 0))
    assert {chat.id for chat in listed} == visible
    assert {snapshot.chat.id for snapshot in loaded.snapshots} == visible
    assert loaded.beginning is not None
    assert dict(loaded.beginning.cursors).keys() == {alice, *visible}
    assert {event.stream for event in found.events} == visible
    assert [state.id for state in found.streams if state.gone] == [deleted, left]


async def test_a_read_sees_one_moment(database: Database) -> None:
    alice = await person(database, "alice")
    lobby = await chat_of(database, alice)
    await post(database, lobby, alice)

    async def read(connection: Connection) -> list[int]:
        before = len((await messages.after(connection, lobby, 0, 9)).items)
        await post(database, lobby, alice)
        return [before, len((await messages.after(connection, lobby, 0, 9)).items)]

    assert await chat_reads.within(database, alice, lobby, read) == [1, 1]
    assert len((await message_reads.page(database, alice, lobby, 9)).messages) == 2


async def test_a_cursor_is_never_ahead_of_the_events_beside_it_nor_the_state(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = await person(database, "alice"), await person(database, "bob")
    lobby = await chat_of(database, alice, bob)
    await post(database, lobby, alice, 3)
    read = sync.events.read

    async def overtaken(*given: Any) -> Any:
        await post(database, lobby, alice)
        return await read(*given)

    monkeypatch.setattr(sync.events, "read", overtaken)
    cursors = {lobby: 0}
    for seqs in ([1, 2, 3], [4]):
        found = await changes(database, bob, cursors)
        assert [event.seq for event in found.events] == seqs
        assert found.cursors == [(lobby, seqs[-1])]
        assert found.streams[0].my.unread == seqs[-1]
        cursors = dict(found.cursors)


async def test_a_log_that_ends_before_its_head_begins_anew_and_not_for_ever(
    database: Database,
) -> None:
    alice = await person(database, "alice")
    lobby = await chat_of(database, alice)
    await post(database, lobby, alice, 3)
    await run(database, f"delete from messages where chat_id = {lobby} and seq = 3")
    found = await changes(database, alice, {lobby: 2})
    assert (found.events, found.cursors, found.more) == ([], [(lobby, 3)], False)
    assert found.streams[0].reset


class Turns:
    """Counts the turns that others have meanwhile, and in which of them rows were made."""

    def __init__(self, make: Any) -> None:
        self.make = make
        self.turns = 0
        self.made: list[int] = []

    async def run(self) -> None:
        while True:
            self.turns += 1
            await asyncio.sleep(0)

    def _make(self, row: Any) -> Any:
        self.made.append(self.turns)
        return self.make(row)

    @property
    def most(self) -> int:
        """Rows that were made in one turn."""
        return max(Counter(self.made).values())


async def test_much_that_is_read_keeps_nobody_from_their_turn(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = Prepared(sa.text("select g as id from generate_series(1, 2001) g"))
    await database.fetch(many)
    turns = Turns(many.row._make)
    many.row = turns
    others = asyncio.ensure_future(turns.run())
    rows = await database.fetch(many)
    assert [row.id for row in rows] == list(range(1, 2002))
    assert turns.most == AT_ONCE

    alice = await person(database, "alice")
    chat = await chat_of(database, alice)
    await run(
        database,
        "insert into tasks (number, chat_id, title, description, status, creator, version,"
        " created_at, updated_at, rev)"
        f" select g, {chat}, 'Cake', '', 'open', {alice}, 1, now(), now(), 1"
        " from generate_series(1, 1001) g",
    )
    turns = Turns(boards.task_of)
    monkeypatch.setattr(boards, "task_of", turns._make)
    others.cancel()
    others = asyncio.ensure_future(turns.run())
    assert len((await boards.board_record(database, chat)).tasks) == 1001
    assert turns.most == AT_ONCE
    others.cancel()
