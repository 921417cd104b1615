"""Reminders of tasks: by the person's clock, once each, whoever sends them and whatever happens."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from messenger import config, errors
from messenger.actors.commands import Remind
from messenger.app import Server
from messenger.cli.local_server import local_server
from messenger.jobs import reminders
from messenger.jobs.reminders import Reminders
from messenger.model import SYSTEM, Due
from messenger.protocol.accounts import UpdateUser
from messenger.protocol.commands import RemoveMember
from messenger.protocol.preferences import Snooze
from messenger.protocol.tasks import CreateTask, DeleteTask, UpdateTask
from messenger.store.rows.reminders import forget
from messenger.store.schema import tables
from messenger.store.statements import Prepared
from tests.live.conftest import Stage

SATURDAY = Due(date="2026-03-28")


class Clock:
    """A clock that stands until it is set; Moscow is three hours ahead of it, all year."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 26, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def set(self, moment: str) -> None:
        self.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock()


Start = Callable[[], Awaitable[Stage]]


@pytest.fixture
async def start(
    dsn: str, tmp_path: Path, settings: dict[str, str], clock: Clock
) -> AsyncIterator[Start]:
    """Start a server that goes by the clock; the one before it is stopped first."""
    stages: list[Stage] = []

    async def stop() -> None:
        for stage in stages:
            for client in stage.clients:
                await client.disconnect()
            await stage.server.stop()
        stages.clear()

    async def started() -> Stage:
        await stop()
        given = {"DATA_DIR": str(tmp_path), "PORT": "0", "BCRYPT_ROUNDS": "4", **settings}
        server = Server(config.load(given), dsn, clock=clock)
        await server.start()
        stages.append(Stage(server))
        return stages[-1]

    yield started
    await stop()


@pytest.fixture
async def stage(start: Start) -> Stage:
    return await start()


async def assigned(stage: Stage, chat: int, name: str = "bob", **fields: Any) -> int:
    """A task of alice's for somebody."""
    person = (await stage.person(name)).user_id
    made = CreateTask(
        title="Смета", chat_id=chat, assigned_to=person, **{"due": SATURDAY, **fields}
    )
    return int((await stage.ask("alice", made)).id)


async def job(stage: Stage) -> None:
    await Reminders(stage.server.database, stage.server.directory, stage.server.clock).run()


async def logged(stage: Stage, name: str = "bob") -> list[tuple[int, str]]:
    """The reminders in somebody's log: the task and the kind."""
    person = await stage.person(name)
    events = await stage.server.store.events(person.user_id, 0, 10_000)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    return [
        (event.data.task_id, event.data.kind) for event in events if event.type == "task.reminder"
    ]


async def test_reminder_reaches_the_assignee_alone(stage: Stage, clock: Clock, lobby: int) -> None:
    task = await assigned(stage, lobby)
    clock.set("2026-03-27T06:00")
    bob, alice = await stage.client("bob"), await stage.client("alice")
    await bob.subscribe((bob.user_id, None))
    await alice.subscribe((alice.user_id, None))
    await job(stage)
    event = await bob.expect("task.reminder", task_id=task, chat_id=lobby, kind="tomorrow", by=None)
    assert event["at"] == "2026-03-27T06:00:00.000Z"
    await alice.expect_nothing()


async def test_reminder_is_caught_up_later(stage: Stage, clock: Clock, lobby: int) -> None:
    task = await assigned(stage, lobby)
    clock.set("2026-03-28T06:00")
    await job(stage)
    bob = await stage.client("bob")
    await bob.subscribe((bob.user_id, 0))
    await bob.expect("chat.joined")
    await bob.expect("chat.joined")
    await bob.expect("chat.joined", chat_id=lobby)
    await bob.expect("task.reminder", task_id=task, kind="now")


async def test_each_is_sent_once_as_days_pass(stage: Stage, clock: Clock, lobby: int) -> None:
    day = await assigned(stage, lobby)
    moment = await assigned(
        stage, lobby, due=Due(at="2026-03-28T15:30:00.000Z", zone="Europe/Moscow")
    )
    came: dict[tuple[int, str], datetime] = {}
    for _ in range(24 * 5):
        clock.now += timedelta(hours=1)
        await job(stage)
        for reminder in await logged(stage):
            came.setdefault(reminder, clock.now)
    assert {key: f"{at:%d %H}" for key, at in came.items()} == {
        (day, "tomorrow"): "27 06",
        (day, "now"): "28 06",
        (day, "overdue"): "29 06",
        (moment, "tomorrow"): "27 16",
        (moment, "now"): "28 16",
        (moment, "overdue"): "29 06",
    }
    assert len(await logged(stage)) == 6


async def test_morning_stays_when_clocks_change(stage: Stage, clock: Clock, lobby: int) -> None:
    bob = await stage.person("bob")
    await stage.ask("bob", UpdateUser(user_id=bob.user_id, time_zone="Europe/Berlin"))
    task = await assigned(stage, lobby, due=Due(date="2026-03-29"))
    for moment, kinds in [
        ("2026-03-28T07:59", []),
        ("2026-03-28T08:00", ["tomorrow"]),
        ("2026-03-29T06:59", ["tomorrow"]),
        ("2026-03-29T07:00", ["tomorrow", "now"]),
    ]:
        clock.set(moment)
        await job(stage)
        assert await logged(stage) == [(task, kind) for kind in kinds]


async def test_restart_neither_repeats_nor_loses_a_reminder(start: Start, clock: Clock) -> None:
    stage = await start()
    chat = await stage.group("alice", "bob")
    task = await assigned(stage, chat)
    clock.set("2026-03-27T06:00")
    await job(stage)
    people = stage.identities
    stage = await start()
    stage.identities = people
    await job(stage)
    assert await logged(stage) == [(task, "tomorrow")]
    clock.set("2026-03-28T06:00")
    await job(stage)
    assert await logged(stage) == [(task, "tomorrow"), (task, "now")]


async def test_standstill_sends_only_the_newest(stage: Stage, clock: Clock, lobby: int) -> None:
    task = await assigned(stage, lobby)
    clock.set("2026-03-30T05:00")
    await job(stage)
    assert await logged(stage) == [(task, "overdue")]


async def test_two_runs_at_once_send_one(stage: Stage, clock: Clock, lobby: int) -> None:
    tasks = [await assigned(stage, lobby) for _ in range(5)]
    clock.set("2026-03-28T06:00")
    await asyncio.gather(job(stage), job(stage), job(stage))
    assert sorted(await logged(stage)) == [(task, "now") for task in tasks]


async def test_two_processes_send_one_reminder(
    stage: Stage, clock: Clock, lobby: int, dsn: str
) -> None:
    tasks = [await assigned(stage, lobby) for _ in range(20)]
    clock.set("2026-03-28T06:00")
    bob = await stage.client("bob")
    await bob.subscribe((bob.user_id, None))
    async with local_server(stage.server.settings, dsn, clock) as other:
        await asyncio.gather(job(stage), Reminders(other.database, other.directory, clock).run())
    assert sorted(await logged(stage)) == [(task, "now") for task in tasks]
    heard = [await bob.expect("task.reminder", kind="now") for _ in tasks]
    assert sorted(event["data"]["task_id"] for event in heard) == tasks
    await bob.expect_nothing()


async def test_nobody_hears_of_what_is_not_theirs(stage: Stage, clock: Clock, lobby: int) -> None:
    done, deleted, undated = [await assigned(stage, lobby) for _ in range(3)]
    await stage.ask("alice", UpdateTask(task_id=done, status="done"))
    await stage.ask("alice", DeleteTask(task_id=deleted))
    await stage.ask("alice", UpdateTask(task_id=undated, due=None))
    left = await stage.group("alice", "carol", title="Left")
    await assigned(stage, left, "carol")
    carol = await stage.person("carol")
    await stage.ask("carol", RemoveMember(chat_id=left, user_id=carol.user_id))
    both = await stage.group("alice", "dave")
    await assigned(stage, both, "dave")
    dave = await stage.person("dave")
    await stage.server.directory.ask(SYSTEM, UpdateUser(user_id=dave.user_id, disabled=True))
    clock.set("2026-03-28T06:00")
    await job(stage)
    for name in ("alice", "bob", "carol", "dave"):
        assert await logged(stage, name) == []


async def test_new_assignee_is_reminded_anew(stage: Stage, clock: Clock, lobby: int) -> None:
    task = await assigned(stage, lobby)
    clock.set("2026-03-28T06:00")
    await job(stage)
    carol = await stage.person("carol")
    await stage.ask("alice", UpdateTask(task_id=task, assigned_to=carol.user_id))
    await job(stage)
    assert await logged(stage) == [(task, "now")]
    assert await logged(stage, "carol") == [(task, "now")]


async def test_new_date_reminds_anew(stage: Stage, clock: Clock, lobby: int) -> None:
    task = await assigned(stage, lobby)
    clock.set("2026-03-27T06:00")
    await job(stage)
    await stage.ask("alice", UpdateTask(task_id=task, due=Due(date="2026-03-27")))
    await job(stage)
    await stage.ask("alice", UpdateTask(task_id=task, due=SATURDAY))
    await job(stage)
    assert await logged(stage) == [(task, "tomorrow"), (task, "now")]


async def test_done_an_instant_ago_is_not_reminded_of(stage: Stage, lobby: int) -> None:
    task = await assigned(stage, lobby)
    bob = await stage.person("bob")
    meant = Remind(user_id=bob.user_id, chat_id=lobby, task_id=task, kind="now", due="2026-03-28")
    await stage.ask("alice", UpdateTask(task_id=task, status="done"))
    with pytest.raises(errors.NotFound):
        await stage.server.directory.ask(SYSTEM, meant)
    assert await logged(stage) == []


async def test_run_that_stops_at_its_limit_goes_on_in_the_next(
    stage: Stage, clock: Clock, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reminders, "PAGE", 2)
    monkeypatch.setattr(reminders, "SENT", 3)
    tasks = [await assigned(stage, lobby) for _ in range(7)]
    clock.set("2026-03-28T06:00")
    work = Reminders(stage.server.database, stage.server.directory, clock)
    for sent in (3, 6, 7, 7):
        await work.run()
        assert len(await logged(stage)) == sent
    assert await logged(stage) == [(task, "now") for task in tasks]


async def test_run_ends_early_when_the_server_stops(stage: Stage, clock: Clock, lobby: int) -> None:
    tasks = [await assigned(stage, lobby) for _ in range(3)]
    clock.set("2026-03-28T06:00")
    server = stage.server
    await Reminders(server.database, server.directory, clock, lambda: True).run()
    assert await logged(stage) == [(tasks[0], "now")]


async def test_sent_ones_are_remembered_longer_than_tasks_are_looked_at(
    stage: Stage, clock: Clock, lobby: int
) -> None:
    task = await assigned(stage, lobby)
    kept = []
    for day in ("03-30", "04-26", "05-28", "05-30"):
        clock.set(f"2026-{day}T06:00")
        await forget(stage.server.database, clock.now - reminders.KEPT)
        await job(stage)
        rows = await stage.server.database.fetch(Prepared(tables.reminders.select()))
        kept.append(len(rows))
    assert kept == [1, 1, 1, 0]
    assert await logged(stage) == [(task, "overdue")]


async def test_what_cannot_be_sent_keeps_nobody_waiting(
    stage: Stage, clock: Clock, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    stuck, task = [await assigned(stage, lobby) for _ in range(2)]
    ask = stage.server.directory.ask

    async def failing(identity: Any, command: Any) -> Any:
        if command.task_id == stuck:
            raise errors.Unavailable()
        return await ask(identity, command)

    monkeypatch.setattr(stage.server.directory, "ask", failing)
    clock.set("2026-03-28T06:00")
    work = Reminders(stage.server.database, stage.server.directory, clock)
    with pytest.raises(errors.Unavailable):
        await work.run()
    await work.run()
    assert await logged(stage) == [(task, "now")]
    monkeypatch.undo()
    await work.run()
    assert await logged(stage) == [(task, "now"), (stuck, "now")]


async def test_timetable_runs_it_every_minute(stage: Stage, clock: Clock, lobby: int) -> None:
    task = await assigned(stage, lobby)
    clock.set("2026-03-28T06:00")
    bob = await stage.client("bob")
    await bob.subscribe((bob.user_id, None))
    [timer] = [timer for timer in stage.server.schedule._timers if timer.spec == "* * * * *"]
    await timer.func()
    await bob.expect("task.reminder", task_id=task, kind="now")


async def test_reminder_that_was_put_off_comes_once_more(
    stage: Stage, clock: Clock, lobby: int
) -> None:
    task = await assigned(stage, lobby)
    later = Snooze(task_id=task, key="k1")
    with pytest.raises(errors.NotFound):
        await stage.ask("bob", later)
    clock.set("2026-03-28T06:00")
    await job(stage)
    with pytest.raises(errors.NotFound):
        await stage.ask("alice", Snooze(task_id=task))
    await stage.ask("bob", later)
    clock.set("2026-03-28T06:20")
    # The same key: it is not put off for longer.
    await stage.ask("bob", later)
    clock.set("2026-03-28T06:59")
    await job(stage)
    assert await logged(stage) == [(task, "now")]
    clock.set("2026-03-28T07:00")
    for _ in range(2):
        await job(stage)
    assert await logged(stage) == [(task, "now"), (task, "now")]
    await stage.ask("bob", Snooze(task_id=task))
    await stage.ask("alice", UpdateTask(task_id=task, status="done"))
    clock.set("2026-03-28T09:00")
    await job(stage)
    assert len(await logged(stage)) == 2, "what is done needs no reminder"
