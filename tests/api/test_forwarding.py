"""Forwarding through REST, and what readers of the copy may see of the original."""

from typing import Any

from tests.api.cast import Person, ok, refusal

KEY = "01890a5d-ac96-774b-bcce-b302099a8057"


def forwarding(seqs: list[int], *to: int) -> dict[str, Any]:
    return {"seqs": seqs, "to": list(to), "client_message_id": KEY}


async def test_a_repeat_is_answered_with_200_and_posts_nothing(
    alice: Person, carol: Person, lobby: int
) -> None:
    den = await alice.group(carol)
    seqs = [await alice.send(lobby, text) for text in "ab"]
    path = f"/chats/{lobby}/messages/forward"
    status, first = await alice.post(path, forwarding(seqs, den))
    again, repeat = await alice.post(path, forwarding(seqs, den))
    assert (status, again) == (201, 200)
    assert (first["data"]["duplicate"], repeat["data"]["duplicate"]) == (False, True)
    shown = ok(await carol.get(f"/chats/{den}/messages"))
    assert [message["text"] for message in shown] == ["a", "b"]
    assert [message["seq"] for message in shown] == [
        sent["seq"] for sent in repeat["data"]["messages"]
    ]


async def test_the_original_is_shown_to_its_readers_alone(
    alice: Person, bob: Person, carol: Person, lobby: int
) -> None:
    den = await alice.group(carol)
    seq = await bob.send(lobby, "a")
    made = ok(await alice.post(f"/chats/{lobby}/messages/forward", forwarding([seq], den)))
    path = f"/chats/{den}/messages/{made['messages'][0]['seq']}"
    for reader in (alice, carol):
        of = ok(await reader.get(path))["forwarded_from"]
        assert (of["chat_title"], of["author"], of["author_id"]) == ("Lobby", "Bob", bob.user_id)
        assert of.keys() == {"chat_kind", "chat_title", "author_id", "author", "at"}
    assert ok(await alice.get(f"{path}/source")) == {"source": {"chat_id": lobby, "seq": seq}}
    assert ok(await carol.get(f"{path}/source")) == {"source": None}
    ok(await bob.delete(f"/chats/{lobby}/messages/{seq}"))
    assert ok(await alice.get(f"{path}/source")) == {"source": None}
    assert refusal(await alice.get(f"/chats/{lobby}/messages/{seq}/source")) == (404, "not_found")


async def test_what_becomes_of_the_original_changes_no_copy(
    alice: Person, bob: Person, carol: Person, lobby: int
) -> None:
    den = await alice.group(carol)
    edited, deleted = await bob.send(lobby, "@alice one"), await bob.send(lobby, "two")
    body = forwarding([edited, deleted], den)
    ok(await alice.post(f"/chats/{lobby}/messages/forward", body))
    ok(await bob.patch(f"/chats/{lobby}/messages/{edited}", {"text": "another"}))
    ok(await bob.delete(f"/chats/{lobby}/messages/{deleted}"))
    ok(await alice.patch(f"/chats/{lobby}", {"title": "Renamed"}))
    shown = ok(await carol.get(f"/chats/{den}/messages"))
    assert [(m["text"], m["mentions"]) for m in shown] == [("@alice one", []), ("two", [])]
    assert {m["forwarded_from"]["chat_title"] for m in shown} == {"Lobby"}


async def test_a_task_is_copied_with_its_message(alice: Person, carol: Person, lobby: int) -> None:
    den = await alice.group(carol, board=True)
    seq = await alice.send(lobby, "buy bread")
    task = ok(await alice.post(f"/chats/{lobby}/messages/{seq}/task", {}))
    ok(await alice.patch(f"/tasks/{task['id']}", {"description": "the dark one"}))
    made = ok(await alice.post(f"/chats/{lobby}/messages/forward", forwarding([seq], den)))
    [copy] = ok(await carol.get(f"/chats/{den}/board"))["tasks"]
    assert (copy["title"], copy["description"]) == ("buy bread", "the dark one")
    assert copy["source_seq"] == made["messages"][0]["seq"]
    assert copy["column_id"] is not None
