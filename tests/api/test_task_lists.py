"""Many tasks by REST: filters, pages, the counts of a week; one task's history and discussion."""

import itertools
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from messenger.store.rows import sessions
from tests.api.boards import INVALID, Object, columns, new
from tests.api.cast import HASH, Door, Person, ids, ok, org, refusal
from tests.api.conftest import NewClient

NEVER = "9999-99-99"
DUES: list[tuple[Any, str]] = [
    (None, NEVER),
    ({"date": "2031-03-01"}, "2031-03-01"),
    ({"date": "2031-03-02"}, "2031-03-02"),
    # A moment counts as the day it is where it was meant: here the next one, there the last.
    ({"at": "2031-03-01T21:30:00Z", "zone": "Europe/Moscow"}, "2031-03-02"),
    ({"at": "2031-03-02T03:30:00Z", "zone": "America/New_York"}, "2031-03-01"),
]
"""What a task is due, and on which day that is."""


@pytest.fixture
async def many(alice: Person, bob: Person, carol: Person) -> list[Object]:
    """All that alice may see of every kind of task there is, and some that she may not."""
    common, project = await org(alice), await alice.group(bob, board=True)
    found: list[Object] = []
    kinds = itertools.product((common, project), (alice, bob), (None, alice, bob), ("open", "done"))
    for number, (chat, creator, assignee, status) in enumerate(kinds):
        due, day = DUES[number % len(DUES)]
        task = await new(creator, chat, due=due, assigned_to=assignee and assignee.user_id)
        if status == "done":
            task = ok(await creator.patch(f"/tasks/{task['id']}", {"status": "done"}))
        found.append({**task, "day": day})
    hidden = await carol.group(bob)
    await new(carol, hidden, assigned_to=bob.user_id, due={"date": "2031-03-01"})
    return sorted(found, key=lambda task: (task["day"], task["id"]))


def chosen(tasks: list[Object], me: int, wanted: dict[str, Any]) -> list[int]:
    """What a list with these filters must be."""
    return [
        task["id"]
        for task in tasks
        if all(
            wanted[name] == task[name] or (wanted[name] == "me" and task[name] == me)
            for name in wanted.keys() & {"assigned_to", "creator", "status", "chat_id"}
        )
        and (not {"from", "to"} & wanted.keys() or task["day"] != NEVER)
        and wanted.get("from", "") <= task["day"] <= wanted.get("to", NEVER)
    ]


async def test_filters_combine_freely(alice: Person, bob: Person, many: list[Object]) -> None:
    filters: dict[str, tuple[Any, ...]] = {
        "assigned_to": (None, "me", bob.user_id),
        "creator": (None, "me", bob.user_id),
        "status": (None, "open", "done"),
        "chat_id": (None, many[0]["chat_id"]),
        "from": (None, "2031-03-02"),
        "to": (None, "2031-03-01", "2031-03-02"),
    }
    for values in itertools.product(*filters.values()):
        wanted = {name: v for name, v in zip(filters, values, strict=True) if v is not None}
        found = ok(await alice.get("/tasks", limit=200, **wanted))
        assert (wanted, ids(found)) == (wanted, chosen(many, alice.user_id, wanted))


async def test_a_task_is_found_by_the_number_people_write(
    alice: Person, bob: Person, many: list[Object]
) -> None:
    for task in many[:3]:
        assert ids(ok(await alice.get("/tasks", number=task["number"]))) == [task["id"]]
    hidden = await new(bob, await bob.group())
    assert ok(await alice.get("/tasks", number=hidden["number"])) == []


@pytest.mark.parametrize("limit", [1, 2, 7, 200])
async def test_pages_lose_and_repeat_nothing(alice: Person, many: list[Object], limit: int) -> None:
    whole = [task["id"] for task in many]
    assert ids(await alice.all_of("/tasks", limit=limit)) == whole
    mine = chosen(many, alice.user_id, {"assigned_to": "me", "status": "open"})
    wanted = {"assigned_to": "me", "status": "open", "limit": limit}
    assert ids(await alice.all_of("/tasks", **wanted)) == mine


async def test_pages_go_on_while_tasks_come_and_go(alice: Person, many: list[Object]) -> None:
    """What is there all the while is listed once, whatever is made and deleted around it."""
    doomed = [task["id"] for task in many[6:] if task["creator"] == alice.user_id]
    found: list[int] = []
    next = None
    while not found or next is not None:
        _, page = await alice.get("/tasks", limit=1, **({"next": next} if next else {}))
        found += ids(page["data"])
        next = page["next"]
        await new(alice, many[0]["chat_id"], due={"date": "2031-02-01"})
        if len(found) == 3:
            for id in doomed:
                ok(await alice.delete(f"/tasks/{id}"))
    assert found == [task["id"] for task in many if task["id"] not in doomed]


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    "query",
    [
        {"status": "closed"}, {"assigned_to": "bob"}, {"assigned_to": "0"}, {"creator": "-1"},
        {"from": "2031-02-30"}, {"from": "tomorrow"}, {"to": "2031-3-1"}, {"to": "20310301"},
        {"chat_id": "0"}, {"number": "0"}, {"number": "a"}, {"limit": "0"}, {"limit": "201"},
        {"limit": "1.0"}, {"next": "x"},
        {"next": "WzEsMl0"}, {"nonsense": "1"}, {"due_from": "2031-03-01"}, {"status": "\x00"},
    ],
)  # fmt: skip
async def test_filters_that_mean_nothing_are_refused(alice: Person, query: Object) -> None:
    assert refusal(await alice.get("/tasks", **query)) == INVALID


async def test_a_filter_shows_nothing_of_other_chats(
    alice: Person, bob: Person, carol: Person
) -> None:
    hidden = await carol.group(bob)
    task = await new(carol, hidden, assigned_to=bob.user_id)
    wanted = {"assigned_to": bob.user_id, "creator": carol.user_id, "chat_id": hidden}
    assert ok(await alice.get("/tasks", **wanted)) == []
    assert ids(ok(await bob.get("/tasks", **wanted))) == [task["id"]]
    ok(await carol.delete(f"/chats/{hidden}/members/{bob.user_id}"))
    assert ok(await bob.get("/tasks", assigned_to="me")) == []


# The week


async def it_is(door: Door, moment: str, *people: Person) -> None:
    """Turn the clock, and sign people in anew: their tokens would have run out."""
    server = door.server
    server.ahead = datetime.fromisoformat(moment).astimezone(UTC) - datetime.now(UTC)
    now = server.clock()
    for who in people:
        id = str(uuid.uuid4())
        until = now + timedelta(days=1)
        await sessions.open_session(
            server.database, id, who.user_id, HASH, "test", now, until
        )  # fmt: skip
        who.access = server.tokens.access(who.user_id, id)


async def counts(who: Person) -> dict[int | None, tuple[int, int, int]]:
    rows = ok(await who.get("/tasks/summary"))
    return {row["user_id"]: (row["open"], row["overdue"], row["done"]) for row in rows}


async def test_a_summary_counts_by_person(
    alice: Person, bob: Person, carol: Person, project: int
) -> None:
    for status in ("open", "done", "open"):
        for person in (alice, bob):
            task = await new(alice, project, assigned_to=person.user_id)
            ok(await alice.patch(f"/tasks/{task['id']}", {"status": status}))
    await new(alice, project)
    gone = await new(alice, project, assigned_to=bob.user_id)
    ok(await alice.delete(f"/tasks/{gone['id']}"))
    hidden = await carol.group(bob)
    await new(carol, hidden, assigned_to=bob.user_id, due={"date": "2001-01-01"})
    assert await counts(alice) == {
        alice.user_id: (2, 0, 1), bob.user_id: (2, 0, 1), None: (1, 0, 0),
    }  # fmt: skip
    assert (await counts(bob))[bob.user_id] == (3, 1, 1)
    assert await counts(carol) == {bob.user_id: (1, 1, 0)}


async def test_overdue_is_what_is_past_where_the_reader_is(
    door: Door, alice: Person, bob: Person, project: int
) -> None:
    ok(await bob.patch("/users/me", {"time_zone": "America/New_York"}))
    await new(alice, project, due={"date": "2031-03-02"})
    await new(alice, project, due={"at": "2031-03-02T20:00:00Z", "zone": "Europe/Moscow"})
    overdue = {}
    for moment in ("02T19:59:00", "02T20:01:00", "02T21:01:00", "03T05:01:00"):
        await it_is(door, f"2031-03-{moment}Z", alice, bob)
        overdue[moment] = [(await counts(who))[None][1] for who in (alice, bob)]
    assert overdue == {
        "02T19:59:00": [0, 0],
        "02T20:01:00": [1, 1],  # the moment has passed, for everybody
        "02T21:01:00": [2, 1],  # in Moscow it is the third
        "03T05:01:00": [2, 2],
    }


@pytest.mark.parametrize(
    ("zone", "first", "now"),
    [
        ("Europe/Moscow", "2031-03-02T21:00:00Z", "2031-03-05T12:00:00Z"),
        # Clocks are put forward on the Sunday between: the week began at 00:00 of winter time.
        ("Europe/Berlin", "2031-03-23T23:00:00Z", "2031-03-30T12:00:00Z"),
        ("America/New_York", "2031-11-03T05:00:00Z", "2031-11-03T05:00:30Z"),
    ],
)
async def test_a_week_begins_on_the_readers_monday(
    door: Door, alice: Person, project: int, zone: str, first: str, now: str
) -> None:
    monday = datetime.fromisoformat(first)
    there = monday.astimezone(ZoneInfo(zone))
    assert (there.weekday(), there.hour, there.minute) == (0, 0, 0)
    ok(await alice.patch("/users/me", {"time_zone": zone}))
    tasks = [await new(alice, project) for _ in range(2)]
    for task, seconds in zip(tasks, (-1, 1), strict=True):
        await it_is(door, (monday + timedelta(seconds=seconds)).isoformat(), alice)
        ok(await alice.patch(f"/tasks/{task['id']}", {"status": "done"}))
    await it_is(door, now, alice)
    assert await counts(alice) == {None: (0, 0, 1)}


# One task


async def test_the_history_tells_every_change_in_its_pages(
    alice: Person, bob: Person, project: int
) -> None:
    _, doing, _ = await columns(alice, project)
    await new(alice, project, column_id=doing)
    task = await new(alice, project, assigned_to=bob.user_id)
    address = f"/tasks/{task['id']}"
    last = [
        ok(await alice.patch(address, {"title": "two", "labels": ["a"]})),
        ok(await bob.post(f"{address}/move", {"column_id": doing})),
        ok(await bob.patch(address, {"checklist": [{"id": "a", "text": "x", "done": True}]})),
        ok(await alice.patch(address, {"due": {"date": "2031-03-01"}})),
    ]
    ok(await alice.patch(address, {"title": "two"}))
    entries = ok(await bob.get(f"{address}/history"))
    told = [
        (entry["type"], entry["by"], [c["field"] for c in entry["changes"]]) for entry in entries
    ]
    assert told == [
        ("task.created", alice.user_id, []),
        ("task.updated", alice.user_id, ["title", "labels"]),
        ("task.moved", bob.user_id, ["column_id", "position"]),
        ("task.updated", bob.user_id, ["checklist"]),
        ("task.updated", alice.user_id, ["due"]),
    ]
    assert [entry["seq"] for entry in entries] == [task["rev"], *(each["rev"] for each in last)]
    assert entries[4]["changes"] == [{"field": "due", "old": None, "new": {"date": "2031-03-01"}}]
    for limit in (1, 2, 5):
        assert await by_seq(alice, f"{address}/history", limit) == entries


async def test_a_page_of_long_changes_ends_early_and_goes_on(alice: Person, project: int) -> None:
    task = await new(alice, project)
    address = f"/tasks/{task['id']}"
    for number in range(8):
        ok(await alice.patch(address, {"description": f"{number}" + "ж" * 19_000}))
    entries = ok(await alice.get(f"{address}/history", limit=200))
    assert len(entries) < 9
    assert len(await by_seq(alice, f"{address}/history", 200)) == 9


async def test_the_discussion_is_the_message_it_came_from_and_comments(
    alice: Person, bob: Person, project: int
) -> None:
    source = await alice.send(project, "prepare the figures")
    task = ok(await bob.post(f"/chats/{project}/messages/{source}/task"))
    address = f"/tasks/{task['id']}"
    comments = [await who.send(project, "c", task_id=task["id"]) for who in (alice, bob, alice)]
    await alice.send(project, "about something else")
    ok(await alice.delete(f"/chats/{project}/messages/{comments[1]}"))
    found = ok(await bob.get(f"{address}/messages"))
    assert [message["seq"] for message in found] == [source, *comments]
    assert [message["deleted_at"] is None for message in found] == [True, True, False, True]
    assert {message["task_id"] for message in found} == {task["id"]}
    for limit in (1, 3, 4):
        assert await by_seq(bob, f"{address}/messages", limit) == found
    assert refusal(await bob.get(f"{address}/messages", after_seq=-1)) == INVALID
    # With the task its thread ends; the messages stay.
    ok(await alice.delete(address))
    assert ok(await bob.get(f"/chats/{project}/messages/{source}"))["task_id"] is None
    assert ok(await bob.get(f"/chats/{project}/messages/{comments[0]}"))["text"] == "c"


async def by_seq(who: Person, path: str, limit: int) -> list[Any]:
    """Every item of a list whose `next` is the `after_seq` of the following page."""
    found: list[Any] = []
    after = 0
    while True:
        _, page = await who.get(path, limit=limit, after_seq=after)
        assert len(page["data"]) <= limit
        found += page["data"]
        if page["next"] is None:
            return found
        after = page["next"]


async def test_comments_belong_to_a_task_of_their_own_chat(
    client: NewClient, alice: Person, bob: Person, project: int
) -> None:
    other = await alice.group(bob)
    task, gone = await new(alice, project), await new(alice, project)
    ok(await alice.delete(f"/tasks/{gone['id']}"))
    for chat, id in ((other, task["id"]), (project, gone["id"]), (project, 999_999)):
        body = {"client_message_id": str(uuid.uuid4()), "text": "c", "task_id": id}
        assert refusal(await bob.post(f"/chats/{chat}/messages", body)) == (404, "not_found")


def test_the_days_of_this_file_are_what_they_are_taken_for() -> None:
    assert date(2031, 3, 3).weekday() == date(2031, 11, 3).weekday() == 0
