"""One member's diligence must not be everybody's burden: rates, bounds, pages."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import pytest

from messenger.model import Task
from messenger.store.reads import chats as chat_reads
from messenger.store.reads import sync
from messenger.store.reads import tasks as task_reads
from tests.live.client import Client, Refused
from tests.live.conftest import Stage

Make = Callable[[], Awaitable[Stage]]
LONG = "x" * 20_000


@pytest.fixture
async def slow(make_stage: Make, settings: dict[str, str]) -> Stage:
    settings["WRITE_RATE_LIMIT"] = "20/60s"
    return await make_stage()


async def refusals(client: Client, type: str, count: int, **fields: Any) -> list[Refused]:
    async def one(number: int) -> Refused | None:
        try:
            await client.ask(
                type, **{n: v(number) if callable(v) else v for n, v in fields.items()}
            )
        except Refused as refused:
            return refused
        return None

    found = await asyncio.gather(*(one(number) for number in range(count)))
    return [each for each in found if each is not None]


async def test_writes_have_a_rate_per_person(slow: Stage) -> None:
    lobby = await slow.group("alice", "bob")
    alice, bob = await slow.client("alice"), await slow.client("bob")
    refused = await refusals(alice, "task.create", 40, chat_id=lobby, title="do")
    assert len(refused) == 40 - 20 + 1, "making the group was a change, too"
    assert {each.code for each in refused} == {"rate_limited"}
    assert all(each.error["details"]["retry_after_ms"] > 0 for each in refused)
    for act in (
        alice.ask("chat.update", chat_id=lobby, title="x"),
        alice.ask("task.update", task_id=1, title="y"),
        alice.ask("reaction.add", chat_id=lobby, seq=1, emoji="👍"),
    ):
        with pytest.raises(Refused, match="rate_limited"):
            await act
    await bob.ask("task.create", chat_id=lobby, title="mine")
    await alice.send(lobby, "messages have a rate of their own")
    await alice.ask("read.mark", chat_id=lobby, read_seq=1)
    await alice.ask("draft.set", chat_id=lobby, text="and so have drafts")


async def test_repeats_are_not_counted(slow: Stage) -> None:
    lobby = await slow.group("alice", "bob")
    bob = await slow.client("bob")
    made = await bob.ask("task.create", chat_id=lobby, title="do", key="k")
    for _ in range(40):
        assert await bob.ask("task.create", chat_id=lobby, title="do", key="k") == made
    moved = await bob.ask("task.update", task_id=made["id"], title="done", key="u")
    assert not await refusals(bob, "task.update", 40, task_id=made["id"], title="done", key="u")
    assert moved["title"] == "done"
    assert len(await refusals(bob, "task.create", 20, chat_id=lobby, title="do")) == 2


async def test_a_chat_has_so_many_open_tasks(make_stage: Make, settings: dict[str, str]) -> None:
    settings["MAX_OPEN_TASKS_PER_CHAT"] = "5"
    stage = await make_stage()
    lobby = await stage.group("alice", "bob")
    alice = await stage.client("alice")
    made = [await alice.ask("task.create", chat_id=lobby, title="do") for _ in range(5)]
    with pytest.raises(Refused, match="validation_failed"):
        await alice.ask("task.create", chat_id=lobby, title="one too many")
    await alice.ask("task.update", task_id=made[0]["id"], status="done")
    await alice.ask("task.create", chat_id=lobby, title="in its place")
    with pytest.raises(Refused, match="validation_failed"):
        await alice.ask("task.update", task_id=made[0]["id"], status="open")
    await alice.ask("task.update", task_id=made[1]["id"], title="the others can be changed")


async def test_pages_hold_all_tasks_and_none_is_long(
    stage: Stage, alice: Client, lobby: int
) -> None:
    for number in range(60):
        await alice.ask("task.create", chat_id=lobby, title=str(number), description=LONG)
    database, me = stage.server.database, alice.user_id
    epoch = stage.server.directory.epoch
    snapshot = await chat_reads.snapshot(database, me, lobby, epoch)
    assert len(msgspec.json.encode(snapshot)) < 1_000_000
    tasks: list[Task] = list(snapshot.tasks)
    after = snapshot.tasks_next
    while after is not None:
        page, after = await task_reads.shown(database, me, lobby, after)
        assert len(msgspec.json.encode(page)) < 600_000
        tasks += page
    assert [task.title for task in tasks] == [str(number) for number in range(60)]


async def test_a_page_of_the_first_load_counts_its_tasks(stage: Stage, alice: Client) -> None:
    chats = [await stage.group("alice", "bob", title=str(n)) for n in range(6)]
    for chat in chats:
        for _ in range(20):
            await alice.ask("task.create", chat_id=chat, title="do", description=LONG,
                            assigned_to=alice.user_id)  # fmt: skip
    who, place, found = await stage.person("alice"), None, set()
    while True:
        page = await sync.bootstrap(
            stage.server.database, who, 50, place, stage.server.directory.epoch
        )
        assert len(msgspec.json.encode(page)) < 1_800_000
        found |= {snapshot.chat.id for snapshot in page.snapshots}
        place = page.next
        if place is None:
            break
    assert found >= set(chats)
