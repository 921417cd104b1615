"""What those who are gone leave behind: their seat as an owner, and the tasks they were to do."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from messenger.actors import directory as directories
from messenger.jobs.tidying import tidy
from messenger.store.statements import Prepared
from tests.api.cast import Door, Person, ok, refusal
from tests.waiting import PATIENCE

INVALID = (422, "validation_failed")


async def roles(who: Person, chat: int) -> dict[int, str]:
    members = await who.all_of(f"/chats/{chat}/members")
    return {member["user_id"]: member["role"] for member in members}


async def change(admin: Person, whom: Person, **fields: Any) -> None:
    ok(await admin.patch(f"/admin/users/{whom.user_id}", fields))


async def task_of(who: Person, chat: int, assignee: Person) -> int:
    body = {"title": "one", "chat_id": chat, "assigned_to": assignee.user_id}
    return int(ok(await who.post("/tasks", body))["id"])


@pytest.mark.parametrize("lost", [{"disabled": True}, {"role": "guest"}])
async def test_the_eldest_admin_follows_an_owner_who_is_lost(
    admin: Person, alice: Person, bob: Person, carol: Person, lost: dict[str, Any]
) -> None:
    lobby = await alice.group(bob, carol)
    ok(await alice.patch(f"/chats/{lobby}/members/{carol.user_id}", {"role": "admin"}))
    await change(admin, alice, **lost)
    assert (await roles(bob, lobby))[carol.user_id] == "owner"
    assert (await roles(bob, lobby))[alice.user_id] == "admin"
    await change(admin, alice, disabled=False, role="user")
    assert [*(await roles(bob, lobby)).values()].count("owner") == 1
    ok(await carol.patch(f"/chats/{lobby}", {"title": "Ours"}))


async def test_the_eldest_member_follows_where_there_is_no_admin_and_guests_come_last(
    admin: Person, alice: Person, bob: Person, guest: Person
) -> None:
    lobby = await alice.group(guest)
    ok(await alice.post(f"/chats/{lobby}/members", {"user_ids": [bob.user_id]}))
    await change(admin, alice, disabled=True)
    assert (await roles(guest, lobby))[bob.user_id] == "owner"
    await change(admin, bob, disabled=True)
    assert (await roles(guest, lobby))[guest.user_id] == "owner"


async def test_an_owner_does_not_leave_a_group_to_one_who_is_disabled(
    admin: Person, alice: Person, bob: Person, carol: Person
) -> None:
    lobby = await alice.group(bob, carol)
    ok(await alice.patch(f"/chats/{lobby}/members/{bob.user_id}", {"role": "owner"}))
    await change(admin, bob, disabled=True)
    answer = await alice.delete(f"/chats/{lobby}/members/{alice.user_id}")
    assert refusal(answer) == (403, "forbidden")


@pytest.mark.parametrize("how", ["disabled", "removed", "leaves"])
async def test_open_tasks_of_who_is_gone_are_nobodys(
    admin: Person, alice: Person, bob: Person, lobby: int, how: str
) -> None:
    task = await task_of(alice, lobby, bob)
    done = await task_of(alice, lobby, bob)
    ok(await alice.patch(f"/tasks/{done}", {"status": "done"}))
    if how == "disabled":
        await change(admin, bob, disabled=True)
    else:
        who = alice if how == "removed" else bob
        ok(await who.delete(f"/chats/{lobby}/members/{bob.user_id}"))
    now = ok(await alice.get(f"/tasks/{task}"))
    assert (now["assigned_to"], now["version"]) == (None, 2)
    assert ok(await alice.get(f"/tasks/{done}"))["assigned_to"] == bob.user_id
    history = ok(await alice.get(f"/tasks/{task}/history"))
    assert [change["field"] for change in history[-1]["changes"]] == ["assigned_to"]


async def test_nothing_is_assigned_to_who_is_disabled(
    admin: Person, alice: Person, bob: Person, lobby: int
) -> None:
    task = ok(await alice.post("/tasks", {"title": "one", "chat_id": lobby}))["id"]
    seq = await alice.send(lobby, "@bob, please")
    await change(admin, bob, disabled=True)
    body = {"title": "one", "chat_id": lobby, "assigned_to": bob.user_id}
    assert refusal(await alice.post("/tasks", body)) == INVALID
    assert refusal(await alice.patch(f"/tasks/{task}", {"assigned_to": bob.user_id})) == INVALID
    made = ok(await alice.post(f"/chats/{lobby}/messages/{seq}/task", {}))
    assert made["assigned_to"] is None


async def test_the_last_column_for_what_is_open_stays(alice: Person, project: int) -> None:
    board = ok(await alice.get(f"/chats/{project}/board"))
    first, second, done = (column["id"] for column in board["columns"])
    ok(await alice.delete(f"/columns/{first}"))
    card = await task_of(alice, project, alice)
    assert refusal(await alice.delete(f"/columns/{second}")) == INVALID
    assert refusal(await alice.patch(f"/columns/{second}", {"is_done": True})) == INVALID
    ok(await alice.post(f"/columns/{done}/move", {"before": second}))
    added = ok(await alice.post(f"/chats/{project}/columns", {"title": "Later"}))["id"]
    ok(await alice.delete(f"/columns/{second}"))
    now = ok(await alice.get(f"/tasks/{card}"))
    assert (now["column_id"], now["status"]) == (added, "open")


async def test_the_answer_does_not_wait_for_all_that_somebody_led(
    door: Door, admin: Person, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred chats are a hundred commits; they follow, few at a time."""
    led = [await alice.group(bob) for _ in range(8)]
    directory = door.server.directory
    ask, go_on = directory.ask_system, asyncio.Event()
    under_way: list[int] = []

    async def held(command: Any) -> Any:
        under_way.append(len(under_way))
        await go_on.wait()
        return await ask(command)

    monkeypatch.setattr(directory, "ask_system", held)
    async with asyncio.timeout(PATIENCE):
        await change(admin, alice, disabled=True)
    assert 0 < len(under_way) < len(led)
    assert (await roles(bob, led[-1]))[alice.user_id] == "owner"
    go_on.set()
    await directory.drain()
    for chat in led:
        assert (await roles(bob, chat))[bob.user_id] == "owner"


async def test_what_a_crash_left_undone_is_found_later(
    door: Door, alice: Person, bob: Person, lobby: int
) -> None:
    task = await task_of(bob, lobby, alice)
    # The account was disabled, and then the server was killed.
    disable = sa.text("update users set disabled_at = now() where id = :id")
    await door.server.database.fetch(Prepared(disable), id=alice.user_id)
    await tidy(door.server.database, door.server.directory)
    assert (await roles(bob, lobby))[bob.user_id] == "owner"
    assert ok(await bob.get(f"/tasks/{task}"))["assigned_to"] is None


async def test_a_seat_that_a_crash_left_to_a_new_guest_is_handed_over_later(
    door: Door, admin: Person, alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    lobby, alone = await alice.group(bob), await alice.group()

    async def killed(directory: Any, user_id: int) -> None:
        pass

    with monkeypatch.context() as patched:
        patched.setattr(directories.Directory, "tidy_chats", killed)
        await change(admin, alice, role="guest")
    assert (await roles(bob, lobby))[alice.user_id] == "owner"
    await tidy(door.server.database, door.server.directory)
    assert await roles(bob, lobby) == {alice.user_id: "admin", bob.user_id: "owner"}
    assert (await roles(alice, alone))[alice.user_id] == "owner"
    # Named by the one who follows, a guest leads like anybody else.
    ok(await bob.patch(f"/chats/{lobby}/members/{alice.user_id}", {"role": "owner"}))
    await tidy(door.server.database, door.server.directory)
    assert (await roles(bob, lobby))[alice.user_id] == "owner"
