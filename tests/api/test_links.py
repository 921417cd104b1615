"""A chat's links: the messages that have an address in their text."""

import pytest

from tests.api.cast import Person, ok, refusal

ADDRESSES = (
    "see https://example.org/a",
    "www.example.org",
    "на сайте почта.рф есть",
    "HTTP://X.BY",
)
NONE = ("now.", "at 15.30", "и т.д.", "3.14", "one ... two", "Ок.Да")


async def linking(who: Person, chat: int, **query: object) -> list[str]:
    return [message["text"] for message in ok(await who.get(f"/chats/{chat}/links", **query))]


@pytest.mark.leaves_nothing
async def test_messages_with_an_address_are_listed_the_latest_first(
    alice: Person, bob: Person, lobby: int
) -> None:
    for text in (*NONE[:-1], *ADDRESSES):
        await alice.send(lobby, text)
    assert await linking(bob, lobby) == list(reversed(ADDRESSES))


@pytest.mark.leaves_nothing
async def test_pages_of_links_lead_past_each_once(alice: Person, lobby: int) -> None:
    for text in ADDRESSES:
        await alice.send(lobby, text)
        await alice.send(lobby, "nothing")
    path = f"/chats/{lobby}/links"
    _, first = await alice.get(path, limit=3)
    _, second = await alice.get(path, limit=3, before_seq=first["next"])
    texts = [message["text"] for message in first["data"] + second["data"]]
    assert texts == list(reversed(ADDRESSES))
    assert second["next"] is None
    assert refusal(await alice.get(path, before_seq="x"))[0] == 422


@pytest.mark.leaves_nothing
async def test_a_link_goes_with_its_message_and_with_its_words(alice: Person, lobby: int) -> None:
    gone = await alice.send(lobby, "https://example.org/gone")
    edited = await alice.send(lobby, "https://example.org/edited")
    later = await alice.send(lobby, "none yet")
    ok(await alice.delete(f"/chats/{lobby}/messages/{gone}"))
    ok(await alice.patch(f"/chats/{lobby}/messages/{edited}", {"text": "taken out"}))
    ok(await alice.patch(f"/chats/{lobby}/messages/{later}", {"text": "https://example.org/new"}))
    assert await linking(alice, lobby) == ["https://example.org/new"]


@pytest.mark.leaves_nothing
async def test_who_is_in_no_chat_reads_none_of_its_links(
    alice: Person, bob: Person, lobby: int
) -> None:
    await alice.send(lobby, "https://example.org")
    ok(await bob.delete(f"/chats/{lobby}/members/{bob.user_id}"))
    assert refusal(await bob.get(f"/chats/{lobby}/links")) == (404, "not_found")
