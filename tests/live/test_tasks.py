"""Tasks and boards live in the chat's log: the same order, resume and conflicts for all."""

import asyncio
import random
import uuid
from typing import Any

import msgspec
import pytest

from messenger.protocol.commands import CreateChat
from messenger.store.reads import tasks as task_reads
from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused
from tests.live.conftest import Stage


@pytest.fixture
async def board(stage: Stage, lobby: int) -> int:
    """A project of alice, bob and carol: a group with a board."""
    people = [(await stage.person(name)).user_id for name in ("bob", "carol")]
    made = await stage.ask("alice", CreateChat(title="Project", member_ids=people, board=True))
    return int(made.id)


async def shown(stage: Stage, name: str, chat: int) -> dict[str, Any]:
    who = await stage.person(name)
    taken = await task_reads.board(stage.server.database, who.user_id, chat)
    plain: dict[str, Any] = msgspec.to_builtins(taken)
    return plain


async def columns_of(stage: Stage, chat: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await shown(stage, "alice", chat))["columns"]
    return found


async def test_a_new_board_has_three_columns(stage: Stage, board: int) -> None:
    columns = await columns_of(stage, board)
    assert [column["title"] for column in columns] == ["К выполнению", "В работе", "Готово"]
    assert [column["is_done"] for column in columns] == [False, False, True]


async def test_a_task_is_made_changed_and_moved_before_everybodys_eyes(
    stage: Stage, alice: Client, bob: Client, board: int
) -> None:
    await bob.subscribe((board, None))
    todo, doing, done = [column["id"] for column in await columns_of(stage, board)]
    task = await alice.ask(
        "task.create", chat_id=board, title="Счёт для Ромашки", assigned_to=bob.user_id
    )
    assert (task["column_id"], task["status"], task["version"]) == (todo, "open", 1)
    await bob.ask("task.move", task_id=task["id"], column_id=doing, version=1)
    closed = await bob.ask("task.move", task_id=task["id"], column_id=done, version=2)
    assert (closed["status"], closed["version"]) == ("done", 3)
    assert closed["closed_at"] is not None
    again = await alice.ask("task.update", task_id=task["id"], status="open")
    assert (again["column_id"], again["closed_at"]) == (todo, None)
    await bob.expect("task.created", title="Счёт для Ромашки", number=task["number"])
    await bob.expect("task.moved", column_id=doing)
    await bob.expect("task.moved", column_id=done, status="done")
    await bob.expect("task.updated", column_id=todo, status="open")


async def test_changes_of_different_fields_merge_and_of_the_same_conflict(
    stage: Stage, alice: Client, bob: Client, board: int
) -> None:
    task = await alice.ask("task.create", chat_id=board, title="one", assigned_to=bob.user_id)
    await alice.ask("task.update", task_id=task["id"], title="two", version=1)
    merged = await alice.ask("task.update", task_id=task["id"], description="long", version=1)
    assert (merged["title"], merged["description"], merged["version"]) == ("two", "long", 3)
    moved = await bob.ask(
        "task.move",
        task_id=task["id"],
        column_id=(await columns_of(stage, board))[1]["id"],
        version=1,
    )
    assert moved["version"] == 4
    with pytest.raises(Refused) as refused:
        await alice.ask("task.update", task_id=task["id"], title="three", version=1)
    assert refused.value.code == "version_conflict"
    assert refused.value.error["details"]["current"] == moved
    same = await alice.ask("task.update", task_id=task["id"], title="two", version=1)
    assert same["version"] == 4, "what is so already is no conflict"
    last = await alice.ask("task.update", task_id=task["id"], title="four")
    assert last["title"] == "four"


async def test_a_message_becomes_a_task_and_both_know(
    stage: Stage, alice: Client, bob: Client, board: int
) -> None:
    await bob.subscribe((board, None))
    seq = (await alice.send(board, "@bob отправь акт до 2031-03-01\nи копию мне"))["seq"]
    task = await alice.ask("message.task", chat_id=board, seq=seq)
    assert task["assigned_to"] == bob.user_id
    assert task["due"] == {"date": "2031-03-01"}
    assert task["source_seq"] == seq
    assert task["title"].startswith("отправь акт")
    assert "\n" not in task["title"]
    await bob.expect("message.created")
    await bob.expect("task.created", id=task["id"])
    await bob.expect("message.updated", task_id=task["id"], edited_at=None)
    with pytest.raises(Refused, match="already_exists"):
        await alice.ask("message.task", chat_id=board, seq=seq)
    await alice.ask("task.delete", task_id=task["id"])
    await bob.expect("task.deleted", title="")
    await bob.expect("message.updated", task_id=None)


async def test_comments_are_messages_that_carry_the_task(
    stage: Stage, alice: Client, bob: Client, board: int, lobby: int
) -> None:
    task = await alice.ask("task.create", chat_id=board, title="discussed")
    said = await bob.send(board, "how far is it?", task_id=task["id"])
    found, _ = await task_reads.messages_of(
        stage.server.database, bob.user_id, task["id"], 0, 50
    )  # fmt: skip
    assert [message.seq for message in found] == [said["seq"]]
    with pytest.raises(Refused, match="not_found"):
        await bob.send(lobby, "wrong chat", task_id=task["id"])


async def test_only_members_are_assigned(stage: Stage, alice: Client, board: int) -> None:
    stranger = await stage.person("stranger")
    with pytest.raises(Refused, match="add this person to the chat first"):
        await alice.ask("task.create", chat_id=board, title="x", assigned_to=stranger.user_id)


async def test_the_assignee_works_and_the_others_only_move(
    stage: Stage, alice: Client, bob: Client, carol: Client, board: int
) -> None:
    task = await alice.ask("task.create", chat_id=board, title="x", assigned_to=bob.user_id)
    items = [{"id": "a", "text": "first", "done": True}]
    await bob.ask("task.update", task_id=task["id"], checklist=items)
    await bob.ask("task.update", task_id=task["id"], status="done")
    for client, fields in ((bob, {"title": "mine"}), (carol, {"status": "open"})):
        with pytest.raises(Refused, match="forbidden"):
            await client.ask("task.update", task_id=task["id"], **fields)
    first = (await columns_of(stage, board))[0]["id"]
    assert (await carol.ask("task.move", task_id=task["id"], column_id=first))["status"] == "open"
    with pytest.raises(Refused, match="forbidden"):
        await carol.ask("task.delete", task_id=task["id"])
    with pytest.raises(Refused, match="forbidden"):
        await carol.ask("column.create", chat_id=board, title="Mine")
    stranger = await stage.client("stranger")
    with pytest.raises(Refused, match="not_found"):
        await stranger.ask("task.move", task_id=task["id"], column_id=first)


async def test_columns_take_their_cards_along(
    stage: Stage, alice: Client, board: int
) -> None:  # fmt: skip
    todo, doing, done = [column["id"] for column in await columns_of(stage, board)]
    cards = [
        (await alice.ask("task.create", chat_id=board, title=str(n), column_id=doing))["id"]
        for n in range(3)
    ]
    await alice.ask("column.update", column_id=doing, is_done=True)
    assert {t["status"] for t in (await shown(stage, "alice", board))["tasks"]} == {"done"}
    await alice.ask("column.delete", column_id=doing)
    after = await shown(stage, "alice", board)
    assert [column["id"] for column in after["columns"]] == [todo, done]
    assert [(t["id"], t["column_id"], t["status"]) for t in after["tasks"]] == [
        (id, done, "done") for id in cards
    ]
    await alice.ask("column.move", column_id=done, before=todo)
    assert [c["id"] for c in await columns_of(stage, board)] == [done, todo]


async def test_done_cards_are_put_away_and_come_back(
    stage: Stage, alice: Client, board: int
) -> None:
    task = await alice.ask("task.create", chat_id=board, title="old")
    with pytest.raises(Refused, match="Only what is done"):
        await alice.ask("task.update", task_id=task["id"], archived=True)
    away = await alice.ask("task.update", task_id=task["id"], status="done", archived=True)
    assert away["archived_at"] is not None
    assert (await shown(stage, "alice", board))["tasks"] == []
    back = await alice.ask("task.update", task_id=task["id"], archived=False)
    assert back["column_id"] == (await columns_of(stage, board))[2]["id"]


async def test_the_history_says_who_changed_what(
    stage: Stage, alice: Client, bob: Client, board: int
) -> None:
    task = await alice.ask("task.create", chat_id=board, title="one", assigned_to=bob.user_id)
    await alice.ask("task.update", task_id=task["id"], title="two", labels=["urgent"])
    await bob.ask("task.update", task_id=task["id"], status="done")
    entries, _ = await task_reads.history(stage.server.database, bob.user_id, task["id"], 0, 50)
    told = msgspec.to_builtins(entries)
    assert [(e["type"], e["by"]) for e in told] == [
        ("task.created", alice.user_id),
        ("task.updated", alice.user_id),
        ("task.updated", bob.user_id),
    ]
    assert told[1]["changes"] == [
        {"field": "title", "old": "one", "new": "two"},
        {"field": "labels", "old": [], "new": ["urgent"]},
    ]
    assert {"field": "status", "old": "open", "new": "done"} in told[2]["changes"]


async def test_three_clients_end_with_the_same_board_chat_and_history(
    stage: Stage, alice: Client, bob: Client, board: int
) -> None:
    """200 moves, edits and messages interleaved, one client away all the while."""
    carol = await stage.client("carol", MsgpackSocket)
    for client in (alice, bob, carol):
        await client.subscribe((board, 0))
    await carol.expect_nothing_of(0, 0)
    away_since = max(event["seq"] for event in carol.events)
    await carol.disconnect()
    dice = random.Random(20_261_121)
    columns = [column["id"] for column in await columns_of(stage, board)]
    tasks = [
        (await alice.ask("task.create", chat_id=board, title=f"card {n}"))["id"] for n in range(8)
    ]

    async def act(client: Client) -> None:
        task, what = dice.choice(tasks), dice.random()
        if what < 0.5:
            await client.ask(
                "task.move",
                task_id=task,
                column_id=dice.choice(columns),
                before=dice.choice([None, *tasks]),
            )
        elif what < 0.7:
            await alice.ask("task.update", task_id=task, title=f"title {dice.random()}")
        else:
            await client.send(board, f"said {uuid.uuid4()}", task_id=dice.choice([None, task]))

    for _ in range(50):
        await asyncio.gather(*(act(dice.choice([alice, bob])) for _ in range(4)))
    await carol.connect()
    await carol.subscribe((board, away_since))
    fresh = await shown(stage, "alice", board)
    for client in (alice, bob, carol):
        await client.expect_nothing_of(0, 0)
        assert replica(client, board) == (
            {c["id"]: c for c in fresh["columns"]},
            {t["id"]: t for t in fresh["tasks"]},
        )
    seqs = [event["seq"] for event in carol.events if event["stream"] == board]
    assert seqs == list(range(1, len(seqs) + 1))
    assert [heard(event) for event in alice.events if event["stream"] == board] == [
        heard(event) for event in carol.events if event["stream"] == board
    ]


def heard(event: dict[str, Any]) -> tuple[int, str]:
    return event["seq"], event["type"]


def replica(client: Client, chat: int) -> tuple[dict[int, Any], dict[int, Any]]:
    """Columns and cards as a client holds them that applied every event as an upsert."""
    columns: dict[int, Any] = {}
    tasks: dict[int, Any] = {}
    for event in client.events:
        family = event["type"].split(".")[0]
        if event["stream"] == chat and family in ("task", "column"):
            table, data = (tasks if family == "task" else columns), event["data"]
            if data["rev"] >= table.get(data["id"], data)["rev"]:
                table[data["id"]] = data
    return (
        {id: column for id, column in columns.items() if column["deleted_at"] is None},
        {id: task for id, task in tasks.items() if task["column_id"] is not None},
    )


@pytest.mark.parametrize("kind", [JsonSocket, MsgpackSocket])
async def test_many_hands_on_the_same_cards_lose_none(
    stage: Stage, alice: Client, board: int, kind: type[JsonSocket]
) -> None:
    columns = [column["id"] for column in await columns_of(stage, board)]
    tasks = {
        task["id"]: task["version"]
        for task in [
            await alice.ask("task.create", chat_id=board, title=f"card {n}") for n in range(10)
        ]
    }
    clients = [await stage.client(name, kind) for name in ("alice", "bob", "carol")]
    codes = set()

    async def drag(client: Client, dice: random.Random) -> None:
        for _ in range(40):
            task = dice.choice(list(tasks))
            place = {"column_id": dice.choice(columns), "before": dice.choice([None, *tasks])}
            try:
                now = await client.ask("task.move", task_id=task, version=tasks[task], **place)
            except Refused as refused:
                now = refused.error["details"]["current"]
                codes.add(refused.code)
            assert now["id"] == task
            tasks[task] = max(tasks[task], now["version"])

    await asyncio.gather(*(drag(c, random.Random(n)) for n, c in enumerate(clients)))
    assert codes == {"version_conflict"}
    standing = (await shown(stage, "alice", board))["tasks"]
    assert sorted(task["id"] for task in standing) == sorted(tasks)
    for column in columns:
        places = [task["position"] for task in standing if task["column_id"] == column]
        assert places == sorted(set(places), key=str.encode)
