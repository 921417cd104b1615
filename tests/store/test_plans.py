"""What people wait for is read the same way from small tables as from large ones: by an index."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from bench.filling import Filling
from bench.server import Account
from messenger.model import Identity
from messenger.store import connection as connections
from messenger.store import events
from messenger.store.db import Database
from messenger.store.reads import chats, files, messages, pushing, sync, task_lists, tasks
from messenger.store.rows import boards, members, subscriptions
from messenger.store.rows import chats as chat_rows

PEOPLE = """
with made as (insert into streams (kind) select 'user' from generate_series(1, 12) returning id)
insert into users (id, username, username_key, display_name, role, locale, time_zone, created_at)
select id, 'u' || id, 'u' || id, 'U', 'user', 'en', 'UTC', now() from made returning id
"""
COLUMN = """
insert into columns (chat_id, title, position, is_done, version, rev)
values (%(chat)s, 'Done', 'a0', true, 1, 1) returning id
"""
BLOB = "insert into blobs values (sha256('a'), 1, 'disk', now())"
FILES = """
with placed as (
    select gen_random_uuid() as id, chat_id, seq, null::bigint as task_id from messages
    where seq %% 10 = 0 and not exists (
        select from attachments a where (a.chat_id, a.seq) = (messages.chat_id, messages.seq))
    union all
    select gen_random_uuid(), chat_id, id * 7, id from tasks
    where id %% 3 = 0 and not exists (select from task_files where task_id = tasks.id)
), made as (
    insert into files (id, chat_id, uploader_id, name, mime, size, sha256, created_at)
    select id, chat_id, %(user)s, 'f' || seq, case when seq %% 4 = 0 then 'image/png'
           else 'text/plain' end, 1, sha256('a'), now() from placed
), attached as (
    insert into attachments (chat_id, seq, position, file_id)
    select chat_id, seq, 0, id from placed where task_id is null
)
insert into task_files (task_id, file_id, position, chat_id, seq, at)
select task_id, id, 0, chat_id, seq, now() from placed where task_id is not null
"""
MANY_MEMBERS = [
    "insert into streams (kind) select 'chat' from generate_series(1, 600)",
    """
    insert into chats (id, kind, title, created_at, updated_at, member_count)
    select id, 'group', 'Lobby', now(), now(), 100 from streams where kind = 'chat'
    """,
    """
    insert into streams (kind) select 'user' from generate_series(1, 100)
    """,
    """
    insert into users (id, username, username_key, display_name, role, locale, time_zone,
                       created_at)
    select id, 'm' || id, 'm' || id, 'M', 'user', 'en', 'UTC', now() from streams s
    where kind = 'user' and not exists (select from users u where u.id = s.id)
    """,
    """
    insert into members (chat_id, user_id, role, joined_at)
    select c.id, u.id, 'member', now() from chats c, users u
    """,
    "analyze",
]
"""Sixty thousand seats, in chats whose marks are told."""
GROWS = {"messages", "events", "tasks", "attachments", "task_files"}
"""Tables that no statement of these may read through. The others are as small as here."""
READ_THROUGH = "all of"
ALIKE = {"messages_by_n": "messages_tombstones"}
"""Either leads to the deleted messages past a mark; where there are few, the planner takes any."""
PREPARED: dict[bytes, bytes] = {}
"""What was prepared, by name, as it was sent."""
SIZES = (30_000, 90_000)
DAYS = 300
"""On which the tasks are due that are filled in."""
NOW = datetime(2026, 7, 1, tzinfo=UTC)
Ask = Callable[[Database], Awaitable[Any]]


class Town:
    """People in thirty chats, one of which has half of all that is written."""

    def __init__(self, dsn: str) -> None:
        self.filling = Filling(dsn)
        self.ids = [id for (id,) in self.filling.run(PEOPLE)]
        self.people = [Account(id, f"u{id}", "") for id in self.ids]
        self.reader, self.newcomer = self.ids[1], self.ids[2]
        self.chats = self.filling.chats(self.ids[0], 30)
        self.big = self.chats[0]
        self.filling.members([(chat, id) for chat in self.chats for id in self.ids])
        [(self.column,)] = self.filling.run(COLUMN, chat=self.big)
        self.filling.run(BLOB)
        self.written = 0

    def grow(self, size: int) -> None:
        more = size - self.written
        self.filling.messages(self.big, self.people, more // 2, self.newcomer)
        for chat in self.chats[1:]:
            self.filling.messages(chat, self.people, more // 2 // len(self.chats), self.newcomer)
        column = self.column
        self.filling.tasks(
            [self.big], self.people, more // 40, done=True, column=column, start=self.written
        )
        self.filling.tasks(self.chats, self.people, more // 3, done=True)
        self.filling.tasks(self.chats, self.people, more // 200, done=False)
        self.filling.run(FILES, user=self.ids[0])
        for id in self.ids:
            if id != self.newcomer:
                self.filling.read_all(id)
        self.filling.settle()
        self.written = size

    def asks(self) -> dict[str, Ask]:
        """What is asked for while people wait; by what it is called in a failure."""
        reader, newcomer, big = self.reader, self.newcomer, self.big
        who = Identity(user_id=reader, session_id="", username="", role="user", disabled=False)

        def tasks_of(**wanted: Any) -> Ask:
            asked = task_lists.Wanted(limit=50, **wanted)
            return lambda database: task_lists.page(database, reader, asked)

        def files_of(seq: int | None = None, *, newer: bool = False) -> Ask:
            asked = files.Wanted()
            place = None if seq is None else files.FileCursor(seq, 0)
            return lambda d: files.in_chat(d, reader, big, 50, asked, place, newer=newer)

        return {
            "files": files_of(),
            "files further on": files_of(5_000),
            "files before them": files_of(5_000, newer=True),
            "all tasks": tasks_of(),
            "open tasks": tasks_of(status="open"),
            "tasks of one": tasks_of(assigned_to=newcomer, status="open"),
            "tasks one made": tasks_of(creator=self.ids[0]),
            "tasks further on": tasks_of(after_day=date(2026, 6, 1), after_id=5),
            "summary": lambda d: task_lists.summary(
                d, reader, NOW.date(), NOW - timedelta(5), NOW, 0, 200
            ),
            "chats": lambda d: chats.page(d, reader, 50, None),
            "chats of who never read": lambda d: chat_rows.my(d, newcomer, self.chats),
            "access": lambda d: d.fetch(chat_rows.ALL_ACCESS, user=reader),
            "marks": lambda d: members.marks(d, self.chats),
            "bootstrap": lambda d: sync.bootstrap(d, who, 20, None, 1),
            "history": lambda d: messages.page(d, reader, big, 50, around=5_000),
            "the log": lambda d: events.read(d, big, 5_000, 5_100),
            "board": lambda d: tasks.board(d, reader, big),
            "board with few done": lambda d: tasks.board(d, reader, big, 50),
            "done ones of a column": lambda d: tasks.done_in(d, reader, self.column, 50, None),
            "who may be pushed to": lambda d: subscriptions.targets(d, [str(UUID(int=1))], "", NOW),
            "who is told": lambda d: pushing.facts(d, big, self.ids),
            "what they see": lambda d: pushing.views(d, [(id, big) for id in self.ids]),
            "what they have not read": lambda d: pushing.badges(d, self.ids, NOW),
            "the actor's board": lambda d: boards.board_record(d, big),
        }


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """All that is sent to the database, as it is sent."""
    sent: list[bytes] = []
    execute = connections.execute
    PREPARED.clear()

    async def recording(cursor: Any, sql: str | bytes, values: Any = None) -> None:
        text = cursor.mogrify(sql, values) if values is not None else bytes(sql)
        if found := re.match(rb"prepare (\w+) as", without_begin(text)):
            PREPARED[found[1]] = without_begin(text)
        sent.append(text)
        await execute(cursor, sql, values)

    monkeypatch.setattr(connections, "execute", recording)
    return sent


async def test_no_plan_changes_with_the_size_of_the_tables(
    dsn: str, statements: list[bytes]
) -> None:
    town = await asyncio.to_thread(Town, dsn)
    database = Database(dsn, size=1)
    await database.open()
    seen: list[dict[str, set[str]]] = []
    try:
        for size in SIZES:
            await asyncio.to_thread(town.grow, size)
            plans = {}
            for name, ask in town.asks().items():
                statements.clear()
                await ask(database)
                reads = [sql for sql in statements if is_read(sql)]
                plans[name] = {way for sql in reads for way in plan_of(town.filling, sql)}
            seen.append(plans)
    finally:
        await database.close()
        town.filling.close()
    small, large = seen
    for name in large:
        assert not {way for way in large[name] if way.startswith(READ_THROUGH)}, name
        assert large[name] == small[name], name


async def test_a_page_of_all_tasks_does_not_read_a_page_of_every_chat(
    dsn: str, statements: list[bytes]
) -> None:
    town = await asyncio.to_thread(Town, dsn)
    database = Database(dsn, size=1)
    await database.open()
    try:
        for done in (False, True):
            # One of each day in each chat.
            count = len(town.chats[1:]) * DAYS
            await asyncio.to_thread(
                town.filling.tasks, town.chats[1:], town.people, count, done=done
            )
        await asyncio.to_thread(town.filling.settle)
        found = await town.asks()["all tasks"](database)
        [sql] = [sql for sql in statements if is_read(sql)]
        plan = explained(town.filling, sql, b"analyze, format json")
    finally:
        await database.close()
        town.filling.close()
    assert len(found.items) == 50
    assert 0 < rows_by("tasks_listed", plan) <= 5 * 50


async def test_a_thousand_messages_that_name_somebody_are_counted_and_no_more(
    dsn: str, statements: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.filling.MENTIONING", 1)
    town = await asyncio.to_thread(Town, dsn)
    database = Database(dsn, size=1)
    await database.open()
    try:
        await asyncio.to_thread(town.grow, SIZES[0] // 5)
        mine = await chat_rows.my(database, town.newcomer, [town.big])
        [sql] = [sql for sql in statements if is_read(sql)]
        plan = explained(town.filling, sql, b"analyze, format json")
    finally:
        await database.close()
        town.filling.close()
    assert mine[town.big].mentions == 1_000
    # One in twelve is by the person itself.
    assert 0 < rows_by("messages_mentioning", plan) <= 1_200


async def test_marks_are_read_chat_by_chat_however_many_seats_there_are(
    dsn: str, statements: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{__name__}.GROWS", {"members"})
    filling = Filling(dsn)
    database = Database(dsn, size=1)
    await database.open()
    try:
        for sql in MANY_MEMBERS:
            await asyncio.to_thread(filling.run, sql)
        chats_of_one = [id for (id,) in filling.run("select id from chats order by id limit 150")]
        found = await members.marks(database, chats_of_one)
        [sql] = [sql for sql in statements if is_read(sql)]
        assert set(plan_of(filling, sql)) == {"members_pkey"}
        assert {id: len(each) for id, each in found.items()} == dict.fromkeys(chats_of_one, 100)
    finally:
        await database.close()
        filling.close()


def is_read(sql: bytes) -> bool:
    begins = rb"\s*(select|with|execute kept_\d+)\b"
    return re.match(begins, without_begin(sql), re.IGNORECASE) is not None


def without_begin(sql: bytes) -> bytes:
    """The first statement of a transaction comes with what opens it."""
    return sql.partition(b";")[2] if sql.startswith(b"begin") else sql


def plan_of(filling: Filling, sql: bytes) -> Iterator[str]:
    """How the tables that grow are come by: by which indexes, or by reading through them.

    Of what is prepared, both as it is planned for these parameters and for any.
    """
    for mode in ("force_custom_plan", "force_generic_plan"):
        filling.run(f"set plan_cache_mode = {mode}")
        yield from _ways(explained(filling, sql))


def explained(filling: Filling, sql: bytes, how: bytes = b"format json") -> Any:
    sql = without_begin(sql)
    if found := re.match(rb"execute (\w+)", sql):
        filling.run("deallocate all")
        filling.run(PREPARED[found[1]])
    [(plan,)] = filling.run(b"explain (" + how + b") " + sql)
    return plan[0]["Plan"]


def _ways(node: dict[str, Any]) -> Iterator[str]:
    index = node.get("Index Name", "")
    if any(index.startswith(f"{name}_") for name in GROWS):
        yield ALIKE.get(index, index)
    elif node["Node Type"] == "Seq Scan" and node["Relation Name"] in GROWS:
        yield f"{READ_THROUGH} {node['Relation Name']}"
    for below in node.get("Plans", ()):
        yield from _ways(below)


def rows_by(index: str, node: dict[str, Any]) -> float:
    """How many rows came by an index."""
    own = node["Actual Rows"] * node["Actual Loops"] if node.get("Index Name") == index else 0
    return own + sum(rows_by(index, below) for below in node.get("Plans", ()))
