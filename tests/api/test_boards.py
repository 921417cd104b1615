"""Boards by REST: columns, the cards in them, and where a dropped card comes to stand."""

import pytest

from tests.api.boards import (
    CONFLICT,
    FORBIDDEN,
    INVALID,
    NOT_FOUND,
    Object,
    board,
    cards,
    columns,
    drop,
    head,
    new,
)
from tests.api.cast import Person, ok, refusal, sign_up
from tests.api.conftest import Api


@pytest.fixture
async def three(alice: Person, project: int) -> list[Object]:
    """Three cards in the first column."""
    return [await new(alice, project, title) for title in "abc"]


# Boards


@pytest.mark.parametrize(
    ("locale", "titles"),
    [("ru", ["К выполнению", "В работе", "Готово"]), ("en", ["To do", "In progress", "Done"])],
)
async def test_a_project_begins_with_three_columns(
    api: Api, locale: str, titles: list[str]
) -> None:
    who = await sign_up(await api(DEFAULT_LOCALE=locale), "admin", "admin")
    made = ok(await who.post("/projects", {"title": "Project"}))
    shown = await board(who, made["id"])
    assert made["board"] is True
    assert [column["title"] for column in shown["columns"]] == titles
    assert [column["is_done"] for column in shown["columns"]] == [False, False, True]
    assert shown["tasks"] == []


async def test_a_group_gets_its_board_later_and_but_once(alice: Person, bob: Person) -> None:
    chat = await alice.group(bob)
    assert (await board(alice, chat))["columns"] == []
    assert refusal(await bob.patch(f"/chats/{chat}", {"board": True})) == FORBIDDEN
    for wanted in (True, False, True):
        ok(await alice.patch(f"/chats/{chat}", {"board": wanted}))
    assert len(await columns(bob, chat)) == 3


async def test_a_board_shows_what_a_snapshot_shows(alice: Person, project: int) -> None:
    todo, doing, done = await columns(alice, project)
    for column in (todo, doing, done, doing):
        await new(alice, project, column_id=column)
    off = await new(alice, project)
    await drop(alice, off["id"], None)
    away = await new(alice, project, column_id=done)
    ok(await alice.patch(f"/tasks/{away['id']}", {"archived": True}))
    shown, snapshot = await board(alice, project), ok(await alice.get(f"/chats/{project}/snapshot"))
    assert shown["columns"] == snapshot["columns"]
    assert shown["seq"] == snapshot["seq"]
    in_snapshot = {task["id"]: task for task in snapshot["tasks"]}
    assert {task["id"]: task for task in shown["tasks"]} == {
        id: task for id, task in in_snapshot.items() if task["column_id"] is not None
    }
    assert off["id"] in in_snapshot
    assert away["id"] not in in_snapshot


# Where a card comes to stand


async def test_a_card_is_dropped_before_another_or_last(
    alice: Person, bob: Person, project: int, three: list[Object]
) -> None:
    todo, doing, _ = await columns(alice, project)
    a, b, c = (card["id"] for card in three)
    await drop(bob, c, todo, before=a)
    assert await cards(alice, project, todo) == [c, a, b]
    await drop(bob, c, todo)
    assert await cards(alice, project, todo) == [a, b, c]
    await drop(bob, a, doing)
    await drop(bob, b, doing, before=a)
    assert await cards(bob, project, todo) == [c]
    assert await cards(bob, project, doing) == [b, a]


async def test_others_are_not_renumbered_by_a_drop(
    alice: Person, project: int, three: list[Object]
) -> None:
    todo = three[0]["column_id"]
    moved = await drop(alice, three[2]["id"], todo, before=three[1]["id"])
    shown = {task["id"]: task for task in (await board(alice, project))["tasks"]}
    assert [shown[card["id"]] for card in three[:2]] == three[:2]
    places = [three[0]["position"], moved["position"], three[1]["position"]]
    assert places == sorted(places, key=str.encode)


async def test_where_a_card_stands_already_nothing_moves(
    alice: Person, project: int, three: list[Object]
) -> None:
    todo = three[0]["column_id"]
    a, b, c = (card["id"] for card in three)
    for card, before in ((a, b), (b, c), (c, None), (b, b)):
        stays = next(each for each in three if each["id"] == card)
        assert await drop(alice, card, todo, before) == stays
    assert await head(alice, project) == three[2]["rev"]


async def test_before_a_card_that_has_gone_is_last(
    alice: Person, bob: Person, project: int, three: list[Object]
) -> None:
    todo, doing, _ = await columns(alice, project)
    a, b, c = (card["id"] for card in three)
    elsewhere = await new(alice, await alice.group(bob, board=True))
    deleted = await new(alice, project)
    ok(await alice.delete(f"/tasks/{deleted['id']}"))
    await drop(alice, c, doing)
    for card, gone in ((a, c), (b, deleted["id"]), (a, elsewhere["id"]), (b, 999_999)):
        await drop(bob, card, todo, before=gone)
        assert (await cards(alice, project, todo))[-1] == card


async def test_a_card_stays_on_its_own_board(
    alice: Person, bob: Person, project: int, three: list[Object]
) -> None:
    address = f"/tasks/{three[0]['id']}"
    [foreign, *_] = await columns(alice, await alice.group(bob, board=True))
    doomed = ok(await alice.post(f"/chats/{project}/columns", {"title": "Doomed"}))
    ok(await alice.delete(f"/columns/{doomed['id']}"))
    for column in (foreign, doomed["id"], 999_999):
        assert refusal(await alice.post(f"{address}/move", {"column_id": column})) == NOT_FOUND
        body = {"chat_id": project, "title": "x", "column_id": column}
        assert refusal(await alice.post("/tasks", body)) == NOT_FOUND
    for bad in ({}, {"column_id": "1"}, {"column_id": 0}, {"column_id": 1, "before": "1"}):
        assert refusal(await alice.post(f"{address}/move", bad)) == INVALID
    assert ok(await alice.get(address)) == three[0]


async def test_a_move_of_a_card_that_has_moved_is_a_conflict(
    alice: Person, bob: Person, project: int, three: list[Object]
) -> None:
    _, doing, done = await columns(alice, project)
    address = f"/tasks/{three[0]['id']}"
    ok(await alice.patch(address, {"title": "renamed", "version": 1}))
    moved = ok(await bob.post(f"{address}/move", {"column_id": doing, "version": 1}))
    assert moved["version"] == 3
    answer = await alice.post(f"{address}/move", {"column_id": done, "version": 2})
    assert refusal(answer) == CONFLICT
    assert answer[1]["error"]["details"]["current"] == moved
    assert "place" in answer[1]["error"]["details"]["fields"]
    same = await alice.post(f"{address}/move", {"column_id": doing, "version": 1})
    assert ok(same) == moved
    retried = {"column_id": done, "version": moved["version"]}
    assert ok(await alice.post(f"{address}/move", retried))["status"] == "done"


# Other names


async def test_cards_and_projects_are_tasks_and_chats(alice: Person, bob: Person) -> None:
    asked = {"title": "Project", "member_ids": [bob.user_id]}
    chat = ok(await alice.post("/projects", asked))["id"]
    assert not ok(await alice.post("/projects", {**asked, "board": False}))["board"]
    assert not ok(await alice.post("/conversations", asked))["board"]
    todo, doing, _ = await columns(bob, chat)
    card = ok(await bob.post("/cards", {"chat_id": chat, "title": "x"}))
    same = f"/cards/{card['id']}"
    assert ok(await alice.get(same)) == ok(await alice.get(f"/tasks/{card['id']}")) == card
    assert ok(await alice.get("/cards", creator=bob.user_id)) == [card]
    moved = ok(await alice.post(f"{same}/move", {"column_id": doing}))
    assert ok(await bob.put(same, {"title": "y"}))["version"] == moved["version"] + 1
    assert len(ok(await bob.get(f"{same}/history"))) == 3
    assert ok(await bob.get("/cards/summary"))[0]["open"] == 1
    seq = await alice.send(chat, "z")
    ok(await bob.post(f"/projects/{chat}/messages/{seq}/task", {"column_id": todo}))
    ok(await alice.post(f"/conversations/{chat}/columns", {"title": "Review"}))
    shown = ok(await bob.get(f"/projects/{chat}/board"))
    assert shown == await board(alice, chat)
    assert (len(shown["columns"]), len(shown["tasks"])) == (4, 2)
    ok(await bob.delete(same))
    assert refusal(await alice.get(same)) == NOT_FOUND
