"""A query's answer, which the journal takes where it comes in."""

import asyncio
from collections.abc import AsyncIterator

import psycopg2
import pytest

from messenger import errors
from messenger.store.answer import Answer
from messenger.store.db import Connection, Database
from tests.waiting import until


@pytest.fixture
async def connection(dsn: str) -> AsyncIterator[Connection]:
    database = Database(dsn, size=1)
    await database.open()
    connection = await database.dedicated("-c statement_timeout=300")
    yield connection
    await connection.close()
    await database.close()


async def goes_on(answer: Answer, done: list[str]) -> None:
    await answer
    done.append("went on")


@pytest.mark.parametrize("at_once", [True, False])
async def test_who_awaits_it_goes_on_in_the_same_call_only_if_asked_to(at_once: bool) -> None:
    answer, done = Answer(asyncio.get_running_loop(), at_once), list[str]()
    task = asyncio.ensure_future(goes_on(answer, done))
    await asyncio.sleep(0)

    def came() -> None:
        answer.set_result(None)
        done.append("came")

    asyncio.get_running_loop().call_soon(came)
    await task
    assert done == (["went on", "came"] if at_once else ["came", "went on"])


async def test_an_answer_that_another_task_brings_waits_for_its_own_turn() -> None:
    answer, done = Answer(asyncio.get_running_loop(), at_once=True), list[str]()
    task = asyncio.ensure_future(goes_on(answer, done))
    await asyncio.sleep(0)
    answer.set_exception(psycopg2.OperationalError("closed"))
    answer.set_result(None)
    assert not task.done()
    with pytest.raises(psycopg2.OperationalError, match="closed"):
        await task


async def test_a_cancellation_counts_whatever_comes_after_it() -> None:
    answer = Answer(asyncio.get_running_loop(), at_once=True)
    task = asyncio.ensure_future(goes_on(answer, []))
    await asyncio.sleep(0)
    task.cancel()
    answer.set_result(None)
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not answer.cancel()


async def test_one_that_is_there_already_is_not_waited_for() -> None:
    answer = Answer(asyncio.get_running_loop(), at_once=True)
    answer.set_result(None)
    await answer
    assert answer.done()


@pytest.mark.parametrize("at_once", [True, False])
async def test_rows_come_whatever_the_length_of_the_question(
    connection: Connection, at_once: bool
) -> None:
    # More than a socket takes at once.
    text = "я" * 4_000_000
    for _ in range(2):
        assert await connection.run("select length(%s)", (text,), at_once) == [(len(text),)]


async def test_an_error_leaves_the_connection_as_it_was(connection: Connection) -> None:
    with pytest.raises(psycopg2.errors.UndefinedTable):
        await connection.run("select * from nowhere", (), True)
    with pytest.raises(KeyError):
        await connection.run("select %(missing)s", {}, True)
    assert await connection.run("select 1", (), True) == [(1,)]


async def test_a_question_that_takes_too_long_is_given_up(connection: Connection) -> None:
    with pytest.raises(errors.Unavailable):
        await connection.run("select pg_sleep(5)", (), True)
    assert await connection.run("select 1", (), True) == [(1,)]


async def test_a_question_that_nobody_waits_for_takes_its_connection_along(
    connection: Connection,
) -> None:
    asking = asyncio.ensure_future(connection.run("select pg_sleep(0.2)", (), True))
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    await until(lambda: connection.raw.closed)


async def test_a_connection_that_is_closed_meanwhile_is_said_so(connection: Connection) -> None:
    asking = asyncio.ensure_future(connection.run("select pg_sleep(0.2)", (), True))
    await asyncio.sleep(0.05)
    await connection.raw.close()
    with pytest.raises(psycopg2.OperationalError):
        await asking
