"""Single tasks by REST: made, changed, moved, deleted, and what is refused on the way."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.api.boards import (
    CONFLICT,
    EXISTS,
    INVALID,
    MISMATCH,
    NOT_FOUND,
    board,
    columns,
    head,
    new,
)
from tests.api.cast import Door, Person, ok, org, refusal
from tests.api.conftest import NewClient

# Making


@pytest.mark.leaves_nothing
async def test_a_task_is_as_it_was_asked_for(alice: Person, bob: Person, project: int) -> None:
    first, *_ = await columns(alice, project)
    asked = {
        "title": " Счёт ",
        "description": "# для *Ромашки*",
        "assigned_to": bob.user_id,
        "due": {"date": "2031-03-01"},
        "labels": ["срочно", "деньги"],
        "checklist": [{"id": "a", "text": "позвонить", "done": False}],
    }
    status, body = await alice.post("/tasks", {"chat_id": project, **asked})
    task = body["data"]
    assert status == 201
    assert {name: task[name] for name in asked} == {**asked, "title": "Счёт"}
    standing = (task["creator"], task["status"], task["version"], task["column_id"])
    assert standing == (alice.user_id, "open", 1, first)
    assert task["closed_at"] is task["archived_at"] is task["deleted_at"] is None
    assert ok(await bob.get(f"/tasks/{task['id']}")) == task


@pytest.mark.leaves_nothing
async def test_without_a_chat_a_task_is_everybodys(
    alice: Person, bob: Person, guest: Person
) -> None:
    task = ok(await alice.post("/tasks", {"title": "water the plants"}))
    assert task["chat_id"] == await org(bob)
    assert (task["column_id"], task["position"]) == (None, None)
    assert ok(await bob.get(f"/tasks/{task['id']}"))["title"] == "water the plants"
    assert refusal(await guest.get(f"/tasks/{task['id']}")) == NOT_FOUND


@pytest.mark.leaves_nothing
async def test_numbers_are_one_count_for_the_organisation(alice: Person, project: int) -> None:
    made = [await new(alice, project), ok(await alice.post("/tasks", {"title": "x"}))]
    assert made[0]["number"] < made[1]["number"]


@pytest.mark.leaves_nothing
async def test_a_refused_assignee_is_told_what_to_do(
    alice: Person, carol: Person, project: int
) -> None:
    asked = {"chat_id": project, "title": "x", "assigned_to": carol.user_id}
    _, body = await alice.post("/tasks", asked)
    assert body["error"]["details"] == {"field": "assigned_to"}
    assert "add this person to the chat" in body["error"]["message"]


@pytest.mark.leaves_nothing
async def test_who_has_left_has_no_task_any_more_and_gets_none(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project, assigned_to=bob.user_id)
    ok(await alice.delete(f"/chats/{project}/members/{bob.user_id}"))
    address = f"/tasks/{task['id']}"
    freed = ok(await alice.get(address))
    assert (freed["assigned_to"], freed["version"]) == (None, task["version"] + 1)
    assert refusal(await bob.patch(address, {"status": "done"})) == NOT_FOUND
    assert refusal(await alice.patch(address, {"assigned_to": bob.user_id})) == INVALID


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("id", ["0", "01", "x", "-1", "9007199254740992", "999999"])
async def test_what_is_no_task_is_not_found(alice: Person, id: str) -> None:
    move = {"column_id": None}
    for method, path, body in (
        ("GET", "", None), ("PATCH", "", {"title": "x"}), ("PUT", "", {"title": "x"}),
        ("DELETE", "", None), ("POST", "/move", move), ("GET", "/history", None),
        ("GET", "/messages", None),
    ):  # fmt: skip
        assert refusal(await alice.ask(method, f"/tasks/{id}{path}", body)) == NOT_FOUND


# Changing


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
async def test_only_what_is_given_is_changed(alice: Person, project: int, method: str) -> None:
    task = await new(alice, project, description="long", labels=["a"], due={"date": "2031-03-01"})
    address = f"/tasks/{task['id']}"
    changed = ok(await alice.ask(method, address, {"title": "two", "due": None}))
    rest = {"title", "due", "version", "updated_at", "rev"}
    assert (changed["title"], changed["due"], changed["version"]) == ("two", None, 2)
    assert {k: v for k, v in changed.items() if k not in rest} == {
        k: v for k, v in task.items() if k not in rest
    }
    assert ok(await alice.ask(method, address, {})) == changed
    assert ok(await alice.ask(method, address, {"title": "two"})) == changed


@pytest.mark.leaves_nothing
async def test_a_conflict_brings_the_present_task_along(alice: Person, project: int) -> None:
    task = await new(alice, project)
    address = f"/tasks/{task['id']}"
    ok(await alice.patch(address, {"title": "two", "version": 1}))
    merged = ok(await alice.patch(address, {"description": "long", "version": 1}))
    answer = await alice.put(address, {"title": "three", "labels": ["a"], "version": 1})
    assert refusal(answer) == CONFLICT
    assert answer[1]["error"]["details"] == {"current": merged, "fields": ["title"]}
    assert ok(await alice.get(address)) == merged
    assert ok(await alice.put(address, {"title": "two", "version": 1})) == merged
    assert ok(await alice.put(address, {"title": "three"}))["version"] == 4


@pytest.mark.leaves_nothing
async def test_status_and_column_keep_in_step(alice: Person, project: int) -> None:
    todo, doing, done = await columns(alice, project)
    task = await new(alice, project)
    address = f"/tasks/{task['id']}"
    closed = ok(await alice.patch(address, {"status": "done"}))
    assert (closed["column_id"], closed["closed_at"] is not None) == (done, True)
    moved = ok(await alice.post(f"{address}/move", {"column_id": doing}))
    assert (moved["status"], moved["closed_at"]) == ("open", None)
    off = ok(await alice.post(f"{address}/move", {"column_id": None}))
    assert (off["column_id"], off["position"], off["status"]) == (None, None, "open")
    assert (await new(alice, project, column_id=done))["status"] == "done"
    away = ok(await alice.patch(address, {"status": "done", "archived": True}))
    assert (away["archived_at"] is not None, away["column_id"]) == (True, None)
    back = ok(await alice.patch(address, {"status": "open"}))
    assert (back["archived_at"], back["column_id"]) == (None, todo)


@pytest.mark.leaves_nothing
async def test_the_assignee_opens_again_what_was_put_away(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project, assigned_to=bob.user_id)
    address = f"/tasks/{task['id']}"
    ok(await alice.patch(address, {"status": "done", "archived": True}))
    opened = ok(await bob.patch(address, {"status": "open"}))
    assert (opened["status"], opened["archived_at"]) == ("open", None)


@pytest.mark.leaves_nothing
async def test_what_happened_to_a_task_put_away_counts_in_conflicts(
    alice: Person, project: int
) -> None:
    task = await new(alice, project)
    address = f"/tasks/{task['id']}"
    away = ok(await alice.patch(address, {"status": "done", "archived": True}))
    ok(await alice.patch(address, {"title": "two", "version": away["version"]}))
    back = ok(await alice.patch(address, {"archived": False}))
    first, *_ = await columns(alice, project)
    for path, body in (("", {"title": "three"}), ("/move", {"column_id": first})):
        late = {**body, "version": away["version"]}
        method = "POST" if path else "PATCH"
        answer = await alice.ask(method, f"{address}{path}", late)
        assert (path, refusal(answer)) == (path, CONFLICT)
        assert answer[1]["error"]["details"]["current"] == back


@pytest.mark.leaves_nothing
async def test_a_deleted_task_is_gone_for_everybody(
    alice: Person, bob: Person, project: int
) -> None:
    task = await new(alice, project, description="secret")
    address = f"/tasks/{task['id']}"
    gone = ok(await alice.delete(address))
    assert (gone["title"], gone["description"], gone["version"]) == ("", "", 2)
    assert gone["deleted_at"] is not None
    for path in ("", "/history", "/messages"):
        assert refusal(await bob.get(f"{address}{path}")) == NOT_FOUND
    assert refusal(await alice.delete(address)) == NOT_FOUND
    assert refusal(await alice.patch(address, {"title": "back"})) == NOT_FOUND
    assert (await board(alice, project))["tasks"] == []


# A key makes it once


@pytest.mark.leaves_nothing
async def test_a_repeat_under_a_key_is_done_once(alice: Person, project: int) -> None:
    seq = await alice.send(project, "do it")
    task, other = await new(alice, project), await new(alice, project, "other")
    second = (await columns(alice, project))[1]
    writes: list[tuple[str, str, Any, Any]] = [
        ("POST", "/tasks", {"chat_id": project, "title": "x"}, {"title": "x"}),
        ("POST", f"/chats/{project}/messages/{seq}/task", {}, {"title": "y"}),
        ("PATCH", f"/tasks/{task['id']}", {"title": "two"}, {"title": "three"}),
        ("PUT", f"/tasks/{task['id']}", {"labels": ["a"]}, {"labels": []}),
        ("POST", f"/tasks/{task['id']}/move", {"column_id": second}, {"column_id": None}),
        ("DELETE", f"/tasks/{other['id']}", None, None),
    ]
    for number, (method, path, body, differing) in enumerate(writes):
        key = f"key-{number}"
        first = await alice.ask(method, path, body, key=key)
        after = await head(alice, project)
        assert first[0] in (200, 201)
        assert await alice.ask(method, path, body, key=key) == first
        assert await head(alice, project) == after
        if differing is not None:
            again = await alice.ask(method, path, differing, key=key)
            assert (method, refusal(again)) == (method, MISMATCH)


@pytest.mark.leaves_nothing
async def test_a_repeat_is_answered_with_the_task_as_it_stands(
    alice: Person, bob: Person, project: int
) -> None:
    body = {"chat_id": project, "title": "one"}
    task = ok(await alice.post("/tasks", body, key="k"))
    changed = ok(await alice.patch(f"/tasks/{task['id']}", {"title": "two"}))
    assert ok(await alice.post("/tasks", body, key="k")) == changed
    assert ok(await bob.post("/tasks", body, key="k"))["id"] != task["id"]


# Out of a message


@pytest.fixture
async def friday(door: Door) -> None:
    """The evening of Friday, the 28th of February 2031: in Moscow it is the 1st of March."""
    door.server.ahead = datetime(2031, 2, 28, 22, 30, tzinfo=UTC) - datetime.now(UTC)


@pytest.mark.leaves_nothing
@pytest.mark.usefixtures("friday")
async def test_what_is_not_given_is_read_from_the_message(alice: Person, bob: Person) -> None:
    chat = await alice.group(bob, board=True)
    seq = await alice.send(chat, "@bob, подготовь **акт** до завтра\n- и копию мне")
    task = ok(await alice.post(f"/chats/{chat}/messages/{seq}/task"))
    assert task["title"] == "подготовь акт до завтра"
    assert (task["assigned_to"], task["due"]) == (bob.user_id, {"date": "2031-03-02"})
    assert (task["source_seq"], task["column_id"]) == (seq, (await columns(alice, chat))[0])
    message = ok(await bob.get(f"/chats/{chat}/messages/{seq}"))
    assert (message["task_id"], message["edited_at"]) == (task["id"], None)


@pytest.mark.leaves_nothing
async def test_what_is_given_stands_above_the_message(
    alice: Person, bob: Person, project: int
) -> None:
    second = (await columns(alice, project))[1]
    seq = await alice.send(project, "@bob send it by 2031-03-01")
    given = {"title": "mine", "assigned_to": None, "due": None, "column_id": second}
    task = ok(await bob.post(f"/chats/{project}/messages/{seq}/task", given))
    assert {name: task[name] for name in given} == given
    assert task["creator"] == bob.user_id


@pytest.mark.leaves_nothing
async def test_a_message_makes_one_task(
    client: NewClient, alice: Person, bob: Person, project: int
) -> None:
    seq, outside = await alice.send(project, "x"), (await client("dora")).user_id
    address = f"/chats/{project}/messages/{seq}/task"
    for bad in ({"due": {"date": "x"}}, {"title": ""}, {"assigned_to": outside}, {"seq": 1}):
        assert (bad, refusal(await alice.post(address, bad))) == (bad, INVALID)
    assert refusal(await alice.post(address, {"column_id": 999_999})) == NOT_FOUND
    task = ok(await alice.post(address))
    answer = await bob.post(address)
    assert refusal(answer) == EXISTS
    assert answer[1]["error"]["details"] == {"task_id": task["id"]}
    ok(await alice.delete(f"/tasks/{task['id']}"))
    assert ok(await bob.post(address))["id"] != task["id"]
    ok(await alice.delete(f"/chats/{project}/messages/{seq}"))
    for gone in (seq, 1, 999_999):
        assert refusal(await alice.post(f"/chats/{project}/messages/{gone}/task")) == NOT_FOUND
