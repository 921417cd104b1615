"""The bus, the journal and the serving lock, lost in every way: nothing ends or is doubled."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from typing import Any

import aiohttp
import psycopg2
import pytest

from messenger import errors, process
from messenger.cluster.bus import HistoryChanged, Overtaken
from messenger.http.ops import health
from messenger.protocol.commands import CreateChat
from messenger.store.db import Database
from messenger.store.rows import instance
from tests.live.client import Client
from tests.live.conftest import Stage
from tests.waiting import PATIENCE, until


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that answers late, on a busy machine, is none that is away."""
    monkeypatch.setattr(health, "DATABASE_WITHIN", PATIENCE)


@pytest.fixture
def elsewhere(dsn: str) -> Iterator[Any]:
    """A session of somebody else's on the same database."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        yield cursor
    connection.close()


def lose_the_bus(stage: Stage, elsewhere: Any) -> None:
    session = stage.server.bus._session
    assert session is not None
    elsewhere.execute("select pg_terminate_backend(%s)", (session.pid,))


async def eventually(fact: Callable[[], Any]) -> None:
    await until(fact)


def deaf(stage: Stage) -> asyncio.Event:
    """From its next loss on the bus stays away until the event is set."""
    back, locked = asyncio.Event(), stage.server.bus._locked

    async def later(patience: float) -> Any:
        await back.wait()
        return await locked(patience)

    stage.server.bus._locked = later  # type: ignore[method-assign]
    return back


async def away(stage: Stage) -> None:
    await eventually(lambda: not stage.server.database.may_write)


async def held(stage: Stage) -> None:
    await eventually(lambda: stage.server.database.may_write)


async def ready(stage: Stage) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{stage.base}/ready") as answer:
        body: dict[str, Any] = await answer.json()
        return body.get("data") or body["error"]["details"]


async def test_a_lost_bus_comes_back_and_hears_again(
    stage: Stage, alice: Client, lobby: int, elsewhere: Any
) -> None:
    await alice.subscribe((lobby, None))
    for _ in range(2):
        before = stage.server.bus._session
        lose_the_bus(stage, elsewhere)
        await eventually(lambda before=before: stage.server.bus._session is not before)
        await held(stage)
    # The lock is held again: nobody else gets it.
    elsewhere.execute("select pg_try_advisory_lock(%s)", (instance.SERVING,))
    assert elsewhere.fetchone() == (False,)
    assert (await alice.send(lobby, "still here"))["seq"]
    elsewhere.execute("select pg_notify('messenger', %s)", (f"{lobby}:1-999999",))
    await eventually(lambda: stage.server.directory.streams.stream(lobby).known == 999999)


async def test_what_is_no_notice_of_ours_ends_nothing(stage: Stage, elsewhere: Any) -> None:
    for said in ("", "nonsense", "1:2", "x:1-2,3:4-y"):
        elsewhere.execute("select pg_notify('messenger', %s)", (said,))
    elsewhere.execute("select pg_notify('messenger', '4711:5-5')")
    await eventually(lambda: 4711 in stage.server.directory.streams.by_id)
    assert stage.server.background.failing == []


async def test_nothing_is_written_while_the_lock_is_away(
    stage: Stage, alice: Client, lobby: int, elsewhere: Any
) -> None:
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    await away(stage)
    with pytest.raises(errors.Unavailable):
        await stage.ask("alice", CreateChat(title="Now"))
    with pytest.raises(errors.Unavailable):
        await stage.server.directory.store.save_last_seen({1: stage.server.clock()})
    sending = asyncio.create_task(alice.send(lobby, "waits"))
    await asyncio.sleep(0.3)
    elsewhere.execute("select count(*) from messages")
    assert elsewhere.fetchone() == (0,)
    assert await ready(stage) == {"reasons": ["lock"]}
    back.set()
    await asyncio.wait_for(sending, PATIENCE)
    await eventually(lambda: not stage.server.background.failing)
    assert await ready(stage) == {"ready": True}


async def test_what_waited_of_who_was_locked_out_meanwhile_is_not_stored(
    stage: Stage, alice: Client, bob: Client, lobby: int, elsewhere: Any
) -> None:
    await alice.subscribe((lobby, None))
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    await away(stage)
    sending = [asyncio.ensure_future(who.send(lobby, "waits")) for who in (bob, alice, bob)]
    journal = stage.server.journal
    await eventually(lambda: len(journal._flying) + len(journal._posts) == 3)
    elsewhere.execute("update users set disabled_at = now() where username = 'bob'")
    back.set()
    assert (await asyncio.wait_for(sending[1], PATIENCE))["duplicate"] is False
    refused = await asyncio.wait_for(asyncio.gather(*sending, return_exceptions=True), PATIENCE)
    assert isinstance(refused[0], Exception)
    assert isinstance(refused[2], Exception)
    assert (await alice.expect("message.created"))["by"] == alice.user_id
    await alice.expect_nothing()
    elsewhere.execute("select count(*) from messages")
    assert elsewhere.fetchone() == (1,)
    assert (journal._depth, journal._letters) == (0, 0)
    assert (await alice.send(lobby, "goes on"))["duplicate"] is False


async def test_what_happened_to_people_while_nobody_listened_holds(
    stage: Stage, alice: Client, bob: Client, elsewhere: Any
) -> None:
    admin = await stage.person("dora", "admin")
    await stage.client("dora")
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    await away(stage)
    elsewhere.execute("update users set disabled_at = now() where username = 'bob'")
    elsewhere.execute("update users set role = 'user' where username = 'dora'")
    back.set()
    await held(stage)
    await bob.expect_closed(4401)
    disabled = await stage.person("bob")
    with pytest.raises(errors.Unauthorized):
        await stage.server.directory.identities.identify(disabled.user_id, disabled.session_id)
    assert admin.role == "user"
    assert alice.closed is None


async def test_what_was_written_while_nobody_listened_is_published(
    stage: Stage, alice: Client, lobby: int, elsewhere: Any
) -> None:
    await alice.subscribe((lobby, None))
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    await away(stage)
    elsewhere.execute("update streams set seq = seq + 1 where id = %s returning seq", (lobby,))
    [(seq,)] = elsewhere.fetchall()
    elsewhere.execute(
        "insert into events (stream_id, seq, type, at, subject) values"
        " (%s, %s, 'chat.updated', now(), %s)",
        (lobby, seq, lobby),
    )
    back.set()
    assert (await alice.expect("chat.updated"))["seq"] == seq


async def test_when_another_server_serves_this_one_steps_down(
    stage: Stage, alice: Client, lobby: int, elsewhere: Any
) -> None:
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    await away(stage)
    elsewhere.execute("select pg_advisory_lock(%s)", (instance.SERVING,))
    back.set()
    await asyncio.wait_for(stage.server.over.wait(), PATIENCE)
    assert isinstance(stage.server.stepped_down, Overtaken)
    assert stage.server.database.retired
    with pytest.raises(errors.Unavailable):
        await stage.ask("alice", CreateChat(title="Late"))
    await stage.server.stop()
    await alice.expect_closed(1001)


async def test_when_another_server_came_and_went_this_one_steps_down(
    stage: Stage, elsewhere: Any
) -> None:
    """What that one wrote was told to nobody here."""
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    elsewhere.execute("update instance set value = '99' where name = 'turn'")
    back.set()
    await asyncio.wait_for(stage.server.over.wait(), PATIENCE)
    assert isinstance(stage.server.stepped_down, Overtaken)
    await stage.server.stop()


async def test_one_that_has_not_noticed_yet_appends_nothing(
    stage: Stage, alice: Client, lobby: int, elsewhere: Any
) -> None:
    elsewhere.execute("update instance set value = '99' where name = 'turn'")
    with pytest.raises(errors.Unavailable):
        await stage.ask("alice", CreateChat(title="Late"))
    elsewhere.execute("select count(*) from chats where title = 'Late'")
    assert elsewhere.fetchone() == (0,)
    elsewhere.execute("update instance set value = '1' where name = 'turn'")
    await stage.ask("alice", CreateChat(title="Late"))


async def test_another_history_is_not_served_on(
    stage: Stage, alice: Client, elsewhere: Any
) -> None:
    """A standby that was promoted: its timeline is not the one we read at the start."""
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    elsewhere.execute("update instance set value = 'elsewhere/2' where name = 'history'")
    back.set()
    await asyncio.wait_for(stage.server.over.wait(), PATIENCE)
    assert isinstance(stage.server.stepped_down, HistoryChanged)
    await stage.server.stop()


async def test_a_log_that_lost_what_was_told_becomes_another_history(
    stage: Stage, alice: Client, lobby: int, dsn: str, elsewhere: Any
) -> None:
    await alice.send(lobby, "told and lost")
    back = deaf(stage)
    lose_the_bus(stage, elsewhere)
    await away(stage)
    before = stage.server.directory.epoch
    elsewhere.execute("update streams set seq = seq - 1 where id = %s", (lobby,))
    back.set()
    await asyncio.wait_for(stage.server.over.wait(), PATIENCE)
    assert isinstance(stage.server.stepped_down, HistoryChanged)
    await stage.server.stop()
    database = Database(dsn, size=1)
    await database.open()
    assert await instance.epoch(database) != before
    await database.close()


async def test_a_session_of_ours_that_is_lost_does_not_keep_us_out(
    stage: Stage, elsewhere: Any
) -> None:
    """PostgreSQL believes in it, and in its lock, until the network tells."""
    bus = stage.server.bus
    lost, before = bus._connection, bus._session
    assert lost is not None

    async def broken(within: float) -> None:
        raise errors.Unavailable

    async def kept() -> None:
        """The other end does not hear of it."""

    close = lost.close
    lost.notified, lost.close = broken, kept  # type: ignore[method-assign, assignment]
    await eventually(lambda: bus._session is not before)
    await held(stage)
    assert stage.server.stepped_down is None
    await close()


async def test_the_journal_goes_on_after_its_session_was_ended(
    stage: Stage, alice: Client, lobby: int, elsewhere: Any
) -> None:
    await alice.send(lobby, "before")
    connection = stage.server.journal._connection.current
    assert connection is not None
    elsewhere.execute("select pg_terminate_backend(%s)", (connection.backend,))
    assert (await alice.send(lobby, "after"))["seq"]


async def test_a_commit_that_lands_after_its_connection_was_lost_is_published(
    stage: Stage, alice: Client, bob: Client, lobby: int, elsewhere: Any, dsn: str
) -> None:
    """The disk hangs, the line breaks, the asker hears `unavailable`, and then it is stored."""
    await bob.subscribe((lobby, None))
    await alice.send(lobby, "first")
    holder = psycopg2.connect(dsn)
    with holder.cursor() as cursor:
        cursor.execute("select 1 from streams where id = %s for update", (lobby,))
        sending = asyncio.create_task(alice.send(lobby, "late", key=KEY))
        journal = stage.server.journal
        await eventually(lambda: journal._flying)
        assert journal._connection.current is not None
        # Our end of it goes; the other end waits for the row.
        for post in journal._flying.values():
            for asker in post.askers:
                asker.until = 0.0
        with pytest.raises(Exception, match="unavailable"):
            await asyncio.wait_for(sending, PATIENCE)
        await asyncio.sleep(2.5)
        holder.rollback()
    holder.close()
    await bob.expect("message.created", text="first")
    await bob.expect("message.created", text="late")


KEY = "018f2c4e-3a55-7000-8000-0000000000ab"


async def test_people_who_are_here_are_noted_now_and_then(
    make_stage: Callable[[], Awaitable[Stage]], elsewhere: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = await make_stage()
    await stage.client("alice")
    people = stage.server.directory.presence
    await people.keep()
    elsewhere.execute("select last_seen_at from users where username = 'alice'")
    assert elsewhere.fetchone() == (None,)
    for before in ("null", "now() + interval '1 day'"):  # when the clock was ahead
        elsewhere.execute(f"update users set last_seen_at = {before} where username = 'alice'")
        people.noted_at = people.noted_at.replace(year=2020)
        await people.keep()
        elsewhere.execute("select now() - last_seen_at from users where username = 'alice'")
        assert timedelta() <= elsewhere.fetchone()[0] < timedelta(minutes=1)
    noted = people.noted_at
    await people.keep()
    assert people.noted_at is noted


async def test_a_database_that_is_away_while_the_server_greets_ends_nothing(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    directory, tries = stage.server.directory, 0
    ask = directory.ask_system

    async def away_at_first(command: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise errors.Unavailable
        return await ask(command)

    monkeypatch.setattr(directory, "ask_system", away_at_first)
    await asyncio.wait_for(process.greet(stage.server), PATIENCE)
    assert "The first administrator signs up here" in capsys.readouterr().out
    # Who steps down meanwhile is not kept from it.
    monkeypatch.setattr(directory, "ask_system", always_away)
    greeting = asyncio.ensure_future(process.greet(stage.server))
    stage.server.over.set()
    await asyncio.wait_for(greeting, PATIENCE)


async def always_away(command: Any) -> Any:
    raise errors.Unavailable
