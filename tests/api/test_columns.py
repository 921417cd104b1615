"""The columns of a board by REST: made, changed, moved, taken away, and their cards with them."""

from typing import Any

import pytest

from tests.api.boards import (
    CONFLICT,
    INVALID,
    MISMATCH,
    NOT_FOUND,
    Object,
    board,
    cards,
    columns,
    drop,
    head,
    new,
)
from tests.api.cast import Person, ok, refusal
from tests.api.conftest import NewClient


@pytest.fixture
async def three(alice: Person, project: int) -> list[Object]:
    """Three cards in the first column."""
    return [await new(alice, project, title) for title in "abc"]


@pytest.mark.leaves_nothing
async def test_a_column_is_added_at_the_end(alice: Person, bob: Person, project: int) -> None:
    asked = {"title": " Проверка ", "is_done": False, "limit": 3}
    status, body = await alice.post(f"/chats/{project}/columns", asked)
    column = body["data"]
    assert (status, column["title"], column["limit"], column["version"]) == (201, "Проверка", 3, 1)
    assert (await board(bob, project))["columns"][-1] == column


BAD_COLUMNS: list[Object] = [
    {"title": ""}, {"title": "x" * 201}, {"title": "two\nlines"}, {"title": "\x00"},
    {"title": None}, {"limit": 0}, {"limit": 1001}, {"limit": "3"}, {"is_done": 1},
    {"is_done": None}, {"position": "a0"}, {"deleted_at": None}, {"rev": 1}, {"nonsense": 1},
    {"key": "k"},
]  # fmt: skip


@pytest.mark.leaves_nothing
async def test_bad_columns_are_refused_and_change_nothing(alice: Person, project: int) -> None:
    before, shown = await head(alice, project), await board(alice, project)
    address = f"/columns/{shown['columns'][0]['id']}"
    for bad in (*BAD_COLUMNS, {"version": 1}):
        answer = await alice.post(f"/chats/{project}/columns", {"title": "x", **bad})
        assert (bad, refusal(answer)) == (bad, INVALID)
    for bad in (*BAD_COLUMNS, {"version": 2}, {"version": 0}, {"chat_id": project}):
        answer = await alice.patch(address, {"title": "x", **bad})
        assert (bad, refusal(answer)) == (bad, INVALID)
    for bad in ({"before": "1"}, {"before": 0}, {"column_id": 1}, {"version": 2}):
        third = {"before": shown["columns"][2]["id"], **bad}
        assert (bad, refusal(await alice.post(f"{address}/move", third))) == (bad, INVALID)
    assert await head(alice, project) == before


@pytest.mark.leaves_nothing
async def test_a_board_has_fifty_columns_at_the_most(alice: Person, project: int) -> None:
    address = f"/chats/{project}/columns"
    for number in range(47):
        ok(await alice.post(address, {"title": str(number)}))
    assert refusal(await alice.post(address, {"title": "one more"})) == INVALID
    ok(await alice.delete(f"/columns/{(await columns(alice, project))[0]}"))
    ok(await alice.post(address, {"title": "one more"}))


@pytest.mark.leaves_nothing
async def test_changes_of_a_column_merge_or_conflict(
    client: NewClient, alice: Person, bob: Person, project: int
) -> None:
    ok(await alice.patch(f"/chats/{project}/members/{bob.user_id}", {"role": "admin"}))
    first, second, _ = await columns(alice, project)
    address = f"/columns/{first}"
    ok(await alice.patch(address, {"title": "Later", "version": 1}))
    merged = ok(await bob.patch(address, {"limit": 5, "version": 1}))
    assert (merged["title"], merged["limit"], merged["version"]) == ("Later", 5, 3)
    answer = await bob.patch(address, {"title": "Sooner", "version": 1})
    assert refusal(answer) == CONFLICT
    assert answer[1]["error"]["details"] == {"current": merged, "fields": ["title"]}
    assert ok(await bob.patch(address, {"title": "Later", "version": 1})) == merged
    moved = ok(await bob.post(f"{address}/move", {"version": 1}))
    assert moved["version"] == 4
    again = await alice.post(f"{address}/move", {"before": second, "version": 1})
    assert refusal(again) == CONFLICT
    assert again[1]["error"]["details"]["current"] == moved
    unlimited = ok(await alice.patch(address, {"limit": None}))
    assert (unlimited["limit"], unlimited["version"]) == (None, 5)


@pytest.mark.leaves_nothing
async def test_a_column_is_moved_before_another_or_last(alice: Person, project: int) -> None:
    one, two, three = await columns(alice, project)
    for column, before, order in (
        (three, one, [three, one, two]),
        (three, None, [one, two, three]),
        (two, three, [one, two, three]),  # it stands there
        (one, one, [one, two, three]),
        (one, 999_999, [two, three, one]),
    ):
        ok(await alice.post(f"/columns/{column}/move", {"before": before}))
        assert await columns(alice, project) == order
    assert [c["version"] for c in (await board(alice, project))["columns"]] == [1, 3, 2]


@pytest.mark.leaves_nothing
async def test_a_column_for_what_is_done_closes_its_cards(
    alice: Person, project: int, three: list[Object]
) -> None:
    todo = three[0]["column_id"]
    ok(await alice.patch(f"/columns/{todo}", {"is_done": True}))
    shown = (await board(alice, project))["tasks"]
    assert [(task["status"], task["version"]) for task in shown] == [("done", 2)] * 3
    assert all(task["closed_at"] for task in shown)
    ok(await alice.patch(f"/columns/{todo}", {"is_done": False}))
    shown = (await board(alice, project))["tasks"]
    assert [(task["status"], task["closed_at"]) for task in shown] == [("open", None)] * 3


@pytest.mark.leaves_nothing
async def test_the_cards_of_a_column_that_goes_stand_beside_it(
    alice: Person, project: int, three: list[Object]
) -> None:
    todo, doing, done = await columns(alice, project)
    a, b, c = (card["id"] for card in three)
    await drop(alice, b, doing)
    gone = ok(await alice.delete(f"/columns/{todo}"))
    assert gone["deleted_at"] is not None
    assert await cards(alice, project, doing) == [b, a, c]
    ok(await alice.delete(f"/columns/{done}"))
    ok(await alice.delete(f"/columns/{doing}"))
    assert await board(alice, project) == {
        "columns": [], "tasks": [], "tasks_next": None, "more_done": [],
        "seq": await head(alice, project),
    }  # fmt: skip
    off = [ok(await alice.get(f"/tasks/{id}")) for id in (a, b, c)]
    assert [(task["column_id"], task["status"]) for task in off] == [(None, "open")] * 3
    for address in (f"/columns/{todo}", "/columns/999999"):
        assert refusal(await alice.patch(address, {"title": "x"})) == NOT_FOUND
        assert refusal(await alice.post(f"{address}/move", {})) == NOT_FOUND
        assert refusal(await alice.delete(address)) == NOT_FOUND


@pytest.mark.leaves_nothing
async def test_a_repeat_under_a_key_changes_a_board_once(alice: Person, project: int) -> None:
    one, two, three = await columns(alice, project)
    writes: list[tuple[str, str, Any, Any]] = [
        ("POST", f"/chats/{project}/columns", {"title": "x"}, {"title": "y"}),
        ("PATCH", f"/columns/{one}", {"limit": 3}, {"limit": 4}),
        ("POST", f"/columns/{one}/move", {"before": three}, {"before": two}),
        ("DELETE", f"/columns/{one}", None, None),
    ]
    for method, path, body, differing in writes:
        first = await alice.ask(method, path, body, key=method + path)
        after = await head(alice, project)
        assert first[0] in (200, 201)
        assert await alice.ask(method, path, body, key=method + path) == first
        if differing is not None:
            again = await alice.ask(method, path, differing, key=method + path)
            assert refusal(again) == MISMATCH
        assert await head(alice, project) == after
