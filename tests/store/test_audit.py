"""The audit is only added to, and what was changed behind its back is found."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from messenger.errors import Unavailable
from messenger.place import CURRENT, Place
from messenger.store.db import Connection, Database
from messenger.store.rows import audit, instance
from messenger.store.rows.audit import Sought
from messenger.store.trail import MOST, Trail
from tests.store.test_users import add

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
HOUR = timedelta(hours=1)
ACTS = (
    (1, "user.add", 2, {"role": "user"}, "192.0.2.1"),
    (1, "user.update", 2, {"old": "user", "new": "admin"}, None),
    (2, "session.open", 2, None, "2001:db8::1"),
    (None, "access.refuse", None, {"what": "строка\nвторая", "times": 3}, "192.0.2.7"),
)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    opened = Database(dsn, size=2)
    await opened.open()
    yield opened
    await opened.close()


async def act(database: Database) -> None:
    async def work(connection: Connection) -> None:
        for hour, (by, action, subject, details, place) in enumerate(ACTS):
            at = NOW + hour * HOUR
            CURRENT.set(None if place is None else Place(place, "Firefox 140"))
            await audit.record(connection, at, by, action, subject, details)

    await database.transact(work)


def run(dsn: str, *statements: str) -> None:
    """As somebody who may do anything to the database."""
    connection = psycopg2.connect(dsn)
    try:
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


async def found(database: Database, **sought: Any) -> list[int]:
    return [each.id for each in (await audit.newest(database, Sought(**sought), 2**53, 50)).items]


async def test_records_make_a_chain_without_gaps(database: Database) -> None:
    assert (await audit.verify(database)).last_id is None
    await act(database)
    await act(database)
    told = await audit.verify(database)
    assert (told.records, told.first_id, told.last_id, told.broken_at) == (8, 1, 8, None)
    [newest] = (await audit.newest(database, Sought(), 2**53, 1)).items
    assert (newest.hash, newest.place, newest.agent) == (
        told.last_hash, "192.0.2.7", "Firefox 140"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("sought", "ids"),
    [
        ({}, [4, 3, 2, 1]), ({"by": 1}, [2, 1]), ({"subject": 2}, [3, 2, 1]),
        ({"action": "user"}, [2, 1]), ({"action": "user.update"}, [2]), ({"action": "use"}, []),
        ({"since": NOW + HOUR, "until": NOW + 3 * HOUR}, [3, 2]),
        ({"by": 1, "action": "session"}, []),
    ],
)  # fmt: skip
async def test_records_are_found(
    database: Database, sought: dict[str, Any], ids: list[int]
) -> None:
    await act(database)
    assert await found(database, **sought) == ids


@pytest.mark.parametrize(
    "statement",
    [
        "update audit set by = 9 where id = 2", "delete from audit where id = 4",
        "truncate audit cascade",
    ],
)  # fmt: skip
async def test_nothing_is_changed(database: Database, dsn: str, statement: str) -> None:
    await act(database)
    with pytest.raises(psycopg2.Error, match="only added to"):
        run(dsn, statement)
    assert (await audit.verify(database)).records == 4


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("update audit set by = 9 where id = 2", 2),
        ("update audit set details = '{}' where id = 1", 1),
        ("update audit set place = null where id = 3", 3),
        ("update audit set at = at + interval '1 microsecond' where id = 4", 4),
        ("delete from audit where id = 2", 3),
        ("update audit set hash = (select hash from audit where id = 1) where id = 4", 4),
    ],
)
async def test_what_was_changed_by_force_is_found(
    database: Database, dsn: str, change: str, broken: int
) -> None:
    await act(database)
    run(
        dsn,
        "alter table audit disable trigger user",
        change,
        "alter table audit enable trigger user",
    )
    assert (await audit.verify(database)).broken_at == broken


async def test_records_of_before_are_chained(database: Database, dsn: str) -> None:
    await act(database)
    run(dsn, *((ROOT / f"migrations/0026.audit{end}.sql").read_text() for end in (".rollback", "")))
    told = await audit.verify(database)
    assert (told.records, told.last_id, told.broken_at) == (4, 4, None)
    await act(database)
    assert (await audit.verify(database)).last_id == 8


async def test_names_go_and_the_chain_stays_whole(database: Database, dsn: str) -> None:
    names = {"before": {"display_name": "Zoe", "role": "user"}, "after": {"display_name": "Zoya"}}

    async def work(connection: Connection) -> None:
        await audit.record(connection, NOW, 1, "user.update", 2, names)

    await database.transact(work)
    await act(database)
    [told] = (await audit.newest(database, Sought(by=1, subject=2), 4, 9)).items[-1:]
    assert told.details == names
    run(dsn, """update audit_words set words = '{"after": {"display_name": "Ann"}}'""")
    assert (await audit.verify(database)).broken_at == 1
    run(dsn, "delete from audit_words")
    assert (await audit.verify(database)).broken_at is None
    [told] = (await audit.newest(database, Sought(by=1, subject=2), 2, 9)).items
    assert told.details == {"before": {"role": "user"}, "after": {}, "erased": True}


async def test_what_nobody_has_words_for_is_not_recorded(database: Database) -> None:
    async def work(connection: Connection) -> None:
        await audit.record(connection, NOW, 1, "user.praise", 2)

    with pytest.raises(ValueError, match="KINDS"):
        await database.transact(work)
    shown = (ROOT / "static/src/views/admin/audit.tsx").read_text()
    assert set(re.findall(r'^  "([a-z]+\.[a-z_]+)",$', shown, re.MULTILINE)) == audit.KINDS


async def test_old_records_go_and_the_chain_stays_whole(database: Database) -> None:
    await act(database)
    assert await audit.forget(database, NOW + 2 * HOUR, NOW + 9 * HOUR) == 2
    told = await audit.verify(database)
    assert (told.records, told.first_id, told.broken_at) == (3, 3, None)
    assert await audit.forget(database, NOW + 10 * HOUR, NOW + 10 * HOUR) == 3
    told = await audit.verify(database)
    assert (told.records, told.first_id, told.broken_at) == (1, 6, None)


async def test_what_happens_again_is_one_record(database: Database) -> None:
    trail = Trail(database, lambda: NOW)
    CURRENT.set(Place("192.0.2.1"))
    for _ in range(3):
        trail.refused(5, "GET /admin/users")
    for number in range(MOST + 1):
        trail.note("session.refuse", None, subject=number)
    await trail.keep()
    [refused] = (await audit.newest(database, Sought(action="access"), 2**53, 9)).items
    assert (refused.by, refused.place) == (5, "192.0.2.1")
    assert refused.details == {"what": "GET /admin/users", "times": 3}
    [beyond] = (await audit.newest(database, Sought(action="audit"), 2**53, 9)).items
    assert (beyond.details, beyond.place) == ({"times": 2}, None)


async def test_what_cannot_be_written_now_is_written_later(database: Database) -> None:
    trail = Trail(database, lambda: NOW)
    trail.refused(5, "message.pin")
    database.may_write = False
    with pytest.raises(Unavailable):
        await trail.keep()
    trail.refused(5, "message.pin")
    database.may_write = True
    await trail.keep()
    [refused] = (await audit.newest(database, Sought(), 2**53, 9)).items
    assert refused.details == {"what": "message.pin", "times": 2}


async def test_people_who_were_there_before_the_first_start_are_no_other_history(
    database: Database,
) -> None:
    await add(database, "bob")
    await instance.epoch(database)
    assert await found(database) == []


async def test_another_history_is_told_where_somebody_is(database: Database, dsn: str) -> None:
    await instance.epoch(database)
    assert await found(database) == []
    await add(database, "bob")
    run(dsn, "delete from instance where name = 'epoch'")
    epoch = await instance.epoch(database)
    assert await instance.epoch(database) == epoch
    [begun] = (await audit.newest(database, Sought(), 2**53, 9)).items
    assert (begun.action, begun.details) == ("instance.restore", {"epoch": epoch})
