"""The journal when the database is away, full of work, or of another mind about a row."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from time import monotonic
from typing import Any

import psycopg2
import pytest

from messenger import errors, logs
from messenger.model import ForwardedFrom
from messenger.storage import Marked, NotStored, Posting, Source, Stored
from messenger.store import journal as module
from messenger.store import owed
from messenger.store.batch import Batch
from messenger.store.db import Database
from messenger.store.journal import Journal
from messenger.store.journal_rows import Post
from messenger.store.reads import pushing
from messenger.store.rows import chats
from tests.conftest import execute
from tests.waiting import PATIENCE, until


class Owner:
    """Who posts; keeps what it hears, and when."""

    def __init__(self) -> None:
        self.heard: dict[Any, Stored | Exception] = {}
        self.at: dict[Any, float] = {}

    def stored(self, results: list[tuple[Any, Posting, Stored | Exception]], at: str) -> None:
        for token, _, result in results:
            assert token not in self.heard, "answered twice"
            self.heard[token] = result
            self.at[token] = monotonic()

    def marked(self, results: list[tuple[Any, Marked | Exception]]) -> None:
        raise NotImplementedError

    async def hears(self, count: int) -> None:
        await until(lambda: len(self.heard) >= count)


class Line:
    """A journal on a real database, and a chat with somebody in it."""

    def __init__(self, dsn: str, database: Database, chat_id: int, user_id: int) -> None:
        self.dsn = dsn
        self.database = database
        self.chat_id = chat_id
        self.user_id = user_id
        self.journal = Journal(database, lambda: datetime.now(UTC))
        self.owner = Owner()

    def post(
        self, token: Any, text: str = "hi", key: str | None = None, within: float = 20.0
    ) -> None:
        posting = Posting(
            self.chat_id, self.user_id, key or str(uuid.uuid4()), "00" * 32, text, None, None,
            [], False,
        )  # fmt: skip
        self.journal.post(posting, self.owner, token, monotonic() + within)

    def kill(self) -> None:
        """End the journal's session, as a server that dies does."""
        connection = self.journal._connection.current
        assert connection is not None
        execute(self.dsn, f"select pg_terminate_backend({connection.backend})")


def run(dsn: str, statement: str, *values: Any) -> Any:
    connection = psycopg2.connect(dsn)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall() if cursor.description else None
    finally:
        connection.close()


@pytest.fixture
async def line(dsn: str) -> AsyncIterator[Line]:
    database = Database(dsn, size=2)
    await database.open()
    [(user,)] = run(dsn, "insert into streams (kind) values ('user') returning id")
    run(
        dsn,
        "insert into users (id, username, username_key, display_name, password_hash, role, locale,"
        " time_zone, created_at, rev) values (%s, 'alice', 'alice', 'Alice', 'x', 'user', 'ru',"
        " 'UTC', now(), 1)",
        user,
    )
    [(chat,)] = run(dsn, "insert into streams (kind) values ('chat') returning id")
    run(
        dsn,
        "insert into chats (id, kind, title, created_at, updated_at, rev)"
        " values (%s, 'group', 'Lobby', now(), now(), 1)",
        chat,
    )
    line = Line(dsn, database, chat, user)
    await line.journal.open()
    yield line
    await line.journal.close()
    await database.close()


def stored_texts(line: Line) -> list[str]:
    rows = run(line.dsn, "select text from messages where chat_id = %s order by n", line.chat_id)
    return [text for (text,) in rows]


async def test_everybody_hears_within_one_deadline_however_many_wait(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    line.database.may_write = False
    began = monotonic()
    count = 10 * module.BATCH
    for token in range(count):
        line.post(token)
    await line.owner.hears(count)
    # One batch after the other would take ten.
    assert max(line.owner.at.values()) - began < 6.0
    assert all(isinstance(each, errors.Unavailable) for each in line.owner.heard.values())
    await line.journal.close()
    assert line.journal._depth == line.journal._letters == 0


async def test_a_flush_is_in_nobodys_context_whoever_comes_first(line: Line) -> None:
    seen: list[str | None] = []

    def clock() -> datetime:
        seen.append(logs.connection_id.get())
        return datetime.now(UTC)

    line.journal.clock = clock
    logs.connection_id.set("c1")
    line.post("first")
    await line.owner.hears(1)
    assert seen == [None]


async def test_of_a_flush_that_broke_nothing_counts_as_waiting_any_more(line: Line) -> None:
    said: list[datetime | Exception] = [RuntimeError("no time"), *[datetime.now(UTC)] * 9]

    def clock() -> datetime:
        moment = said.pop(0)
        if isinstance(moment, Exception):
            raise moment
        return moment

    line.journal.clock = clock
    line.post("first", "not stored")
    await line.owner.hears(1)
    assert isinstance(line.owner.heard["first"], errors.Unavailable)
    assert line.journal._depth == line.journal._letters == 0
    line.post("second", "stored")
    await line.owner.hears(2)
    assert stored_texts(line) == ["stored"]


async def test_a_message_alone_is_stored_with_all_that_it_has(line: Line) -> None:
    text = "50 % of \\ 'it' \"{}\" $1 %s %(a)s \U0001f600"
    first = Posting(line.chat_id, line.user_id, str(uuid.uuid4()), "0a" * 32, text, None, None,
                    [], False)  # fmt: skip
    line.journal.post(first, line.owner, "first", monotonic() + 20)
    await line.owner.hears(1)
    origin = ForwardedFrom(
        chat_kind="group", author_id=line.user_id, author="Al's", at="2026-01-01T00:00:00.000Z"
    )
    source = Source(line.chat_id, 1, origin)
    second = Posting(line.chat_id, line.user_id, str(uuid.uuid4()), "0b" * 32, "two", 1, None,
                     [line.user_id, 7], True, source)  # fmt: skip
    line.journal.post(second, line.owner, "second", monotonic() + 20)
    await line.owner.hears(2)
    rows = run(
        line.dsn,
        "select text, encode(digest, 'hex'), reply_to, mentions, mentions_all, source_chat_id,"
        " source_seq, forwarded_from->>'author', client_message_id::text from messages order by n",
    )
    assert rows == [
        (text, "0a" * 32, None, [], False, None, None, None, first.client_message_id),
        ("two", "0b" * 32, 1, [line.user_id, 7], True, line.chat_id, 1, "Al's",
         second.client_message_id),
    ]  # fmt: skip
    # Nothing of them counts as waiting any more.
    assert line.journal._depth == line.journal._letters == 0


async def test_who_has_waited_elsewhere_waits_here_for_the_rest(line: Line) -> None:
    line.database.may_write = False
    began = monotonic()
    line.post("waited", within=0.5)
    await line.owner.hears(1)
    assert line.owner.at["waited"] - began < module.PATIENCE - 1
    assert isinstance(line.owner.heard["waited"], errors.Unavailable)


async def test_each_asker_hears_an_error_of_their_own(line: Line) -> None:
    """Raised, one keeps where that was; and one for all, and for ever, would keep all of them."""
    line.database.may_write = False
    for token in range(3):
        line.post(token, within=0.3)
    await line.owner.hears(3)
    line.database.retire()
    for token in range(3, 6):
        line.post(token)
    await line.owner.hears(6)
    assert len(set(map(id, line.owner.heard.values()))) == 6


async def test_of_who_is_left_out_nothing_is_known(line: Line) -> None:
    posting = Posting(
        line.chat_id, line.user_id, str(uuid.uuid4()), "00" * 32, "hi", None, None, [], False
    )
    batch = Batch([Post(posting, [])], [], datetime.now(UTC), shared=True)
    batch.found([(0, line.chat_id, 1, 1, "2026-11-30T10:00:00.000Z", None)])
    run(line.dsn, "update users set disabled_at = now() where id = %s", line.user_id)
    connection = await line.journal._connection.opened()
    assert [post.posting for post in await batch.screened(connection, batch.senders(None))] == [
        posting
    ]
    assert batch.sent([]) == {}
    assert not any(batch.results([]))


async def test_what_waited_is_stored_once_the_database_is_back(line: Line) -> None:
    line.database.may_write = False
    for token in range(600):
        line.post(token, str(token))
    await asyncio.sleep(0.2)
    assert not line.owner.heard
    line.database.may_write = True
    await line.owner.hears(600)
    assert stored_texts(line) == [str(token) for token in range(600)]


async def test_more_than_can_wait_is_refused_at_once(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WAITING", 5)
    monkeypatch.setattr(module, "WAITING_LETTERS", 100)
    line.database.may_write = False
    line.post("long", "x" * 101)
    for token in range(8):
        line.post(token)
    refused = ["long", 5, 6, 7]
    assert list(line.owner.heard) == refused
    assert all(isinstance(line.owner.heard[token], NotStored) for token in refused)
    line.database.may_write = True
    await line.owner.hears(9)
    assert len(stored_texts(line)) == 5
    line.post("again")
    await line.owner.hears(10)
    assert isinstance(line.owner.heard["again"], Stored)


async def test_a_key_sent_again_after_its_deadline_is_stored_once(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.3)
    line.database.may_write = False
    key = str(uuid.uuid4())
    line.post("first", key=key)
    await line.owner.hears(1)
    line.post("second", key=key)
    line.database.may_write = True
    await line.owner.hears(2)
    assert isinstance(line.owner.heard["second"], Stored)
    assert stored_texts(line) == ["hi"]


async def test_lost_connection_is_replaced_without_anybody_noticing(line: Line) -> None:
    line.post("before")
    await line.owner.hears(1)
    line.kill()
    line.post("after")
    await line.owner.hears(2)
    assert stored_texts(line) == ["hi", "hi"]


async def test_dead_line_is_found_while_nobody_sends(line: Line) -> None:
    line.kill()

    async def given_up() -> bool:
        await line.journal.keep()
        return line.journal._connection.current is None

    await until(given_up)
    line.post("after")
    await line.owner.hears(1)
    assert isinstance(line.owner.heard["after"], Stored)


async def test_another_unique_row_fails_its_own_message_and_no_other(line: Line) -> None:
    run(line.dsn, "create unique index messages_texts on messages (text) where text like 'odd%%'")
    line.post("before", "odd one")
    await line.owner.hears(1)
    for token, text in (("a", "even"), ("b", "odd one"), ("c", "fine")):
        line.post(token, text)
    await line.owner.hears(4)
    assert isinstance(line.owner.heard["b"], errors.Internal)
    assert {type(line.owner.heard[token]) for token in "ac"} == {Stored}
    assert stored_texts(line) == ["odd one", "even", "fine"]


async def test_a_race_that_is_never_won_is_given_up(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that says `messages_once` for ever: no loop without end or pause."""
    run(
        line.dsn,
        "create function never() returns trigger language plpgsql as $$ begin raise exception"
        " 'x' using errcode = 'unique_violation', constraint = 'messages_once'; end $$;"
        " create trigger never before insert on messages for each row execute function never()",
    )
    line.post("a")
    line.post("b")
    await line.owner.hears(2)
    assert {type(each) for each in line.owner.heard.values()} == {errors.Internal}


@pytest.fixture
async def sixth(line: Line) -> AsyncIterator[Line]:
    """The same line, of a server whose turn is the sixth."""
    database = Database(line.dsn, size=1)
    database.turn = 6
    sixth = Line(line.dsn, database, line.chat_id, line.user_id)
    yield sixth
    await sixth.journal.close()
    await database.close()


async def is_refused_until_it_is_its_turn(sixth: Line, messages: int) -> None:
    await asyncio.sleep(0.5)
    assert stored_texts(sixth) == []
    run(sixth.dsn, "update instance set value = '6' where name = 'turn'")
    await sixth.owner.hears(messages)
    assert all(isinstance(each, Stored) for each in sixth.owner.heard.values())
    assert len(stored_texts(sixth)) == messages


@pytest.mark.parametrize("messages", [1, 3])
async def test_a_server_whose_turn_is_over_appends_nothing(sixth: Line, messages: int) -> None:
    run(sixth.dsn, "insert into instance (name, value) values ('turn', '7')")
    for number in range(messages):
        sixth.post(number)
    await is_refused_until_it_is_its_turn(sixth, messages)


@pytest.mark.parametrize("messages", [1, 3])
async def test_one_whose_turn_ends_while_it_waits_for_a_row_appends_nothing(
    sixth: Line, messages: int
) -> None:
    dsn = sixth.dsn
    run(dsn, "insert into instance (name, value) values ('turn', '6')")
    with closing(psycopg2.connect(dsn)) as holder:
        holder.cursor().execute("select from streams where id = %s for update", (sixth.chat_id,))
        for number in range(messages):
            sixth.post(number)
        waiting = (
            "select count(*) from pg_stat_activity"
            " where wait_event_type = 'Lock' and datname = current_database()"
        )
        await until(lambda: run(dsn, waiting) == [(1,)])
        await asyncio.sleep(0.02)
        run(dsn, "update instance set value = '7' where name = 'turn'")
        holder.commit()
    await is_refused_until_it_is_its_turn(sixth, messages)


@pytest.mark.parametrize(
    ("turn", "stopped"), [("6", True), ("7", False), ("", False)], ids=["over", "own", "none"]
)
async def test_another_way_into_the_log_is_stopped_by_the_table_itself(
    line: Line, dsn: str, turn: str, stopped: bool
) -> None:
    run(dsn, "insert into instance (name, value) values ('turn', '7')")
    store = (
        f"set messenger.turn = '{turn}'; insert into messages (chat_id, seq, n, sender_id,"
        " client_message_id, digest, text, mentions, mentions_all, file_count, created_at, rev)"
        " values (%s, 1, 1, %s, gen_random_uuid(), 'x', 'hi', '{}', false, 0, now(), 1)"
        " returning seq"
    )
    if stopped:
        with pytest.raises(psycopg2.DatabaseError, match="turn 6 is over"):
            run(dsn, store, line.chat_id, line.user_id)
    else:
        assert run(dsn, store, line.chat_id, line.user_id) == [(1,)]


async def test_a_session_that_was_lost_is_in_doubt_until_it_is_gone(line: Line) -> None:
    assert not await line.database.lingers()
    connection = await line.database.dedicated()
    working = asyncio.create_task(connection.command("select pg_sleep(60)"))
    await asyncio.sleep(0.2)
    # Its end is noticed within a second (client_connection_check_interval), not at once.
    await line.database.give_up(connection)
    assert await line.database.lingers()
    await asyncio.gather(working, return_exceptions=True)
    async with asyncio.timeout(PATIENCE):
        while await line.database.lingers():
            await asyncio.sleep(0.05)


async def test_a_session_that_was_ended_as_too_late_is_in_doubt_as_well(line: Line) -> None:
    connection = await line.database.dedicated()
    asking = asyncio.ensure_future(connection.run("select pg_sleep(1)", ()))
    await asyncio.sleep(0.1)
    # As the watch does.
    await connection.raw.close()
    with pytest.raises(psycopg2.OperationalError):
        await asking
    await line.database.give_up(connection)
    assert await line.database.lingers()


def read_mark(line: Line) -> tuple[int, int]:
    [mark] = run(
        line.dsn, "select read_seq, read_n from members where chat_id = %s", line.chat_id
    )  # fmt: skip
    return mark


@pytest.fixture
def seated(line: Line) -> Line:
    run(
        line.dsn,
        "insert into members (chat_id, user_id, role, joined_at) values (%s, %s, 'member', now())",
        line.chat_id,
        line.user_id,
    )
    return line


async def test_a_senders_mark_is_stored_when_somebody_reads_marks(seated: Line) -> None:
    seated.post("a")
    seated.post("b")
    await seated.owner.hears(2)
    assert read_mark(seated) == (0, 0)
    found = await chats.my(seated.database, seated.user_id, [seated.chat_id])
    assert read_mark(seated) == (2, 2)
    assert found == {} or found[seated.chat_id].read_seq == 2


async def test_who_reads_the_marks_of_others_has_no_senders_stored(seated: Line) -> None:
    """A push asks thirty times a second about people who are away."""
    seated.post("a")
    await seated.owner.hears(1)
    others = [seated.user_id + 1, seated.user_id + 2]
    pairs = [(user, seated.chat_id) for user in others]
    await pushing.facts(seated.database, seated.chat_id, others)
    await pushing.views(seated.database, pairs)
    await pushing.badges(seated.database, others, datetime.now(UTC))
    assert read_mark(seated) == (0, 0)
    [known] = await pushing.facts(seated.database, seated.chat_id, [*others, seated.user_id])
    assert known.read_seq == 1
    assert read_mark(seated) == (1, 1)


async def test_a_senders_mark_is_stored_a_second_later(
    seated: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(owed, "EVERY", 0.05)
    seated.post("a")
    await seated.owner.hears(1)
    await until(lambda: read_mark(seated) == (1, 1))


async def test_a_senders_mark_that_a_crash_took_is_found_at_the_next_start(seated: Line) -> None:
    run(seated.dsn, "update streams set seq = 5 where id = %s", seated.chat_id)
    for token in range(3):
        seated.post(token)
    await seated.owner.hears(3)
    assert seated.journal.owed.rows()[0] == {(seated.chat_id, seated.user_id): (8, 3)}
    seated.journal.owed.marks.clear()
    assert read_mark(seated) == (0, 0)
    after = Journal(seated.database, lambda: datetime.now(UTC))
    await after.open()
    await after.close()
    assert read_mark(seated) == (8, 3)
    [(marked,)] = run(seated.dsn, "select marked_n from streams where id = %s", seated.chat_id)
    assert marked == 3


async def test_the_marks_of_what_is_in_flight_at_the_end_are_stored_before_it(seated: Line) -> None:
    seated.post("last")
    await asyncio.sleep(0)
    await seated.journal.close()
    assert isinstance(seated.owner.heard["last"], Stored)
    assert read_mark(seated) == (1, 1)


async def test_known_keys_in_a_batch_cost_the_others_nothing(line: Line) -> None:
    line.post("first", "a", key="0" * 31 + "1")
    await line.owner.hears(1)
    for token, text, key in (("b", "b", None), ("again", "a", "0" * 31 + "1"), ("c", "c", None)):
        line.post(token, text, key)
    await line.owner.hears(4)
    heard = {token: (each.seq, each.duplicate) for token, each in line.owner.heard.items()}
    assert heard == {
        "first": (1, False), "b": (2, False), "again": (1, True), "c": (3, False),
    }  # fmt: skip
    assert stored_texts(line) == ["a", "b", "c"]


async def test_the_key_of_an_archived_message_is_known(line: Line) -> None:
    key = str(uuid.uuid4())
    run(
        line.dsn,
        "insert into sent_keys (sender_id, client_message_id, chat_id, seq, n, created_at, digest)"
        " values (%s, %s, %s, 7, 3, now() - interval '1 year', %s)",
        line.user_id, key, line.chat_id, bytes(32),
    )  # fmt: skip
    line.post("again", key=key)
    line.post("fresh")
    await line.owner.hears(2)
    heard = {token: (each.seq, each.duplicate) for token, each in line.owner.heard.items()}
    assert heard == {"again": (7, True), "fresh": (1, False)}


async def test_several_writers_number_one_stream_without_holes(line: Line) -> None:
    others = [Journal(line.database, lambda: datetime.now(UTC)) for _ in range(2)]
    mine = line.journal
    for token in range(90):
        line.journal = (mine, *others)[token % 3]
        line.post(token)
        await asyncio.sleep(0)
    line.journal = mine
    await line.owner.hears(90)
    for each in others:
        await each.close()
    rows = run(line.dsn, "select seq, n from messages where chat_id = %s order by seq",
               line.chat_id)  # fmt: skip
    assert rows == [(number, number) for number in range(1, 91)]
    assert {each.seq for each in line.owner.heard.values()} == set(range(1, 91))
