"""Of what is done a board gives as much as is asked for; the rest is a list of its own."""

import pytest

from tests.api.boards import INVALID, NOT_FOUND, Object, columns, new
from tests.api.cast import Person, ok, refusal


@pytest.fixture
async def done(alice: Person, project: int) -> list[int]:
    """Five cards in the last column, in the order in which they were closed; one is open."""
    [todo, _, last] = await columns(alice, project)
    await new(alice, project, "open", column_id=todo)
    made = [await new(alice, project, title) for title in "abcde"]
    closed = [made[at] for at in (2, 0, 4, 1, 3)]
    for card in closed:
        ok(await alice.post(f"/tasks/{card['id']}/move", {"column_id": last, "before": None}))
    return [card["id"] for card in closed]


def ids_of(tasks: list[Object]) -> list[int]:
    return sorted(task["id"] for task in tasks if task["status"] == "done")


@pytest.mark.leaves_nothing
async def test_so_many_done_cards_of_a_column_are_given_the_last_closed_ones(
    alice: Person, project: int, done: list[int]
) -> None:
    last = (await columns(alice, project))[-1]
    for path in (f"/chats/{project}/board", f"/chats/{project}/snapshot"):
        some = ok(await alice.get(path, done=2))
        assert (ids_of(some["tasks"]), some["more_done"]) == (sorted(done[-2:]), [last])
        assert len(some["tasks"]) == 3
        everything = ok(await alice.get(path))
        assert (ids_of(everything["tasks"]), everything["more_done"]) == (sorted(done), [])
    exactly = ok(await alice.get(f"/chats/{project}/board", done=5))
    assert (ids_of(exactly["tasks"]), exactly["more_done"]) == (sorted(done), [])
    none = ok(await alice.get(f"/chats/{project}/board", done=0))
    assert (ids_of(none["tasks"]), none["more_done"]) == ([], [last])


@pytest.mark.leaves_nothing
async def test_the_first_load_and_the_pages_of_tasks_keep_to_it(
    alice: Person, project: int, done: list[int]
) -> None:
    [found] = [
        snapshot
        for snapshot in await alice.all_of("/sync/bootstrap", done=2)
        if snapshot["chat"]["id"] == project
    ]
    assert ids_of(found["tasks"]) == sorted(done[-2:])
    page = ok(await alice.get(f"/chats/{project}/tasks", done=2))
    assert (ids_of(page), len(page)) == (sorted(done[-2:]), 3)


@pytest.mark.leaves_nothing
async def test_the_done_cards_of_a_column_are_a_list_the_last_closed_first(
    alice: Person, project: int, done: list[int]
) -> None:
    last = (await columns(alice, project))[-1]
    found = await alice.all_of(f"/columns/{last}/tasks", limit=2)
    assert [task["id"] for task in found] == done[::-1]


@pytest.mark.leaves_nothing
async def test_a_column_of_a_chat_one_is_not_in_is_not_there(
    alice: Person, carol: Person, project: int
) -> None:
    last = (await columns(alice, project))[-1]
    assert refusal(await carol.get(f"/columns/{last}/tasks")) == NOT_FOUND
    assert refusal(await alice.get(f"/columns/{last + 1000}/tasks")) == NOT_FOUND
    assert refusal(await alice.get(f"/chats/{project}/board", done=201)) == INVALID
