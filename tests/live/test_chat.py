"""Two people of different make talk: every command of a chat, live."""

import asyncio
import gc
import uuid
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused
from tests.live.conftest import Stage


@pytest.fixture
async def both(alice: Client, bob: Client, lobby: int) -> None:
    for one in (alice, bob):
        await one.subscribe((lobby, None))


@pytest.mark.usefixtures("both")
async def test_a_message_reaches_the_other_and_precedes_its_own_ack(
    alice: Client, bob: Client, lobby: int
) -> None:
    sent = await alice.send(lobby, "Привет!")
    event = await bob.expect("message.created", text="Привет!", seq=sent["seq"])
    assert event["data"]["sender_id"] == alice.user_id
    assert event["data"]["rev"] == sent["seq"]
    assert alice.order == [("answer", 1), ("event", (lobby, sent["seq"])), ("answer", 2)]


@pytest.mark.usefixtures("both")
async def test_a_resent_message_is_stored_and_delivered_once(
    alice: Client, bob: Client, lobby: int
) -> None:
    key = str(uuid.uuid4())
    first = await alice.send(lobby, "hi", key)
    again = await alice.send(lobby, "hi", key)
    assert again == {**first, "duplicate": True}
    await bob.expect("message.created", text="hi")
    await bob.expect_nothing()


@pytest.mark.usefixtures("both")
async def test_the_same_key_through_both_doors_at_once_is_one_message(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    async with aiohttp.ClientSession() as http:
        for _ in range(20):
            key = str(uuid.uuid4())
            one, other = await asyncio.gather(
                alice.send(lobby, "twice", key), post(http, alice, lobby, "twice", key)
            )
            assert {one.pop("duplicate"), other.pop("duplicate")} == {True, False}
            assert one == other
            await bob.expect("message.created", seq=one["seq"])
    await bob.expect_nothing()


async def post(
    http: aiohttp.ClientSession, client: Client, chat: int, text: str, key: str
) -> dict[str, Any]:
    """Send a message through the other door."""
    async with http.post(
        f"{client.base}/api/v1/chats/{chat}/messages",
        json={"client_message_id": key, "text": text},
        headers={"Authorization": f"Bearer {client.token}"},
    ) as answer:
        said: dict[str, Any] = (await answer.json())["data"]
        return said


@pytest.mark.usefixtures("both")
async def test_the_same_key_with_another_text_is_refused(alice: Client, lobby: int) -> None:
    key = str(uuid.uuid4())
    await alice.send(lobby, "one", key)
    with pytest.raises(Refused, match="idempotency_mismatch"):
        await alice.send(lobby, "other", key)


@pytest.mark.usefixtures("both")
async def test_a_repeat_is_recognised_after_an_edit(alice: Client, lobby: int) -> None:
    key = str(uuid.uuid4())
    first = await alice.send(lobby, "one", key)
    await alice.ask("message.edit", chat_id=lobby, seq=first["seq"], text="two")
    assert (await alice.send(lobby, "one", key))["seq"] == first["seq"]


@pytest.mark.usefixtures("both")
async def test_edits_pins_reactions_and_deletion_arrive_in_order(
    alice: Client, bob: Client, lobby: int
) -> None:
    seq = (await alice.send(lobby, "draft"))["seq"]
    at = {"chat_id": lobby, "seq": seq}
    edited = await alice.ask("message.edit", **at, text="final")
    assert edited["text"] == "final"
    await bob.ask("reaction.add", **at, emoji="👍")
    await bob.ask("message.pin", **at)
    await bob.ask("reaction.remove", **at, emoji="👍")
    await bob.ask("message.unpin", **at)
    gone = await alice.ask("message.delete", **at)
    assert gone["text"] == ""
    await bob.expect("message.created", text="draft")
    await bob.expect("message.edited", text="final")
    await bob.expect("reaction.added", emoji="👍", user_id=bob.user_id)
    pinned = await bob.expect("message.pinned", pinned_by=bob.user_id)
    assert pinned["data"]["reactions"] == [
        {"emoji": "👍", "count": 1, "user_ids": [bob.user_id]}
    ]  # fmt: skip
    await bob.expect("reaction.removed", emoji="👍")
    await bob.expect("message.unpinned", pinned_at=None)
    deleted = await bob.expect("message.deleted", text="", reactions=[])
    assert deleted["data"]["deleted_at"] is not None


@pytest.mark.usefixtures("both")
async def test_a_write_with_a_key_happens_once(alice: Client, bob: Client, lobby: int) -> None:
    seq = (await alice.send(lobby, "a"))["seq"]
    edit = {"chat_id": lobby, "seq": seq, "text": "b", "key": "edit-1"}
    first = await alice.ask("message.edit", **edit)
    assert await alice.ask("message.edit", **edit) == first
    with pytest.raises(Refused, match="idempotency_mismatch"):
        await alice.ask("message.edit", **{**edit, "text": "c"})
    await bob.expect("message.created")
    await bob.expect("message.edited", text="b")
    await bob.expect_nothing()


@pytest.mark.usefixtures("both")
async def test_reading_is_told_to_the_others_and_to_ones_own_devices(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    tablet = await stage.client("bob", JsonSocket, own_session=True)
    await tablet.subscribe((lobby, None))
    seq = (await alice.send(lobby, "read me"))["seq"]
    my = (await bob.ask("read.mark", chat_id=lobby, read_seq=seq))["my"]
    assert (my["read_seq"], my["unread"]) == (seq, 0)
    mark = await tablet.expect_signal("mark")
    assert (mark["chat_id"], mark["read_seq"]) == (lobby, seq)
    receipts = await alice.expect_signal("receipts")
    assert receipts["marks"] == [[bob.user_id, seq, seq]]


@pytest.mark.usefixtures("both")
async def test_unread_counts_others_messages_past_the_mark(
    alice: Client, bob: Client, lobby: int
) -> None:
    for _ in range(3):
        await alice.send(lobby, "@bob look")
    state = (await bob.subscribe((lobby, None)))["streams"][0]
    assert (state["my"]["unread"], state["my"]["mentions"]) == (3, 3)
    await bob.send(lobby, "seen all")
    state = (await bob.subscribe((lobby, None)))["streams"][0]
    assert (state["my"]["unread"], state["my"]["mentions"]) == (0, 0)


@pytest.mark.usefixtures("both")
async def test_marks_only_move_forward(alice: Client, bob: Client, lobby: int) -> None:
    first = (await alice.send(lobby, "1"))["seq"]
    second = (await alice.send(lobby, "2"))["seq"]
    await bob.ask("read.mark", chat_id=lobby, read_seq=second)
    my = (await bob.ask("read.mark", chat_id=lobby, read_seq=first))["my"]
    assert my["read_seq"] == second


@pytest.mark.usefixtures("both")
async def test_typing_is_heard_by_the_others_alone(alice: Client, bob: Client, lobby: int) -> None:
    await alice.ask("typing", chat_id=lobby)
    heard = await bob.expect_signal("typing")
    assert heard == {"type": "typing", "chat_id": lobby, "user_id": alice.user_id}
    await alice.expect_nothing()
    assert not alice.signals


async def test_presence_is_told_to_those_who_watch(stage: Stage, alice: Client) -> None:
    them = await stage.person("dora")
    watched = await alice.ask("presence.watch", user_ids=[them.user_id])
    assert watched["users"] == [{"id": them.user_id, "online": False, "last_seen_at": None}]
    await stage.client("dora")
    heard = await alice.expect_signal("presence")
    assert (heard["id"], heard["online"]) == (them.user_id, True)


async def test_a_direct_chat_is_hidden_until_its_first_message(
    stage: Stage, alice: Client, bob: Client
) -> None:
    await bob.subscribe_all()
    chat = await stage.direct("alice", "bob")
    await bob.expect_nothing()
    with pytest.raises(Refused, match="not_found"):
        await bob.send(chat, "who is there?")
    sent = await alice.send(chat, "knock knock")
    joined = await bob.expect("chat.joined", chat_id=chat)
    await bob.expect("message.created", text="knock knock", seq=sent["seq"])
    assert joined["stream"] == bob.user_id


async def test_whoever_is_added_hears_from_then_on(
    stage: Stage, alice: Client, bob: Client
) -> None:
    await bob.subscribe_all()
    group = await stage.group("alice", title="Later")
    await alice.send(group, "before bob")
    await alice.ask("member.add", chat_id=group, user_ids=[bob.user_id])
    joined = await bob.expect("chat.joined", chat_id=group)
    await alice.send(group, "after")
    await bob.expect("message.created", text="after", seq=joined["data"]["seq"] + 1)


async def test_both_kinds_of_socket_hear_the_same(
    stage: Stage, alice: Client, lobby: int
) -> None:  # fmt: skip
    readers = [await stage.client("bob", kind) for kind in (JsonSocket, MsgpackSocket)]
    for reader in readers:
        await reader.subscribe((lobby, None))
    await alice.send(lobby, "same for all")
    one, other = [await reader.expect("message.created") for reader in readers]
    assert one == other


async def test_pipelined_sends_keep_their_order(alice: Client, bob: Client, lobby: int) -> None:
    await bob.subscribe((lobby, None))
    answers = [
        await alice.begin(
            "message.send", chat_id=lobby, client_message_id=str(uuid.uuid4()), text=str(n)
        )
        for n in range(200)
    ]
    acks = await asyncio.gather(*answers)
    first = acks[0]["seq"]
    assert [ack["seq"] for ack in acks] == list(range(first, first + 200))
    for n in range(200):
        await bob.expect("message.created", text=str(n))


async def test_nothing_of_http_stays_with_an_open_socket(stage: Stage, lobby: int) -> None:
    # Other tests of this process may have left some.
    before = of_http()
    for name in ("alice", "bob"):
        await (await stage.client(name)).expect_nothing()
    assert [each for each in of_http() if not any(each is one for one in before)] == []
    assert len(stage.server.endpoint.sessions) == 2


def of_http() -> list[object]:
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, web.BaseRequest | RequestHandler)]
