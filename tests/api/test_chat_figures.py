"""Chats for administrators: their sizes, and taking over what nobody leads."""

from typing import Any

from messenger.protocol.accounts import UpdateUser
from tests.api.cast import Door, Person, ids, ok, refusal


async def shut_out(door: Door, *people: Person) -> None:
    for person in people:
        command = UpdateUser(user_id=person.user_id, disabled=True)
        await door.server.directory.ask_system(command)


async def found(admin: Person, **choice: Any) -> list[Any]:
    return list(ok(await admin.get("/admin/chats", **choice)))


async def test_chats_are_shown_with_their_sizes_and_direct_ones_are_not(
    door: Door, admin: Person, alice: Person, bob: Person
) -> None:
    group = await alice.group(bob, title="Lobby")
    await alice.direct(bob)
    await alice.send(group, "hello")
    ok(await alice.upload(group, ("a.txt", b"x" * 100)))
    listed = await found(admin)
    assert [each["kind"] for each in listed] == ["org", "group"]
    lobby = listed[1]
    assert (lobby["title"], lobby["members"], lobby["messages"]) == ("Lobby", 2, 1)
    assert (lobby["files"], lobby["bytes"], lobby["owners"]) == (1, 100, [alice.user_id])
    assert ids(await found(admin, query="LOB")) == [group]
    assert await found(admin, query="%") == []


async def test_what_nobody_leads_is_taken_over_seen_and_recorded(
    door: Door, admin: Person, alice: Person, bob: Person, carol: Person
) -> None:
    lost, led = await alice.group(bob, title="Lost"), await carol.group(bob)
    assert await found(admin, leaderless="true") == []
    refused = await admin.post(f"/admin/chats/{led}/take-over")
    assert refusal(refused) == (403, "forbidden")
    await shut_out(door, bob, alice)
    # Of those who are left in the other one somebody leads.
    assert ids(await found(admin, leaderless="true")) == [lost]
    assert ok(await admin.get("/admin/condition"))["leaderless"] == 1
    assert refusal(await admin.get(f"/chats/{lost}"))[0] == 404
    member = ok(await admin.post(f"/admin/chats/{lost}/take-over"))
    assert (member["user_id"], member["role"]) == (admin.user_id, "owner")
    members = await admin.all_of(f"/chats/{lost}/members")
    assert [each["user_id"] for each in members if each["role"] == "owner"] == [admin.user_id]
    [told] = ok(await admin.get("/admin/audit", action="chat.take_over"))
    assert (told["by"], told["subject"]) == (admin.user_id, lost)
    assert await found(admin, leaderless="true") == []
    # Once it has an owner it is taken over no more, and no direct chat ever is.
    assert refusal(await admin.post(f"/admin/chats/{lost}/take-over"))[0] == 403
    direct = await carol.direct(carol)
    assert refusal(await admin.post(f"/admin/chats/{direct}/take-over"))[0] == 404
    assert refusal(await carol.post(f"/admin/chats/{led}/take-over"))[0] == 403
