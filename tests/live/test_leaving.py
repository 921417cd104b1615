"""What stays with who left, and what is counted for who is here."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messenger.protocol.commands import DeleteMessage, RemoveMember
from messenger.protocol.preferences import SetNotify
from tests.live.client import Client, Closed
from tests.live.conftest import Stage


async def test_who_left_learns_nothing_more_of_the_chat(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    await bob.subscribe_all()
    await alice.send(lobby, "@bob while he is here")
    await stage.ask("alice", RemoveMember(chat_id=lobby, user_id=bob.user_id))
    await bob.expect("message.created", text="@bob while he is here")
    left = await bob.expect("chat.left", chat_id=lobby)
    for _ in range(3):
        await alice.send(lobby, "@bob @all without him")
    late = await stage.client("bob")
    await late.subscribe((bob.user_id, 0))
    [read] = [event for event in late.events if event["type"] == "chat.left"]
    assert read["data"] == left["data"]
    [joined] = [
        e for e in late.events if e["type"] == "chat.joined" and e["data"]["chat_id"] == lobby
    ]
    assert joined["data"]["seq"] == left["data"]["seq"]
    assert (joined["data"]["unread"], joined["data"]["mentions"]) == (0, 0)


async def test_a_repeat_tells_nothing_to_who_left(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    quiet = SetNotify(chat_id=lobby, level="none", key="k1")
    await stage.ask("bob", quiet)
    await stage.ask("alice", RemoveMember(chat_id=lobby, user_id=bob.user_id))
    with pytest.raises(Exception, match="no such"):
        await stage.ask("bob", quiet)


async def test_deleted_messages_are_not_unread(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    seqs = [(await alice.send(lobby, f"@bob {n}"))["seq"] for n in range(4)]

    async def my() -> tuple[int, int]:
        state = (await bob.subscribe((lobby, None)))["streams"][0]["my"]
        return state["unread"], state["mentions"]

    assert await my() == (4, 4)
    for seq in seqs[1:3]:
        await stage.ask("alice", DeleteMessage(chat_id=lobby, seq=seq))
    assert await my() == (2, 2)
    marked = await bob.ask("read.mark", chat_id=lobby, read_seq=seqs[1])
    assert marked["my"]["unread"] == 1
    await bob.ask("read.mark", chat_id=lobby, read_seq=seqs[3])
    await stage.ask("alice", DeleteMessage(chat_id=lobby, seq=seqs[0]))
    assert await my() == (0, 0)


async def test_the_twenty_first_socket_closes_the_quietest(
    make_stage: Callable[[], Awaitable[Stage]], settings: dict[str, str]
) -> None:
    settings["WS_MAX_CONNECTIONS_PER_USER"] = "3"
    stage = await make_stage()
    lobby = await stage.group("alice", "bob")
    phone = await stage.client("bob", own_session=True)
    tabs = [await stage.client("bob") for _ in range(2)]
    await tabs[0].ask("typing", chat_id=lobby)
    third = await stage.client("bob")
    await tabs[1].expect_closed(4429)
    for client in (phone, tabs[0], third):
        await client.send(lobby, "still here")


async def test_ids_weigh_on_the_rate(
    make_stage: Callable[[], Awaitable[Stage]], settings: dict[str, str]
) -> None:
    settings["WS_RATE_LIMIT_MAX_COMMANDS"] = "100"
    stage = await make_stage()
    await stage.group("alice", "bob")
    alice = await stage.client("alice")
    invented = [[900_000 + n, None] for n in range(1000)]
    await alice.ask("subscribe", streams=invented)
    with pytest.raises(Closed, match="4429"):
        await alice.ask("subscribe", streams=invented)
    await alice.expect_closed(4429)


@pytest.mark.parametrize(
    ("type", "fields"),
    [
        ("subscribe", {"all": True, "cursors": [[10**6 + n, 0] for n in range(10_000)]}),
        ("unsubscribe", {"streams": list(range(10**6, 10**6 + 40_000))}),
    ],
)
async def test_a_command_is_not_too_many_by_itself(
    make_stage: Callable[[], Awaitable[Stage]],
    settings: dict[str, str],
    type: str,
    fields: dict[str, Any],
) -> None:
    """Else its socket would be closed as often as it comes back."""
    settings["WS_RATE_LIMIT_MAX_COMMANDS"] = "500"
    alice = await (await make_stage()).client("alice")
    if type == "subscribe":
        fields = {**fields, "epoch": alice.welcome["epoch"]}
    assert await alice.ask(type, **fields) is not None
    await alice.expect_nothing()
