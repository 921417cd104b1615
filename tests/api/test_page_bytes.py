"""Pages of long texts: they end at their bytes, and nothing is left out."""

import json
from itertools import chain
from typing import Any

import pytest

from messenger.rules import text
from messenger.store.reads import sizes
from tests.api.cast import Person, ok, refusal

LONG = "😀" * 5000
MESSAGES = 45
MOST = 450_000
"""Bytes of a page of messages: 400 kB, and what the last of them goes beyond."""


@pytest.fixture
async def talk(alice: Person, bob: Person) -> int:
    """A chat in which each message weighs 20 kB: the two last would fit no page with all others."""
    chat = await alice.group(bob)
    for _ in range(MESSAGES):
        await alice.send(chat, LONG)
    return chat


def size(body: Any) -> int:
    return len(json.dumps(body, ensure_ascii=False).encode())


async def walk(person: Person, path: str, way: str, start: int | None) -> list[list[int]]:
    """The `seq`s of all pages one way, from the latest or from one message on."""
    pages = []
    query = {} if start is None else {way: start}
    while True:
        status, body = await person.get(path, limit=200, **query)
        assert status == 200, body
        assert size(body) < MOST
        pages.append([message["seq"] for message in body["data"]])
        if body["next"] is None:
            return pages
        query = {way: body["next"]}


async def every_seq(person: Person, chat: int) -> list[int]:
    return list(chain(*await walk(person, f"/chats/{chat}/messages", "after_seq", 1)))


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(("way", "start"), [("before_seq", None), ("after_seq", 1)])
async def test_pages_of_long_messages_are_short_and_have_each_once(
    bob: Person, talk: int, way: str, start: int | None
) -> None:
    pages = await walk(bob, f"/chats/{talk}/messages", way, start)
    assert len(pages) > 1
    assert all(page == sorted(page) and page for page in pages)
    found = list(chain(*(pages if start else pages[::-1])))
    assert found == sorted(set(found))
    assert len(found) == MESSAGES


@pytest.mark.leaves_nothing
async def test_a_page_around_a_message_has_both_sides_of_it_and_goes_on(
    bob: Person, talk: int
) -> None:
    seqs = await every_seq(bob, talk)
    for place in (0, 1, MESSAGES // 2, MESSAGES - 1):
        status, body = await bob.get(
            f"/chats/{talk}/messages", limit=200, around_seq=seqs[place]
        )  # fmt: skip
        assert (status, size(body) < MOST) == (200, True)
        page = [message["seq"] for message in body["data"]]
        assert seqs[place] in page
        first = seqs.index(page[0])
        assert page == seqs[first : first + len(page)]
        assert (place == 0) or page[0] < seqs[place]
        rest = seqs[first + len(page) :]
        assert body["next"] == (page[-1] if rest else None)


@pytest.mark.leaves_nothing
async def test_pins_come_in_pages_of_bytes_too(alice: Person, talk: int) -> None:
    seqs = await every_seq(alice, talk)
    for seq in seqs:
        ok(await alice.put(f"/chats/{talk}/messages/{seq}/pin"))
    _, first = await alice.get(f"/chats/{talk}/pins", limit=200)
    assert size(first) < MOST
    assert first["next"] is not None
    rest = await alice.all_of(f"/chats/{talk}/pins", limit=200, next=first["next"])
    found = [message["seq"] for message in [*first["data"], *rest]]
    assert found == seqs[::-1]


@pytest.mark.leaves_nothing
async def test_comments_come_in_pages_of_bytes_too(alice: Person, bob: Person) -> None:
    chat = await alice.group(bob)
    task = ok(await alice.post("/tasks", {"title": "one", "chat_id": chat}))["id"]
    seqs = [await alice.send(chat, LONG, task_id=task) for _ in range(30)]
    _, first = await bob.get(f"/tasks/{task}/messages", limit=200)
    assert size(first) < MOST
    query = {"after_seq": first["next"]}
    rest = ok(await bob.get(f"/tasks/{task}/messages", limit=200, **query))
    assert [message["seq"] for message in [*first["data"], *rest]] == seqs


@pytest.mark.leaves_nothing
async def test_a_snapshot_ends_at_its_bytes_with_the_newest(alice: Person, talk: int) -> None:
    seqs = await every_seq(alice, talk)
    for seq in seqs:
        ok(await alice.put(f"/chats/{talk}/messages/{seq}/pin"))
    snapshot = ok(await alice.get(f"/chats/{talk}/snapshot"))
    assert size(snapshot) < 2 * MOST
    shown = [message["seq"] for message in snapshot["messages"]]
    assert shown == seqs[-len(shown) :]
    assert 10 < len(shown) < MESSAGES
    assert [pin["seq"] for pin in snapshot["pins"]] == shown[::-1]


async def test_a_list_of_chats_counts_last_messages_and_drafts(
    alice: Person, bob: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sizes, "MOST", 100_000)
    made = [await alice.group(bob) for _ in range(12)]
    for chat in made:
        await alice.send(chat, LONG)
        ok(await bob.put(f"/chats/{chat}/draft", {"text": LONG}))
    for path, mine in (("/chats", 6), ("/sync/bootstrap", 6)):
        _, first = await bob.get(path, limit=200)
        assert 1 < len(first["data"]) < mine
        rest = await bob.all_of(path, limit=200, next=first["next"])
        found = [each.get("chat", each)["id"] for each in [*first["data"], *rest]]
        assert found[:12] == made[::-1]
        assert len(found) == len(set(found)) == 14


async def test_drafts_have_a_bound_together(alice: Person, bob: Person) -> None:
    """They come in one answer, which no socket takes past its own bound."""
    made = [await alice.group(bob) for _ in range(4)]
    for chat in made[:3]:
        ok(await bob.put(f"/chats/{chat}/draft", {"text": LONG}))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text, "DRAFTS_BYTES", 60_000)
        too_much = await bob.put(f"/chats/{made[3]}/draft", {"text": "more"})
        assert refusal(too_much) == (422, "validation_failed")
        # What is there already can be changed, emptied, and left behind.
        ok(await bob.put(f"/chats/{made[0]}/draft", {"text": LONG[:-1] + "."}))
        ok(await bob.delete(f"/chats/{made[1]}/members/{bob.user_id}"))
        ok(await bob.put(f"/chats/{made[3]}/draft", {"text": "more"}))
        ok(await bob.put(f"/chats/{made[0]}/draft", {"text": ""}))
