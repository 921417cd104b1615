"""Thousands of moves between the same two: positions stay short, and nobody notices."""

from typing import Any

from tests.live.client import Client
from tests.live.conftest import Stage

MOVES = 450
"""About 380 halvings make a position of 64 characters."""


async def made(alice: Client) -> tuple[int, list[dict[str, Any]], list[dict[str, Any]]]:
    """A board with columns and cards, and its readers at the present."""
    chat = (await alice.ask("chat.create", title="Project", board=True))["id"]
    cards = [await alice.ask("task.create", chat_id=chat, title=f"{n}") for n in range(4)]
    columns = [await alice.ask("column.create", chat_id=chat, title=f"{n}") for n in range(4)]
    await alice.subscribe((chat, None))
    return chat, cards, columns


def applied(alice: Client, subjects: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """What a client holds after the events so far: the newest `rev` of each."""
    held = {each["id"]: each for each in subjects}
    for event in alice.events:
        data = event["data"]
        if data.get("id") in held and data["rev"] > held[data["id"]]["rev"]:
            held[data["id"]] = data
    return held


def longest(alice: Client) -> int:
    return max(len(event["data"].get("position") or "") for event in alice.events)


async def test_cards_that_change_places_for_ever(stage: Stage, alice: Client) -> None:
    chat, cards, _ = await made(alice)
    first, one, other, last = (card["id"] for card in cards)
    column = cards[0]["column_id"]
    for _ in range(MOVES):
        one, other = other, one
        await alice.ask("task.move", task_id=one, column_id=column, before=other)
    held = applied(alice, cards)
    assert longest(alice) <= 64
    order = sorted(held.values(), key=lambda card: card["position"].encode())
    assert [card["id"] for card in order] == [first, one, other, last]
    # Those in whose place nobody meddled are as they were, and may be changed as they were seen.
    for number, card in ((0, first), (3, last)):
        assert held[card]["version"] == cards[number]["version"]
        moved = await alice.ask("task.move", task_id=card, column_id=None, version=1)
        assert moved["version"] == 2
    # A fresh actor reads the same from the store.
    stage.server.directory.chats[chat].reload()
    answer = await alice.ask("task.update", task_id=one, title="still here")
    assert answer["position"] == held[one]["position"]


async def test_columns_that_change_places_for_ever(alice: Client) -> None:
    _, _, columns = await made(alice)
    first, one, other, last = (column["id"] for column in columns)
    for _ in range(MOVES):
        one, other = other, one
        await alice.ask("column.move", column_id=one, before=other)
    held = applied(alice, columns)
    assert longest(alice) <= 64
    order = sorted(held.values(), key=lambda column: column["position"].encode())
    assert [column["id"] for column in order] == [first, one, other, last]
    assert {held[id]["version"] for id in (first, last)} == {1}
