"""What one server hears late, or in another order: it reaches its people whole, once, in order.

The two servers have no bus between them here: a test holds back what the near one says, and hands
it to the far one in the order that it wants to see.
"""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any
from unittest.mock import AsyncMock

import pytest
import pytest_asyncio

from messenger.actors.stream import RING
from messenger.model import Event
from tests.conftest import MIGRATED, database
from tests.live.client import Client
from tests.live.conftest import FREELY, Stage, on_stage
from tests.waiting import until


class Held:
    """What the near server has said and the far one has not heard, by stream."""

    def __init__(self, near: Stage, far: Stage) -> None:
        self.streams = far.server.directory.streams
        self.words: list[list[Event]] = []
        near.server.directory.streams.tell = self.words.append

    def arrive(self, *order: int) -> None:
        """All that was said of each of these streams, one stream after the other."""
        said = [event for word in self.words for event in word]
        self.words.clear()
        for stream in order:
            for event in said:
                if event.stream == stream:
                    self.streams.hear(stream, [event])


pytestmark = pytest.mark.asyncio(loop_scope="module")
shared = partial(pytest_asyncio.fixture, scope="module", loop_scope="module")
fresh = partial(pytest_asyncio.fixture, loop_scope="module")


@shared
async def two(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[Stage, Stage]]:
    """Both serve one database; the far one hears what a test lets it hear, and no more."""
    given = {"DATA_DIR": str(tmp_path_factory.mktemp("late")), "BUS": "postgres", **FREELY}
    with database(cluster, worker_id, MIGRATED) as dsn:
        async with on_stage(dsn, given) as near, on_stage(dsn, given) as far:
            far.identities = near.identities
            far.server.peers.around.look = AsyncMock()  # type: ignore[method-assign]
            yield near, far


@shared
async def held(two: tuple[Stage, Stage]) -> Held:
    return Held(*two)


@fresh
async def lobby(two: tuple[Stage, Stage], held: Held) -> int:
    chat = await two[0].group("alice", "bob", "carol")
    held.words.clear()
    return chat


@fresh
async def alice(two: tuple[Stage, Stage], lobby: int) -> Client:
    return await two[0].client("alice")


@fresh
async def bob(two: tuple[Stage, Stage], lobby: int) -> Client:
    client = await two[1].client("bob")
    await client.subscribe_all()
    return client


async def leave_and_come_back(alice: Client, bob: Client, lobby: int, turn: int) -> None:
    await alice.send(lobby, f"{turn} in before")
    await alice.ask("member.remove", chat_id=lobby, user_id=bob.user_id)
    await alice.send(lobby, f"{turn} out")
    await alice.ask("member.add", chat_id=lobby, user_ids=[bob.user_id])
    await alice.send(lobby, f"{turn} in after")


async def all_of(client: Client, lobby: int, last: str) -> list[Any]:
    """Texts of the chat as they came, once each and in order, until the last one has come."""

    def seen() -> list[str]:
        return [
            event["data"]["text"]
            for event in client.events
            if event["stream"] == lobby and event["type"] == "message.created"
        ]

    await until(lambda: last in seen())
    seqs = [event["seq"] for event in client.events if event["stream"] == lobby]
    assert seqs == sorted(set(seqs))
    return seen()


@pytest.mark.parametrize("turns", [1, 3])
@pytest.mark.parametrize("first", ["chat", "own"])
async def test_who_comes_back_hears_all_from_there_on(
    held: Held, alice: Client, bob: Client, lobby: int, first: str, turns: int
) -> None:
    for turn in range(turns):
        await leave_and_come_back(alice, bob, lobby, turn)
    held.arrive(*((lobby, bob.user_id) if first == "chat" else (bob.user_id, lobby)))
    await alice.send(lobby, "the last")
    held.arrive(lobby)
    wanted = [f"{turn} in {when}" for turn in range(turns) for when in ("before", "after")]
    assert await all_of(bob, lobby, "the last") == [*wanted, "the last"]


async def test_who_is_known_to_be_back_is_not_told_that_it_is_over(
    held: Held, alice: Client, bob: Client, lobby: int
) -> None:
    """A client forgets the chat at that word, whatever came before it."""
    await leave_and_come_back(alice, bob, lobby, 0)
    held.arrive(bob.user_id, lobby)
    await all_of(bob, lobby, "0 in after")
    assert "subscription.ended" not in [signal["type"] for signal in bob.signals]


async def test_more_than_is_remembered_comes_from_the_log(
    held: Held, alice: Client, bob: Client, lobby: int
) -> None:
    await leave_and_come_back(alice, bob, lobby, 0)
    for n in range(RING):
        await alice.send(lobby, f"{n}")
    held.arrive(lobby, bob.user_id)
    await alice.send(lobby, "the last")
    held.arrive(lobby)
    numbers = [f"{n}" for n in range(RING)]
    seen = await all_of(bob, lobby, "the last")
    assert seen == ["0 in before", "0 in after", *numbers, "the last"]


async def test_who_was_removed_again_gets_nothing_that_is_newer_than_that(
    held: Held, alice: Client, bob: Client, lobby: int
) -> None:
    await leave_and_come_back(alice, bob, lobby, 0)
    then = await alice.send(lobby, "as it was")
    await alice.ask("member.remove", chat_id=lobby, user_id=bob.user_id)
    await alice.ask("message.edit", chat_id=lobby, seq=then["seq"], text="as it became")
    await alice.send(lobby, "out again")
    held.arrive(lobby, bob.user_id)
    seen = await all_of(bob, lobby, "0 in after")
    assert not {"as it became", "out again"} & set(seen)
    await until(lambda: [s["type"] for s in bob.signals].count("subscription.ended") == 2)
    await alice.send(lobby, "and nothing more")
    held.arrive(lobby, bob.user_id)
    await bob.expect_nothing_of(lobby, then["seq"] + 4)
    assert "and nothing more" not in await all_of(bob, lobby, "0 in after")


async def test_a_removal_of_before_does_not_end_what_was_subscribed_to_after_it(
    held: Held, two: tuple[Stage, Stage], alice: Client, lobby: int
) -> None:
    carol = await two[1].client("carol")
    await carol.subscribe((lobby, None))
    await alice.ask("member.remove", chat_id=lobby, user_id=carol.user_id)
    await alice.ask("member.add", chat_id=lobby, user_ids=[carol.user_id])
    # The log knows that she is in, and this server has not heard that she ever was out.
    await carol.subscribe((lobby, None))
    held.arrive(carol.user_id, lobby)
    await alice.send(lobby, "the last")
    held.arrive(lobby)
    assert await all_of(carol, lobby, "the last") == ["the last"]


async def test_a_card_is_moved_wherever_this_server_believes_it_to_be(
    held: Held, two: tuple[Stage, Stage], alice: Client, bob: Client
) -> None:
    """No move is answered that was not made, and none is made again that was."""
    members = [bob.user_id]
    board = await alice.ask("chat.create", title="Project", board=True, member_ids=members)
    there = (await alice.ask("column.create", chat_id=board["id"], title="there"))["id"]
    card, other = [
        await bob.ask("task.create", chat_id=board["id"], title=title) for title in ("x", "y")
    ]
    home = card["column_id"]

    async def move(who: Client, column: int, key: str, task: int = card["id"]) -> tuple[int, int]:
        moved = await who.ask("task.move", task_id=task, column_id=column, key=key)
        return moved["column_id"], moved["version"]

    assert await move(bob, there, "1") == (there, 2)
    assert await move(alice, home, "2") == (home, 3)
    # As far as bob's server has heard it still is there; and it is one commit with the other card.
    assert await asyncio.gather(
        move(bob, there, "3"), move(bob, there, "4", other["id"])
    ) == [(there, 4), (there, 2)]  # fmt: skip
    assert await move(alice, home, "5") == (home, 5)
    near = await two[0].client("bob")
    for who in (bob, near):
        assert await move(who, there, "3") == (home, 5)
    assert await move(bob, there, "6") == (there, 6)
