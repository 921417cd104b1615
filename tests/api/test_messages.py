import asyncio
import uuid
from itertools import chain
from typing import Any

import pytest

from messenger.protocol.commands import SendMessage
from tests.api.cast import Person, ok, org, refusal, sign_up
from tests.api.conftest import Api

NOT_FOUND = (404, "not_found")
FORBIDDEN = (403, "forbidden")
INVALID = (422, "validation_failed")
KEY = "0b5f5c1e-8f0a-4f5e-9c51-1f1f5e2b7a10"


def seqs(messages: list[Any]) -> list[int]:
    return [message["seq"] for message in messages]


@pytest.fixture
async def told(alice: Person, bob: Person, lobby: int) -> list[int]:
    """Ten messages of two people, with an event that is no message among them."""
    sent = [await alice.send(lobby, str(number)) for number in range(5)]
    ok(await alice.patch(f"/chats/{lobby}", {"title": "New"}))
    return sent + [await bob.send(lobby, str(number)) for number in range(5, 10)]


async def walk(who: Person, path: str, way: str, start: int | None, limit: int) -> list[list[int]]:
    """Every page of one way, by its `next`."""
    pages, at = [], start
    while at is not None:
        _, body = await who.get(path, limit=limit, **{way: at})
        pages.append(seqs(body["data"]))
        at = body["next"]
    return pages


# Pages


async def test_without_a_place_the_latest_messages_come_ascending(
    alice: Person, lobby: int, told: list[int]
) -> None:
    status, body = await alice.get(f"/chats/{lobby}/messages", limit=3)
    assert (status, seqs(body["data"])) == (200, told[-3:])
    assert (body["next"], body["oldest_seq"]) == (told[-3], told[0])


@pytest.mark.parametrize("limit", [1, 3, 5, 9, 10, 11])
async def test_both_ways_lead_past_every_message_once(
    alice: Person, lobby: int, told: list[int], limit: int
) -> None:
    path = f"/chats/{lobby}/messages"
    up = await walk(alice, path, "after_seq", 0, limit)
    down = await walk(alice, path, "before_seq", told[-1] + 1, limit)
    assert list(chain(*up)) == told
    assert list(chain(*reversed(down))) == told
    assert all(len(page) == limit for page in (*up[:-1], *down[:-1]))
    assert all((up[-1], down[-1]))


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    ("place", "limit", "expected"),
    [
        (4, 5, slice(2, 7)), (4, 4, slice(2, 6)), (4, 1, slice(4, 5)), (0, 4, slice(0, 4)),
        (1, 4, slice(0, 4)), (9, 4, slice(6, 10)), (8, 5, slice(5, 10)), (4, 200, slice(0, 10)),
    ],
)  # fmt: skip
async def test_a_page_around_a_message_has_it_in_its_middle_where_there_is_room(
    alice: Person, lobby: int, told: list[int], place: int, limit: int, expected: slice
) -> None:
    path = f"/chats/{lobby}/messages"
    _, body = await alice.get(path, around_seq=told[place], limit=limit)
    assert seqs(body["data"]) == told[expected]
    rest = await walk(alice, path, "after_seq", body["next"], 3)
    assert list(chain(*rest)) == told[expected.stop :]


async def test_a_place_need_not_be_a_message(alice: Person, lobby: int, told: list[int]) -> None:
    path, event = f"/chats/{lobby}/messages", told[4] + 1
    assert seqs(ok(await alice.get(path, after_seq=event, limit=1))) == [told[5]]
    assert seqs(ok(await alice.get(path, before_seq=event, limit=1))) == [told[4]]
    assert seqs(ok(await alice.get(path, around_seq=event, limit=2))) == told[4:6]


async def test_a_page_around_a_moment_begins_with_the_first_message_from_then_on(
    alice: Person, lobby: int, told: list[int]
) -> None:
    path = f"/chats/{lobby}/messages"
    said = ok(await alice.get(path, limit=200))
    for place in (0, 4, len(said) - 1):
        at = said[place]["created_at"]
        wanted = next(each["seq"] for each in said if each["created_at"] >= at)
        found = ok(await alice.get(path, around_time=at, limit=1))
        assert seqs(found) == [wanted]
    assert seqs(ok(await alice.get(path, around_time="2001-01-01T00:00:00Z", limit=2))) == told[:2]
    assert seqs(ok(await alice.get(path, around_time="2101-01-01T00:00:00Z", limit=2))) == told[-2:]


async def test_past_the_ends_pages_are_empty(alice: Person, lobby: int, told: list[int]) -> None:
    path = f"/chats/{lobby}/messages"
    for place in ({"after_seq": told[-1]}, {"before_seq": told[0]}, {"before_seq": 0}):
        _, body = await alice.get(path, **place)
        assert body == {"data": [], "next": None, "oldest_seq": told[0], "archived_seq": 0}


async def test_a_chat_without_messages_has_no_oldest(alice: Person, lobby: int) -> None:
    _, body = await alice.get(f"/chats/{lobby}/messages")
    assert body == {"data": [], "next": None, "oldest_seq": 0, "archived_seq": 0}


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("query", [
    {"after_seq": 1, "before_seq": 5}, {"around_seq": 1, "after_seq": 0}, {"limit": 0},
    {"limit": 201}, {"after_seq": -1}, {"after_seq": 2**53}, {"before_seq": "1.0"},
    {"around_seq": "x"}, {"after": 1}, {"around_time": "yesterday"},
    {"around_time": "2026-11-21T09:30:00"}, {"around_time": "5"},
    {"around_time": "0073-01-01T00:00:00Z"}, {"around_time": "2201-01-01T00:00:00Z"},
    {"around_seq": 1, "around_time": "2026-11-21T09:30:00Z"},
])  # fmt: skip
async def test_what_is_no_page_is_refused(
    alice: Person, lobby: int, query: dict[str, Any]
) -> None:  # fmt: skip
    assert refusal(await alice.get(f"/chats/{lobby}/messages", **query)) == INVALID


async def test_the_common_chats_messages_have_a_route_of_their_own(
    alice: Person, bob: Person, guest: Person
) -> None:
    common = await org(bob)
    sent = [await alice.send(common, str(number)) for number in range(3)]
    _, body = await bob.get("/messages", limit=2)
    assert (seqs(body["data"]), body["next"], body["oldest_seq"]) == (sent[1:], sent[1], sent[0])
    assert refusal(await guest.get("/messages")) == NOT_FOUND


# Sending


async def test_a_message_is_answered_with_its_number_and_can_be_read(
    alice: Person, bob: Person, lobby: int
) -> None:
    body = {"client_message_id": KEY, "text": " Привет, @alice! "}
    status, answer = await bob.post(f"/chats/{lobby}/messages", body)
    sent = answer["data"]
    assert status == 201
    assert sent == {
        "chat_id": lobby, "seq": 4, "n": 1, "created_at": sent["created_at"],
        "client_message_id": KEY, "duplicate": False,
    }  # fmt: skip
    message = ok(await alice.get(f"/chats/{lobby}/messages/4"))
    assert (message["text"], message["sender_id"]) == ("Привет, @alice!", bob.user_id)
    assert (message["mentions"], message["rev"]) == ([alice.user_id], 4)
    assert message["created_at"] == sent["created_at"]


async def test_a_repeat_gets_the_first_answer_also_after_an_edit(alice: Person, lobby: int) -> None:
    path, body = f"/chats/{lobby}/messages", {"client_message_id": KEY, "text": "one"}
    status, first = await alice.post(path, body)
    ok(await alice.patch(f"{path}/{first['data']['seq']}", {"text": "other"}))
    again = await alice.post(path, body, key="another-key")
    assert (status, again) == (201, (200, {"data": {**first["data"], "duplicate": True}}))
    assert len(await alice.all_of(path)) == 1


@pytest.mark.parametrize("other", [{"text": "two"}, {"reply_to": 4}])
async def test_another_message_under_the_same_key_is_refused(
    alice: Person, lobby: int, other: dict[str, Any]
) -> None:
    await alice.send(lobby)
    path, body = f"/chats/{lobby}/messages", {"client_message_id": KEY, "text": "one"}
    ok(await alice.post(path, body))
    assert refusal(await alice.post(path, {**body, **other})) == (422, "idempotency_mismatch")


async def test_one_key_sent_many_times_at_once_is_one_message(alice: Person, lobby: int) -> None:
    path, body = f"/chats/{lobby}/messages", {"client_message_id": KEY, "text": "one"}
    answers = await asyncio.gather(*(alice.post(path, body) for _ in range(10)))
    assert sorted(status for status, _ in answers) == [200] * 9 + [201]
    assert {body["data"]["seq"] for _, body in answers} == {4}


async def test_both_doors_know_the_same_key(alice: Person, lobby: int) -> None:
    directory = alice.door.server.directory
    claims = alice.door.server.tokens.read_access(alice.access)
    identity = await directory.identities.identify(claims.user_id, claims.session_id)
    command = SendMessage(chat_id=lobby, client_message_id=KEY, text="one")
    first = await directory.ask(identity, command)
    status, again = await alice.post(
        f"/chats/{lobby}/messages", {"client_message_id": KEY, "text": "one"}
    )
    assert (status, again["data"]["seq"], again["data"]["duplicate"]) == (200, first.seq, True)


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("change", [
    {"text": ""}, {"text": " \n"}, {"text": "x" * 5001}, {"text": "\x00"}, {"text": "\ud800"},
    {"text": None}, {"text": 5}, {"client_message_id": "1"}, {"client_message_id": KEY.upper()},
    {"client_message_id": None}, {"chat_id": 1}, {"seq": 1}, {"key": "k"}, {"id": 1},
    {"reply_to": 0}, {"reply_to": "1"}, {"file_ids": ["x"]},
])  # fmt: skip
async def test_what_is_no_message_is_refused(
    alice: Person, lobby: int, change: dict[str, Any]
) -> None:
    body = {"client_message_id": KEY, "text": "hi", **change}
    assert refusal(await alice.post(f"/chats/{lobby}/messages", body)) == INVALID
    assert await alice.all_of(f"/chats/{lobby}/messages") == []


async def test_5000_characters_of_any_kind_are_a_message(alice: Person, lobby: int) -> None:
    seq = await alice.send(lobby, "👍" * 5000)
    assert ok(await alice.get(f"/chats/{lobby}/messages/{seq}"))["text"] == "👍" * 5000


async def test_a_reply_names_a_message_that_is_there(alice: Person, lobby: int) -> None:
    seq = await alice.send(lobby)
    reply = await alice.send(lobby, "yes", reply_to=seq)
    assert ok(await alice.get(f"/chats/{lobby}/messages/{reply}"))["reply_to"] == seq
    for missing in (1, 99):
        body = {"client_message_id": str(uuid.uuid4()), "text": "no", "reply_to": missing}
        assert refusal(await alice.post(f"/chats/{lobby}/messages", body)) == NOT_FOUND


async def test_who_sends_too_fast_is_told_when_to_go_on_but_a_repeat_is_answered(api: Api) -> None:
    alice = await sign_up(await api(MESSAGE_RATE_LIMIT="2/60s"), "alice")
    chat = await alice.direct(alice)
    path, body = f"/chats/{chat}/messages", {"client_message_id": KEY, "text": "one"}
    ok(await alice.post(path, body))
    await alice.send(chat)
    headers = {"Authorization": f"Bearer {alice.access}"}
    more = {"client_message_id": str(uuid.uuid4()), "text": "more"}
    response = await alice.door.post(f"/api/v1{path}", json=more, headers=headers)
    error = (await response.json())["error"]
    assert (response.status, error["code"]) == (429, "rate_limited")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    assert 0 < error["details"]["retry_after_ms"] <= 60_000
    status, again = await alice.post(path, body)
    assert (status, again["data"]["duplicate"]) == (200, True)


# One message


@pytest.mark.parametrize("seq", ["1", "99", "0", "x", "9007199254740992"])
async def test_what_is_no_message_is_not_found(alice: Person, lobby: int, seq: str) -> None:
    path = f"/chats/{lobby}/messages/{seq}"
    for answer in (
        await alice.get(path),
        await alice.get(f"{path}/reactions"),
        await alice.patch(path, {"text": "x"}),
        await alice.delete(path),
        await alice.put(f"{path}/pin"),
        await alice.put(f"{path}/reactions/👍"),
    ):
        assert refusal(answer) == NOT_FOUND


async def test_its_author_edits_a_message_once_per_key(
    alice: Person, bob: Person, lobby: int
) -> None:
    path = f"/chats/{lobby}/messages/{await bob.send(lobby)}"
    edited = ok(await bob.patch(path, {"text": "better"}, key="k"))
    assert (edited["text"], bool(edited["edited_at"])) == ("better", True)
    assert ok(await bob.patch(path, {"text": "better"}, key="k")) == edited
    assert refusal(await alice.patch(path, {"text": "mine"})) == FORBIDDEN
    assert ok(await alice.get(path)) == edited


async def test_a_deleted_message_leaves_a_tombstone(alice: Person, bob: Person, lobby: int) -> None:
    path = f"/chats/{lobby}/messages/{await bob.send(lobby, 'secret')}"
    ok(await alice.put(f"{path}/pin"))
    ok(await alice.put(f"{path}/reactions/👍"))
    gone = ok(await alice.delete(path))
    assert (gone["text"], gone["reactions"], gone["pinned_at"]) == ("", [], None)
    assert gone["deleted_at"]
    assert ok(await bob.get(path)) == gone
    assert ok(await bob.get(f"/chats/{lobby}/pins")) == []
    assert refusal(await bob.patch(path, {"text": "back"})) == NOT_FOUND


async def test_others_messages_are_deleted_by_leaders_alone(
    alice: Person, bob: Person, lobby: int
) -> None:
    seq = await alice.send(lobby)
    assert refusal(await bob.delete(f"/chats/{lobby}/messages/{seq}")) == FORBIDDEN


# Reactions and pins


@pytest.mark.parametrize("emoji", ["👍", "❤️", "👩‍👩‍👧‍👦", "🇷🇺", "1️⃣", "%F0%9F%91%8D"])
async def test_any_emoji_is_a_reaction_given_once(
    alice: Person, bob: Person, lobby: int, emoji: str
) -> None:
    path = f"/chats/{lobby}/messages/{await alice.send(lobby)}"
    for who in (alice, bob, bob):
        assert ok(await who.put(f"{path}/reactions/{emoji}")) == {}
    (given,) = ok(await alice.get(f"{path}/reactions"))
    assert (given["count"], given["user_ids"]) == (2, [alice.user_id, bob.user_id])
    assert ok(await alice.get(path))["reactions"] == [given]
    ok(await bob.delete(f"{path}/reactions/{emoji}"))
    ok(await bob.delete(f"{path}/reactions/{emoji}"))
    assert ok(await alice.get(f"{path}/reactions"))[0]["user_ids"] == [alice.user_id]


@pytest.mark.parametrize(
    "emoji", ["hello", "a", "%20", "%00", "👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍👍", "%ff"]
)
async def test_a_word_is_no_reaction(alice: Person, lobby: int, emoji: str) -> None:
    path = f"/chats/{lobby}/messages/{await alice.send(lobby)}"
    status, _ = await alice.put(f"{path}/reactions/{emoji}")
    assert status in (404, 422)
    assert ok(await alice.get(f"{path}/reactions")) == []


async def test_pins_are_listed_the_latest_first_on_any_size_of_page(
    alice: Person, bob: Person, lobby: int, told: list[int]
) -> None:
    order = [told[3], told[7], told[0], told[9], told[5]]
    for seq in order:
        ok(await bob.put(f"/chats/{lobby}/messages/{seq}/pin"))
    for limit in (1, 2, 5, 200):
        assert seqs(await alice.all_of(f"/chats/{lobby}/pins", limit=limit)) == order[::-1]
    assert ok(await bob.delete(f"/chats/{lobby}/messages/{told[7]}/pin"))["pinned_at"] is None
    assert told[7] not in seqs(await alice.all_of(f"/chats/{lobby}/pins"))


async def test_a_cursor_of_another_list_is_refused(alice: Person, lobby: int) -> None:
    await alice.group()
    _, chats = await alice.get("/chats", limit=1)
    assert refusal(await alice.get(f"/chats/{lobby}/pins", next=chats["next"])) == INVALID


async def test_anothers_pin_is_taken_away_by_leaders_alone(
    alice: Person, bob: Person, lobby: int
) -> None:
    path = f"/chats/{lobby}/messages/{await bob.send(lobby)}/pin"
    pinned = ok(await alice.put(path))
    assert pinned["pinned_by"] == alice.user_id
    assert refusal(await bob.delete(path)) == FORBIDDEN
    assert ok(await alice.delete(path))["pinned_by"] is None
