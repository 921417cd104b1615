import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from messenger.decision import PasswordSet
from messenger.errors import Unauthorized
from messenger.model import Identity, User, timestamp
from messenger.protocol.accounts import AddUser
from messenger.store.db import Connection, Database
from messenger.store.rows import chats, refreshing, sessions, users
from messenger.store.schema.tables import users as user_table
from messenger.store.sql import sa
from messenger.store.statements import Prepared
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
MONTH = timedelta(days=30)
SECOND = timedelta(seconds=1)
PHONE = "11111111-1111-4111-8111-111111111111"
LAPTOP = "22222222-2222-4222-8222-222222222222"

WAITING = Prepared(
    sa.text(
        """
        select count(*) as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock'
        """
    )
)


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Database]:
    database = Database(dsn, size=4)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def alice(database: Database) -> int:
    id = await chats.new_stream(database, "user")
    await database.transact(lambda connection: _add(connection, id, "alice"))
    return id


async def _add(connection: Connection, id: int, name: str) -> None:
    user = User(id=id, username=name, display_name=name, role="user", created_at=timestamp(NOW))
    command = AddUser(
        username=name, display_name=name, locale="ru", time_zone="UTC", password_hash="hash"
    )
    await users.add(connection, user, command)


async def sign_in(database: Database, user_id: int, session_id: str = PHONE) -> bool:
    return await sessions.open_session(
        database, session_id, user_id, "hash", "phone", NOW, NOW + MONTH
    )


async def refresh(
    database: Database, user_id: int, presented: int, at: datetime = NOW
) -> tuple[str, int]:
    done = await refreshing.refresh(database, PHONE, user_id, presented, at, at + MONTH)
    return done.verdict, done.generation


async def end(database: Database, *session_ids: str) -> None:
    await database.transact(lambda connection: sessions.revoke(connection, list(session_ids), NOW))


async def disable(database: Database, user_id: int) -> None:
    row = user_table.update().where(user_table.c.id == user_id).values(disabled_at=NOW)
    await database.fetch(Prepared(row))


async def test_a_session_says_who_it_is(database: Database, alice: int) -> None:
    assert await sign_in(database, alice)
    assert await sessions.identify(database, PHONE, NOW) == Identity(
        user_id=alice, session_id=PHONE, username="alice", role="user"
    )


async def test_a_session_over_says_nothing(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    assert await sessions.identify(database, LAPTOP, NOW) is None
    assert await sessions.identify(database, PHONE, NOW + MONTH) is None
    await end(database, PHONE)
    assert await sessions.identify(database, PHONE, NOW) is None


async def test_a_disabled_user_has_no_session_and_gets_none(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    await disable(database, alice)
    assert await sessions.identify(database, PHONE, NOW) is None
    assert not await sign_in(database, alice, LAPTOP)
    with pytest.raises(Unauthorized):
        await refresh(database, alice, 0)


async def test_a_login_with_a_password_that_was_just_changed_opens_nothing(
    database: Database, alice: int
) -> None:
    changing, login = asyncio.Event(), asyncio.Event()

    async def change(connection: Connection) -> None:
        await users.set_password(connection, PasswordSet(user_id=alice, password_hash="new"))
        changing.set()
        await login.wait()

    changed = asyncio.create_task(database.transact(change))
    await changing.wait()
    opened = asyncio.create_task(sign_in(database, alice))
    try:
        async with asyncio.timeout(PATIENCE):
            while not (await database.fetch(WAITING))[0].count:
                pass
    finally:
        login.set()
    await changed
    assert await opened is False


async def test_a_refresh_rotates_and_prolongs(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    later = NOW + timedelta(days=29)
    done = await refreshing.refresh(database, PHONE, alice, 0, later, later + MONTH)
    assert (done.verdict, done.generation) == ("rotate", 1)
    assert (done.rotated_at, done.expires_at) == (later, later + MONTH)
    assert await sessions.identify(database, PHONE, NOW + MONTH) is not None


async def test_a_refresh_while_the_clock_is_years_behind_ends_nothing(
    database: Database, alice: int
) -> None:
    await sign_in(database, alice)
    for generation in (0, 1):
        assert await refresh(database, alice, generation, NOW - 24 * MONTH) == (
            "rotate",
            generation + 1,
        )
    assert await refresh(database, alice, 2, NOW) == ("rotate", 3)


async def test_a_used_token_gives_its_successor_again_until_that_was_used(
    database: Database, alice: int
) -> None:
    await sign_in(database, alice)
    assert await refresh(database, alice, 0) == ("rotate", 1)
    assert await refresh(database, alice, 0, NOW + timedelta(days=1)) == ("repeat", 1)
    used = NOW + timedelta(days=2)
    assert await refresh(database, alice, 1, used) == ("rotate", 2)
    assert await refresh(database, alice, 0, used + 10 * SECOND) == ("repeat", 2)
    assert await refresh(database, alice, 0, used + 11 * SECOND) == ("revoke", 2)


async def test_a_repeat_says_the_same_times(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    later = NOW + timedelta(hours=1)
    first = await refreshing.refresh(database, PHONE, alice, 0, NOW, NOW + MONTH)
    again = await refreshing.refresh(database, PHONE, alice, 0, later, later + MONTH)
    assert (again.generation, again.rotated_at, again.expires_at) == (
        first.generation, first.rotated_at, first.expires_at,
    )  # fmt: skip


async def test_two_refreshes_at_once_get_one_successor(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    done = await asyncio.gather(*(refresh(database, alice, 0) for _ in range(4)))
    assert sorted(done) == [("repeat", 1)] * 3 + [("rotate", 1)]


async def test_a_token_from_before_a_restore_is_as_good_as_the_newest(
    database: Database, alice: int
) -> None:
    await sign_in(database, alice)
    assert await refresh(database, alice, 5) == ("rotate", 6)


async def test_a_session_is_refreshed_by_its_owner_alone(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    with pytest.raises(Unauthorized):
        await refresh(database, alice + 1, 0)


async def test_a_revoked_session_is_not_refreshed(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    await end(database, PHONE)
    with pytest.raises(Unauthorized):
        await refresh(database, alice, 0)


async def test_live_sessions_are_listed_the_last_used_first(database: Database, alice: int) -> None:
    await sign_in(database, alice, PHONE)
    await sign_in(database, alice, LAPTOP)
    await sessions.touch(database, PHONE, NOW + timedelta(minutes=6))
    listed = (await sessions.of(database, alice, NOW, LAPTOP, 9)).items
    assert [(each.id, each.current) for each in listed] == [(PHONE, False), (LAPTOP, True)]
    assert listed[0].device == "phone"
    assert listed[0].last_used_at == timestamp(NOW + timedelta(minutes=6))
    await end(database, PHONE)
    live = await sessions.of(database, alice, NOW, None, 9)
    assert [each.id for each in live.items] == [LAPTOP]
    assert (await sessions.of(database, alice, NOW + MONTH, None, 9)).items == []


async def test_a_touch_is_written_once_in_five_minutes(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    await sessions.touch(database, PHONE, NOW + timedelta(minutes=4))
    (listed,) = (await sessions.of(database, alice, NOW, None, 9)).items
    assert listed.last_used_at == timestamp(NOW)


async def test_others_are_all_but_the_one_kept(database: Database, alice: int) -> None:
    await sign_in(database, alice, PHONE)
    await sign_in(database, alice, LAPTOP)
    assert await sessions.others(database, alice, PHONE) == [LAPTOP]
    assert await sessions.others(database, alice, None) == [PHONE, LAPTOP]
    await end(database, PHONE, LAPTOP)
    assert await sessions.others(database, alice, None) == []


async def test_a_session_belongs_to_its_user_even_when_over(database: Database, alice: int) -> None:
    await sign_in(database, alice)
    await end(database, PHONE)
    assert await sessions.owns(database, alice, PHONE)
    assert not await sessions.owns(database, alice + 1, PHONE)
    assert not await sessions.owns(database, alice, LAPTOP)
