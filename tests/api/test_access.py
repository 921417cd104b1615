from typing import Any

import pytest

from tests.api.cast import Door, Person, ok, refusal
from tests.api.conftest import NewClient

NOT_FOUND = (404, "not_found")
INVALID = (422, "validation_failed")

ROUTES = [
    ("GET", ""), ("PATCH", ""), ("DELETE", ""), ("GET", "/snapshot"), ("GET", "/members"),
    ("POST", "/members"), ("PATCH", "/members/{me}"), ("DELETE", "/members/{me}"),
    ("PATCH", "/members/{owner}"), ("DELETE", "/members/{owner}"), ("POST", "/read"),
    ("PUT", "/notify"), ("PUT", "/draft"), ("POST", "/typing"), ("GET", "/messages"),
    ("POST", "/messages"), ("GET", "/messages/{seq}"), ("PATCH", "/messages/{seq}"),
    ("DELETE", "/messages/{seq}"), ("GET", "/messages/{seq}/reactions"),
    ("PUT", "/messages/{seq}/reactions/👍"), ("DELETE", "/messages/{seq}/reactions/👍"),
    ("PUT", "/messages/{seq}/pin"), ("DELETE", "/messages/{seq}/pin"), ("GET", "/pins"),
]  # fmt: skip
BODIES: dict[tuple[str, str], Any] = {
    ("PATCH", ""): {"title": "Mine"},
    ("POST", "/members"): {"user_ids": [2]},
    ("PATCH", "/members/{me}"): {"role": "owner"},
    ("PATCH", "/members/{owner}"): {"role": "member"},
    ("POST", "/read"): {"read_seq": 1},
    ("PUT", "/notify"): {"level": "none"},
    ("PUT", "/draft"): {"text": "mine"},
    ("POST", "/messages"): {
        "client_message_id": "0b5f5c1e-8f0a-4f5e-9c51-1f1f5e2b7a10", "text": "hi",
    },
    ("PATCH", "/messages/{seq}"): {"text": "mine"},
}  # fmt: skip


async def everywhere(who: Person, chat: int, seq: int, owner: Person) -> dict[Any, Any]:
    """The answer of every route of a chat."""
    places = {"me": who.user_id, "seq": seq, "owner": owner.user_id}
    return {
        (method, path): await who.ask(
            method, f"/chats/{chat}{path.format(**places)}", BODIES.get((method, path))
        )
        for method, path in ROUTES
    }


@pytest.mark.leaves_nothing
async def test_a_chat_does_not_exist_for_who_is_not_in_it(
    client: NewClient, admin: Person, alice: Person, bob: Person, guest: Person, lobby: int
) -> None:
    seq = await bob.send(lobby)
    ok(await alice.delete(f"/chats/{lobby}/members/{bob.user_id}"))
    before = ok(await alice.get(f"/chats/{lobby}/snapshot"))
    for outsider in (admin, guest, bob, await client("mallory")):
        answers = await everywhere(outsider, lobby, seq, alice)
        assert {route: refusal(answer) for route, answer in answers.items()} == dict.fromkeys(
            ROUTES, NOT_FOUND
        )
    assert ok(await alice.get(f"/chats/{lobby}/snapshot")) == before


@pytest.mark.leaves_nothing
async def test_a_chat_that_is_not_there_is_told_like_one_that_may_not_be_seen(
    alice: Person, bob: Person
) -> None:
    hidden = await bob.group()
    seq = await bob.send(hidden)
    answers = await everywhere(alice, hidden, seq, bob)
    assert answers == await everywhere(alice, 999_999, seq, bob)


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("chat", ["0", "-1", "01", "x", "9007199254740992", "1e3", "%00"])
async def test_what_is_no_id_names_no_chat(alice: Person, chat: str) -> None:
    for path in ("", "/snapshot", "/messages"):
        assert refusal(await alice.get(f"/chats/{chat}{path}")) == NOT_FOUND


@pytest.mark.leaves_nothing
async def test_every_route_needs_a_session(door: Door, alice: Person, lobby: int) -> None:
    seq = await alice.send(lobby)
    nobody = Person(door, alice.user_id, "nonsense")
    answers = await everywhere(nobody, lobby, seq, alice)
    for path in ("/chats", "/messages", "/sync/bootstrap", "/sync/changes?after=1:0"):
        answers[path] = await nobody.get(path)
    assert {refusal(answer) for answer in answers.values()} == {(401, "unauthorized")}


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("path", [path for method, path in ROUTES if method == "GET"])
async def test_unknown_and_repeated_parameters_are_refused(
    alice: Person, lobby: int, path: str
) -> None:
    place = f"/chats/{lobby}{path.format(seq=await alice.send(lobby))}"
    assert refusal(await alice.get(place, unknown=1)) == INVALID
    assert refusal(await alice.get(f"{place}?limit=1&limit=1")) == INVALID
