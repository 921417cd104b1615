"""Writes that go ahead of the next statement, and decisions that were made at a known head."""

import asyncio
import gc
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import psycopg2.extensions
import pytest
import sqlalchemy as sa
from aiopg import Cursor, pool

from messenger.decision import Answer, Decision, Entry, RequestKey
from messenger.errors import Unavailable
from messenger.model import ReactionChange
from messenger.storage import Duplicate, StaleHead
from messenger.store import commits, db
from messenger.store.db import Connection, Database
from messenger.store.rows import chats, consumers, request_keys
from messenger.store.statements import Prepared
from tests.conftest import execute

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SET = Prepared(sa.text("insert into instance (name, value) values (:name, :value)"))
GET = Prepared(sa.text("select value from instance where name = :name"))
STREAM = Prepared(
    sa.text("insert into streams (kind, seq) values ('chat', :seq) returning id").bindparams(
        sa.bindparam("seq", type_=sa.BigInteger)
    )
)
AT = Prepared(sa.text("select seq from streams where id = :id"))
TIMEOUT = "select current_setting('statement_timeout') as value, pg_sleep(:sleep)"
UNLIMITED = Prepared(sa.text(TIMEOUT))
LIMITED = Prepared(sa.text(TIMEOUT), limits="set local statement_timeout = 100; ")
LOGGED = Prepared(sa.text("select seq from events where stream_id = :id order by seq"))


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, size=1)
    await database.open()
    yield database
    await database.close()


async def stored(database: Database, name: str) -> str | None:
    row = await database.fetch_one(GET, name=name)
    return row.value if row else None


async def stream(database: Database, seq: int) -> int:
    row = await database.fetch_one(STREAM, seq=seq)
    assert row is not None
    return int(row.id)


def decided(stream: int, seq: int) -> Decision:
    """A reaction's event: its data stand in the log, so it needs no other row."""
    data = ReactionChange(chat_id=stream, seq=1, emoji="👍", user_id=1)
    entries = [Entry(stream=stream, type="reaction.added", subject=1, data=data)]
    return Decision(by=1, entries=entries, answer=Answer.of(entries[0]), head=(stream, seq))


async def test_what_is_put_is_there_for_the_next_read_and_after_the_commit(database: Database):
    async def work(connection: Connection) -> str:
        await connection.put(SET, name="a", value="it's %s")
        row = await connection.fetch_one(GET, name="a")
        assert row is not None
        await connection.put(SET, name="b", value="2")
        return str(row.value)

    assert await database.transact(work) == "it's %s"
    assert await stored(database, "a") == "it's %s"
    assert await stored(database, "b") == "2"


async def test_nothing_that_was_put_survives_an_error(database: Database):
    async def work(connection: Connection) -> None:
        await connection.put(SET, name="a", value="1")
        raise LookupError

    with pytest.raises(LookupError):
        await database.transact(work)
    assert await stored(database, "a") is None


async def test_a_duplicate_is_heard_of_at_the_commit_and_takes_all_with_it(database: Database):
    async def work(connection: Connection) -> None:
        await connection.put(SET, name="new", value="1")
        await connection.put(SET, name="epoch", value="1")
        await connection.put(SET, name="epoch", value="2")

    with pytest.raises(Duplicate) as caught:
        await database.transact(work)
    assert caught.value.constraint == "instance_pkey"
    assert await stored(database, "new") is None


async def test_no_plan_is_compiled_whatever_the_server_is_set_to(dsn: str):
    asked = Prepared(sa.text("select current_setting('jit') as now"))
    name = psycopg2.extensions.parse_dsn(dsn)["dbname"]
    execute(dsn, f'alter database "{name}" set jit = on')
    database = Database(dsn, size=1)
    await database.open()
    try:
        assert [row.now for row in await database.fetch(asked)] == ["off"]
    finally:
        await database.close()


async def test_a_note_that_waits_for_no_disk_leaves_the_connection_as_it_was(dsn: str):
    asked = Prepared(sa.text("select current_setting('synchronous_commit') as now"))
    database = Database(dsn, size=1)
    await database.open()
    try:
        await consumers.save(database, "notes", {7: 3})
        assert "synchronous_commit = off" in consumers.SAVE.sql
        assert [row.now for row in await database.fetch(asked)] == ["on"]
        assert await consumers.cursors(database, "notes", [7]) == {7: 3}
    finally:
        await database.close()


async def test_a_decision_takes_its_number_at_the_head_it_was_made_at(database: Database):
    id = await stream(database, 7)
    [event] = await commits.commit(database, decided(id, 7), NOW)
    assert (event.stream, event.seq) == (id, 8)
    assert [row.seq for row in await database.fetch(LOGGED, id=id)] == [8]


async def test_a_decision_past_its_head_writes_nothing(database: Database):
    id = await stream(database, 7)
    key = RequestKey(user_id=1, key="2c4e3a55-93be-4a7f-9d12-6e0d4d5a0f11", digest=b"d")
    with pytest.raises(StaleHead):
        await commits.commit(database, decided(id, 6).under(key), NOW)
    [row] = await database.fetch(AT, id=id)
    assert row.seq == 7
    assert await database.fetch(LOGGED, id=id) == []
    # The connection is as good as new, and the key is still to be had.
    await commits.commit(database, decided(id, 7).under(key), NOW)
    found = await request_keys.find(database, [(1, key.key), (2, key.key)])
    assert {asked: keyed.subject for asked, keyed in found.items()} == {
        (1, key.key): ("reaction.added", id, 1)
    }


async def test_a_connection_that_dies_while_another_is_opened_is_passed_over(
    dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiopg hands it out all the same, and fails its own assertion."""
    database = Database(dsn, size=3)
    await database.open()
    free, connect = database._pool._free, pool.connect

    def meanwhile(*given: Any, **named: Any) -> Any:
        monkeypatch.setattr(pool, "connect", connect)
        for one in list(free):
            one.close()
        return connect(*given, **named)

    free[0].close()
    monkeypatch.setattr(pool, "connect", meanwhile)
    try:
        assert await stored(database, "nothing") is None
    finally:
        await database.close()


async def test_who_waits_for_a_connection_longer_than_a_query_may_take_is_not_refused(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """aiopg's time-out is of queries; to count the wait made a crowd look like a lost database."""
    monkeypatch.setattr(database._pool, "_timeout", 0.01)
    held, release = asyncio.Event(), asyncio.Event()

    async def hold(connection: Connection) -> None:
        held.set()
        await release.wait()

    holding = asyncio.ensure_future(database.transact(hold))
    await held.wait()
    waiting = asyncio.ensure_future(database.fetch(GET, name="nothing"))
    await asyncio.sleep(0.05)
    release.set()
    assert await waiting == []
    await holding


async def test_who_waits_for_a_connection_for_too_long_is_told_why(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(db, "PATIENCE", 0.01)
    release = asyncio.Event()

    async def hold(connection: Connection) -> None:
        await release.wait()

    holding = asyncio.ensure_future(database.transact(hold))
    await asyncio.sleep(0)
    with pytest.raises(Unavailable, match="Too much is asked"):
        await database.fetch(GET, name="nothing")
    release.set()
    await holding
    assert await database.fetch(GET, name="nothing") == []


async def test_servers_that_start_at_once_make_one_common_room(dsn: str) -> None:
    several = Database(dsn, size=4)
    await several.open()
    try:
        ids = await asyncio.gather(*(chats.install_org(several, "Org", NOW) for _ in range(4)))
        assert len(set(ids)) == 1
    finally:
        await several.close()


async def test_nobody_writes_to_a_stream_while_somebody_decides_on_it_alone(
    dsn: str, database: Database
):
    id = await stream(database, 7)
    other = Database(dsn, size=1)
    await other.open()
    begun, may = asyncio.Event(), asyncio.Event()

    async def decide() -> Decision:
        begun.set()
        await may.wait()
        return decided(id, 7)

    alone = asyncio.create_task(commits.commit_alone(database, id, decide, NOW))
    await begun.wait()
    faster = asyncio.create_task(commits.commit(other, decided(id, 7), NOW))
    await asyncio.wait([faster], timeout=0.2)
    assert not faster.done()
    may.set()
    [event] = await alone
    assert event.seq == 8
    with pytest.raises(StaleHead):
        await faster
    await other.close()


async def test_what_is_refused_while_it_is_decided_alone_leaves_nothing(database: Database):
    id = await stream(database, 7)

    async def refuse() -> Decision:
        raise Unavailable

    with pytest.raises(Unavailable):
        await commits.commit_alone(database, id, refuse, NOW)
    [event] = await commits.commit(database, decided(id, 7), NOW)
    assert event.seq == 8


async def test_limits_hold_for_their_statement_alone(database: Database):
    usual = await database.fetch_one(UNLIMITED, sleep=0)
    limited = await database.fetch_one(LIMITED, sleep=0)
    assert usual is not None
    assert limited is not None
    assert (usual.value, limited.value) == ("15s", "100ms")
    with pytest.raises(Unavailable):
        await database.fetch(LIMITED, sleep=5)
    after = await database.fetch_one(UNLIMITED, sleep=0.2)
    assert after is not None
    assert after.value == usual.value


async def test_what_was_read_is_let_go_at_once_and_not_when_the_collector_comes(
    database: Database,
) -> None:
    async def work(connection: Connection) -> None:
        await connection.put(SET, name="name", value="value")
        await connection.fetch(GET, name="name")
        await connection.run("select 1", {})
        await connection.command("select 1")

    gc.collect()
    gc.disable()
    try:
        await database.transact(work)
        await database.fetch(GET, name="name")
        assert not [each for each in gc.get_objects() if isinstance(each, Cursor)]
    finally:
        gc.enable()


async def test_a_kept_statement_is_prepared_once_a_connection_whatever_becomes_of_its_transaction(
    database: Database,
) -> None:
    kept = Prepared(
        sa.text(
            "select 7 % :by as rest, '%' as sign, :by * 2 as twice, cast(:name as text) as name"
        ),
        kept=True,
    )

    async def ask(connection: Connection) -> tuple[int, str, int, str]:
        row = await connection.fetch_one(kept, by=4, name="it's 100 %(by)s $1")
        assert row is not None
        return tuple(row)  # type: ignore[return-value]

    async def fails(connection: Connection) -> None:
        await ask(connection)
        raise ZeroDivisionError

    count = Prepared(sa.text("select count(*) as count from pg_prepared_statements"))
    with pytest.raises(ZeroDivisionError):
        await database.transact(fails)
    for snapshot in (True, False):
        answer = await database.transact(ask, snapshot=snapshot)
        assert answer == (3, "%", 8, "it's 100 %(by)s $1")
    row = await database.fetch_one(count)
    assert row is not None
    assert row.count == 1
    other = await database.dedicated()
    try:
        assert await ask(other) == answer
    finally:
        await other.close()
