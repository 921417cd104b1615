from typing import Any

import pytest

from messenger.store.reads import chats as chat_reads
from messenger.store.reads import sync
from tests.api.cast import Person, begin, notebook, ok, refusal


async def test_the_first_page_has_the_person_the_people_and_a_cursor_for_every_stream(
    alice: Person, bob: Person, guest: Person, lobby: int
) -> None:
    await bob.send(lobby)
    page = await begin(alice)
    assert page["me"] == ok(await alice.get("/me"))
    assert {user["id"] for user in page["users"]} >= {alice.user_id, bob.user_id, guest.user_id}
    snapshots = {snapshot["chat"]["id"]: snapshot for snapshot in page["data"]}
    assert next(iter(snapshots)) == lobby
    for chat, snapshot in snapshots.items():
        assert snapshot == ok(await alice.get(f"/chats/{chat}/snapshot"))
    cursors = dict(page["cursors"])
    assert cursors.pop(alice.user_id) == 3
    assert cursors == {chat: snapshot["seq"] for chat, snapshot in snapshots.items()}
    assert (page["tasks"], page["next"]) == ([], None)


@pytest.mark.parametrize("limit", [1, 2, 3, 200])
async def test_pages_have_a_snapshot_of_every_chat_once(
    alice: Person, bob: Person, lobby: int, limit: int
) -> None:
    made = [await alice.group(bob) for _ in range(3)]
    snapshots = await alice.all_of("/sync/bootstrap", limit=limit)
    chats = [snapshot["chat"]["id"] for snapshot in snapshots]
    assert chats[:-2] == [*reversed(made), lobby]
    assert (len(chats), chats[-1]) == (6, await notebook(alice))


async def test_later_pages_have_snapshots_alone(alice: Person, lobby: int) -> None:
    _, first = await alice.get("/sync/bootstrap", limit=1)
    status, second = await alice.get("/sync/bootstrap", limit=1, next=first["next"])
    assert (status, len(second["data"])) == (200, 1)
    assert second["epoch"] == first["epoch"]
    assert [second[name] for name in ("me", "users", "tasks", "cursors")] == [None] * 4
    assert {lobby, alice.user_id} < {stream for stream, _ in first["cursors"]}


async def test_a_page_of_much_text_ends_early_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person
) -> None:
    monkeypatch.setattr(sync, "ENOUGH", 1)
    made = [await alice.group(bob) for _ in range(5)]
    _, first = await alice.get("/sync/bootstrap", limit=5)
    assert [snapshot["chat"]["id"] for snapshot in first["data"]] == made[:-3:-1]
    rest = await alice.all_of("/sync/bootstrap", limit=5, next=first["next"])
    assert [snapshot["chat"]["id"] for snapshot in rest[:-2]] == made[-3::-1]


@pytest.mark.parametrize(("text", "batches"), [("hi", [2, 8]), ("слово " * 800, [2, 2, 1])])
async def test_the_first_snapshots_tell_how_many_more_are_read(
    monkeypatch: pytest.MonkeyPatch, alice: Person, bob: Person, text: str, batches: list[int]
) -> None:
    """What is read of much text and does not fit the page would be read in vain."""
    for chat in [await alice.group(bob) for _ in range(8)]:
        await alice.send(chat, text)
    read: list[int] = []

    async def counted(connection: Any, user_id: int, ids: Any, *more: Any) -> Any:
        read.append(len(ids))
        return await snapshots(connection, user_id, ids, *more)

    snapshots = chat_reads.snapshots
    monkeypatch.setattr(chat_reads, "snapshots", counted)
    monkeypatch.setattr(sync, "ENOUGH", 50_000)
    await alice.get("/sync/bootstrap", limit=10)
    assert read == batches


async def test_a_chat_that_moves_up_meanwhile_is_named_by_the_first_pages_cursors(
    alice: Person, bob: Person
) -> None:
    """Whoever fetches what did not come ends with all chats, and with all events of each."""
    made = [await alice.group(bob) for _ in range(3)]
    _, first = await alice.get("/sync/bootstrap", limit=1)
    seq = await bob.send(made[0])
    rest = await alice.all_of("/sync/bootstrap", limit=1, next=first["next"])
    cursors = dict(first["cursors"])
    came = [snapshot["chat"]["id"] for snapshot in [*first["data"], *rest]]
    missing = cursors.keys() - {alice.user_id, *came}
    assert missing == {made[0]}
    assert len(came) == len(set(came))
    assert ok(await alice.get(f"/chats/{made[0]}/snapshot"))["seq"] == seq > cursors[made[0]]


async def test_a_guest_learns_of_the_people_in_their_chats_alone(
    alice: Person, bob: Person, carol: Person, guest: Person
) -> None:
    lobby = await alice.group(guest, bob)
    page = await begin(guest)
    assert {user["id"] for user in page["users"]} == {alice.user_id, bob.user_id, guest.user_id}
    chats = [snapshot["chat"]["id"] for snapshot in page["data"]]
    assert chats == [lobby, await notebook(guest)]
    assert carol.user_id not in {user["id"] for user in page["users"]}


async def test_the_first_loads_cursor_is_no_other_lists(alice: Person, lobby: int) -> None:
    assert refusal(await alice.get("/sync/bootstrap", next="W10")) == (422, "validation_failed")
    assert refusal(await alice.get("/sync/bootstrap", limit=201)) == (422, "validation_failed")
