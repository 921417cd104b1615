"""One chat is changed on two servers all the time: who is always overtaken has their turn, too."""

import asyncio
from typing import Any

import pytest

from tests.live.client import Client, Refused
from tests.live.conftest import Stage, upload_picture
from tests.waiting import until

MEANWHILE = 0.2
"""Seconds that the far server waits for the near one to be faster."""


class Overtaking:
    """Has a chat changed on the near server whenever the far one has just read it.

    Where the near one is kept from that, it is not waited for.
    """

    def __init__(self, near: Stage, far: Stage, alice: Client, chat: int) -> None:
        self.near, self.far = (one.server.directory.streams.by_id for one in (near, far))
        self.read = far.server.directory.store.chat
        self.alice = alice
        self.chat = chat
        # State: her changes, some of which wait.
        self.changes: list[asyncio.Task[Any]] = []

    async def __call__(self, chat_id: int) -> Any:
        record = await self.read(chat_id)
        if chat_id == self.chat:
            title = f"{len(self.changes)}"
            ask = self.alice.ask("chat.update", chat_id=chat_id, title=title)
            self.changes.append(asyncio.create_task(ask))
            done, _ = await asyncio.wait(self.changes[-1:], timeout=MEANWHILE)
            if done:
                seq = self.near[chat_id].seq
                await until(lambda: self.far[chat_id].seq >= seq)
        return record


@pytest.fixture
async def board(alice: Client, bob: Client) -> int:
    members = [bob.user_id]
    made = await alice.ask("chat.create", title="Project", board=True, member_ids=members)
    return int(made["id"])


@pytest.fixture
async def overtaking(
    near: Stage, far: Stage, alice: Client, bob: Client, board: int, monkeypatch: pytest.MonkeyPatch
) -> Overtaking:
    for one in (alice, bob):
        await one.subscribe((board, None))
    found = Overtaking(near, far, alice, board)
    monkeypatch.setattr(far.server.directory.store, "chat", found)
    return found


async def test_a_card_is_moved_by_who_is_always_overtaken(
    overtaking: Overtaking, alice: Client, bob: Client, board: int
) -> None:
    column = (await alice.ask("column.create", chat_id=board, title="there"))["id"]
    card = await alice.ask("task.create", chat_id=board, title="x")
    moved = await bob.ask("task.move", task_id=card["id"], column_id=column)
    assert (moved["column_id"], moved["version"]) == (column, 2)
    # What was kept waiting is done after it.
    assert all([await each for each in overtaking.changes])


async def test_a_chat_is_changed_by_who_is_always_overtaken(
    overtaking: Overtaking, alice: Client, bob: Client, board: int
) -> None:
    """And who may not is told so, not that the server cannot."""
    with pytest.raises(Refused, match="forbidden"):
        await bob.ask("chat.update", chat_id=board, title="by bob")
    await alice.ask("member.update", chat_id=board, user_id=bob.user_id, role="admin")
    assert (await bob.ask("chat.update", chat_id=board, title="by bob"))["title"] == "by bob"
    assert all([await each for each in overtaking.changes])


async def test_the_other_one_of_a_direct_chat_is_let_in_once(
    near: Stage, far: Stage, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both servers have a first message; one hears of the other's while it looks for the file."""
    chat = await near.direct("alice", "dora")
    there = await far.client("alice", own_session=True)
    await alice.subscribe((chat, 0))
    await there.subscribe((chat, 0))
    file = await upload_picture(far.server, alice.user_id, chat)
    store = far.server.directory.store
    take = store.take_files

    async def late(*given: Any) -> Any:
        files = await take(*given)
        seq = (await alice.send(chat, "the first"))["seq"]
        await until(lambda: far.server.directory.streams.by_id[chat].seq >= seq)
        return files

    monkeypatch.setattr(store, "take_files", late)
    second = await there.send(chat, "the second", file_ids=[file])
    await until(lambda: alice.events and alice.events[-1]["seq"] == second["seq"])
    dora = (await near.person("dora")).user_id
    entered = [
        event["data"]["user_id"] for event in alice.events if event["type"] == "member.joined"
    ]
    assert entered.count(dora) == 1
