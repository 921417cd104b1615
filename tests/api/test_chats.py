from typing import Any

import pytest

from tests.api.cast import Person, ids, notebook, ok, org, refusal, sign_up
from tests.api.conftest import Api

NOT_FOUND = (404, "not_found")
FORBIDDEN = (403, "forbidden")
INVALID = (422, "validation_failed")


# The list


async def test_chats_are_listed_by_their_last_activity_with_my_and_the_last_message(
    alice: Person, bob: Person
) -> None:
    one, other = await alice.group(bob, title="One"), await alice.group(bob, title="Other")
    seq = await bob.send(one, "привет @alice")
    first, second, third, last = ok(await alice.get("/chats"))
    assert [first["id"], second["id"], third["kind"]] == [one, other, "org"]
    assert (last["kind"], last["user_ids"]) == ("direct", [alice.user_id])
    assert (first["my"]["unread"], first["my"]["mentions"], first["my"]["role"]) == (1, 1, "owner")
    assert (first["last_message"]["seq"], first["last_message"]["text"]) == (seq, "привет @alice")
    assert (second["last_message"], second["my"]["unread"]) == (None, 0)
    assert ok(await alice.get(f"/chats/{one}")) == first


async def test_ones_own_message_is_not_unread(alice: Person, lobby: int) -> None:
    await alice.send(lobby)
    my = ok(await alice.get(f"/chats/{lobby}"))["my"]
    assert (my["unread"], my["read_n"]) == (0, 1)


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
async def test_pages_have_every_chat_once_in_order(alice: Person, bob: Person, limit: int) -> None:
    made = [await alice.group(bob, title=str(number)) for number in range(5)]
    await bob.send(made[2])
    listed = ids(await alice.all_of("/chats", limit=limit))
    assert listed[:-2] == [made[2], made[4], made[3], made[1], made[0]]
    assert listed[-2:] == [await org(alice), await notebook(alice)]


async def test_a_chat_that_moves_up_while_the_list_is_read_is_at_its_front(
    alice: Person, bob: Person
) -> None:
    made = [await alice.group(bob, title=str(number)) for number in range(4)]
    _, first = await alice.get("/chats", limit=2)
    await bob.send(made[0])
    rest = await alice.all_of("/chats", limit=2, next=first["next"])
    assert ids(first["data"]) == [made[3], made[2]]
    assert ids(rest) == [made[1], await org(alice), await notebook(alice)]
    _, again = await alice.get("/chats", limit=2)
    assert ids(again["data"]) == [made[0], made[3]]


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("query", [
    {"next": "nonsense"}, {"next": ""}, {"next": "W10"}, {"next": "ю"}, {"next": "x" * 5000},
    {"limit": 0}, {"limit": 201}, {"limit": "1.0"}, {"limit": "many"}, {"offset": 1},
])  # fmt: skip
async def test_what_is_no_page_of_the_list_is_refused(alice: Person, query: dict[str, Any]) -> None:
    assert refusal(await alice.get("/chats", **query)) == INVALID


# Making


async def test_who_makes_a_group_owns_it(alice: Person, bob: Person) -> None:
    body = {"title": " Проект ", "member_ids": [bob.user_id, alice.user_id, bob.user_id]}
    status, answer = await alice.post("/chats", body)
    chat = answer["data"]
    assert (status, chat["title"], chat["kind"]) == (201, "Проект", "group")
    assert (chat["board"], chat["created_by"]) == (False, alice.user_id)
    members = await alice.all_of(f"/chats/{chat['id']}/members")
    assert [(member["user_id"], member["role"]) for member in members] == [
        (alice.user_id, "owner"), (bob.user_id, "member"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "more", "board"),
    [
        ("/chats", {}, False), ("/conversations", {}, False), ("/projects", {}, True),
        ("/projects", {"board": False}, False), ("/chats", {"board": True}, True),
    ],
)  # fmt: skip
async def test_a_project_is_a_group_with_a_board(
    alice: Person, path: str, more: dict[str, Any], board: bool
) -> None:
    made = ok(await alice.post(path, {"title": "One", **more}))
    assert made["board"] is board
    assert ok(await alice.get(f"{path}/{made['id']}"))["board"] is board


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("body", [
    {}, {"title": ""}, {"title": "  "}, {"title": "x" * 201}, {"title": "a\nb"}, {"title": "\x00"},
    {"title": None}, {"title": 5}, {"title": "One", "kind": "org"}, {"title": "One", "id": 7},
    {"title": "One", "member_ids": ["2"]}, {"title": "One", "member_ids": [0]},
    {"title": "One", "member_ids": [2**53]}, {"title": "One", "key": "k"}, [], None,
])  # fmt: skip
async def test_what_is_no_group_is_refused(alice: Person, body: Any) -> None:
    assert refusal(await alice.post("/chats", body)) == INVALID


async def test_a_group_is_made_of_people_one_may_see(
    alice: Person, bob: Person, guest: Person
) -> None:
    assert refusal(await alice.post("/chats", {"title": "x", "member_ids": [999]})) == NOT_FOUND
    lobby = await alice.group(bob, guest)
    assert ok(await guest.get(f"/chats/{lobby}"))["my"]["role"] == "member"
    assert refusal(await guest.post("/chats", {"title": "x"})) == FORBIDDEN


async def test_a_group_made_twice_under_one_key_is_one(alice: Person) -> None:
    first = await alice.post("/chats", {"title": "One"}, key="k")
    assert await alice.post("/chats", {"title": "One"}, key="k") == first
    assert len(ok(await alice.get("/chats"))) == 3
    assert refusal(await alice.post("/chats", {"title": "Other"}, key="k")) == (
        422, "idempotency_mismatch",
    )  # fmt: skip


async def test_both_get_the_same_direct_chat_and_it_shows_with_its_first_message(
    alice: Person, bob: Person
) -> None:
    direct = await alice.direct(bob)
    chat = ok(await alice.get(f"/chats/{direct}"))
    assert (chat["kind"], chat["user_ids"]) == ("direct", [alice.user_id, bob.user_id])
    assert direct not in ids(await bob.all_of("/chats"))
    assert refusal(await bob.get(f"/chats/{direct}")) == NOT_FOUND
    await alice.send(direct)
    assert ids(await bob.all_of("/chats"))[0] == direct
    assert await bob.direct(alice) == await alice.direct(bob) == direct


async def test_a_direct_chat_with_oneself_is_the_notebook(alice: Person) -> None:
    notebook = await alice.direct(alice)
    await alice.send(notebook, "buy milk")
    assert ok(await alice.get(f"/chats/{notebook}"))["user_ids"] == [alice.user_id]


async def test_direct_chats_can_be_switched_off(api: Api) -> None:
    door = await api(DIRECT_CHATS="off")
    alice, bob = await sign_up(door, "alice"), await sign_up(door, "bob")
    answer = await alice.post("/chats/direct", {"user_id": bob.user_id})
    assert refusal(answer) == (403, "direct_disabled")
    assert await alice.direct(alice) > 0


async def test_there_is_no_direct_chat_with_who_cannot_be_seen(
    alice: Person, guest: Person
) -> None:
    assert refusal(await guest.post("/chats/direct", {"user_id": alice.user_id})) == NOT_FOUND
    assert refusal(await alice.post("/chats/direct", {"user_id": 999})) == NOT_FOUND


# Changing


async def test_the_owner_changes_and_deletes_a_group(
    alice: Person, bob: Person, lobby: int
) -> None:
    changed = ok(await alice.patch(f"/chats/{lobby}", {"title": "New", "board": True}))
    assert (changed["title"], changed["board"]) == ("New", True)
    assert ok(await bob.get(f"/chats/{lobby}"))["title"] == "New"
    assert refusal(await bob.patch(f"/chats/{lobby}", {"title": "Mine"})) == FORBIDDEN
    assert refusal(await bob.delete(f"/chats/{lobby}")) == FORBIDDEN
    assert ok(await alice.delete(f"/chats/{lobby}"))["deleted_at"]
    for person in (alice, bob):
        assert refusal(await person.get(f"/chats/{lobby}")) == NOT_FOUND
        assert lobby not in ids(await person.all_of("/chats"))


async def test_members_are_added_promoted_and_removed(
    alice: Person, bob: Person, carol: Person, lobby: int
) -> None:
    path = f"/chats/{lobby}/members"
    people = {"user_ids": [carol.user_id, bob.user_id, carol.user_id]}
    assert refusal(await bob.post(path, people)) == FORBIDDEN
    added = ok(await alice.post(path, people))
    assert [member["user_id"] for member in added] == [carol.user_id, bob.user_id]
    promoted = ok(await alice.patch(f"{path}/{bob.user_id}", {"role": "admin"}))
    assert (promoted["role"], promoted["user_id"]) == ("admin", bob.user_id)
    gone = ok(await bob.delete(f"{path}/{carol.user_id}"))
    assert gone["left_at"]
    assert refusal(await carol.get(path)) == NOT_FOUND
    assert refusal(await bob.delete(f"{path}/{carol.user_id}")) == NOT_FOUND


async def test_the_last_owner_hands_over_before_leaving(
    alice: Person, bob: Person, lobby: int
) -> None:
    path = f"/chats/{lobby}/members"
    assert refusal(await alice.delete(f"{path}/{alice.user_id}")) == FORBIDDEN
    ok(await alice.patch(f"{path}/{bob.user_id}", {"role": "owner"}))
    assert ok(await alice.delete(f"{path}/{alice.user_id}"))["left_at"]
    assert refusal(await alice.get(f"/chats/{lobby}")) == NOT_FOUND


async def test_nobody_leaves_the_common_chat_or_a_direct_one(alice: Person, bob: Person) -> None:
    for chat in (await org(alice), await alice.direct(bob)):
        answer = await alice.delete(f"/chats/{chat}/members/{alice.user_id}")
        assert refusal(answer) == FORBIDDEN


@pytest.mark.parametrize("limit", [1, 2, 200])
async def test_pages_have_every_member_once(
    alice: Person, bob: Person, carol: Person, guest: Person, limit: int
) -> None:
    people = [alice, bob, carol, guest]
    lobby = await alice.group(bob, carol, guest)
    listed = await carol.all_of(f"/chats/{lobby}/members", limit=limit)
    assert [member["user_id"] for member in listed] == [person.user_id for person in people]


# One's own view


async def test_marks_move_forward_and_not_past_the_newest_event(
    alice: Person, bob: Person, lobby: int
) -> None:
    seqs = [await bob.send(lobby) for _ in range(3)]
    path = f"/chats/{lobby}/read"
    my = ok(await alice.post(path, {"read_seq": seqs[1], "received_seq": seqs[2]}))["my"]
    assert (my["read_seq"], my["received_seq"], my["unread"]) == (seqs[1], seqs[2], 1)
    assert ok(await alice.post(path, {"read_seq": seqs[0]}))["my"] == my
    assert refusal(await alice.post(path, {"read_seq": seqs[2] + 1})) == INVALID
    assert refusal(await alice.post(path, {})) == INVALID


async def test_notification_settings_and_drafts_are_ones_own(
    alice: Person, bob: Person, lobby: int
) -> None:
    path = f"/chats/{lobby}"
    until = {"level": "none", "until": "2026-12-01T12:00:00+03:00"}
    my = ok(await alice.put(f"{path}/notify", until))
    assert (my["notify"], my["muted_until"]) == ("none", "2026-12-01T09:00:00.000Z")
    assert ok(await alice.put(f"{path}/draft", {"text": "Не забыть"})) == {}
    my = ok(await alice.get(path))["my"]
    assert (my["draft"], my["notify"]) == ("Не забыть", "none")
    ok(await alice.put(f"{path}/draft", {"text": ""}))
    assert ok(await alice.get(path))["my"]["draft"] is None
    assert ok(await bob.get(path))["my"]["notify"] == "all"


@pytest.mark.parametrize("body", [{}, {"level": "some"}, {"level": "all", "until": "soon"}])
async def test_what_is_no_notification_setting_is_refused(
    alice: Person, lobby: int, body: dict[str, Any]
) -> None:
    assert refusal(await alice.put(f"/chats/{lobby}/notify", body)) == INVALID


async def test_typing_is_taken_from_members(alice: Person, lobby: int) -> None:
    assert ok(await alice.post(f"/chats/{lobby}/typing")) == {}
