"""Reading across the line, and what can still be done with what is archived."""

import gzip
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from messenger.archive.running import Policy, Run
from messenger.archive.vault import Vault
from messenger.archive.verifying import Verifier
from messenger.store.archive.session import Session
from tests.api.cast import Person, ok
from tests.archive.past import catch_up, fill

COUNT = 600
"""Messages over 60 days: half of them are archived, in several blocks of lines."""


@pytest.fixture
def session(dsn: str) -> Iterator[Session]:
    with Session(dsn) as session:
        yield session


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return Vault(tmp_path / "archives", None, "disk")


async def archived(session: Session, vault: Vault) -> None:
    catch_up(session)
    await Run(session, vault, Policy(30, 2, False), datetime.now(UTC)).run()


@pytest.fixture
def past(session: Session, alice: Person, bob: Person) -> int:
    """A chat of alice and bob that began two months ago."""
    people = [alice.user_id, bob.user_id]
    [chat] = fill(session, 1, COUNT, people=people, now=datetime.now(UTC))
    return chat


def parts_of(vault: Vault) -> list[Path]:
    return list(vault.folder.glob("*/*.gz"))


async def everything(person: Person, chat: int, way: str, start: int | None, limit: int) -> Any:
    """All messages of a chat one way, page by page, ascending."""
    found: list[Any] = []
    place = start
    while True:
        query = {} if place is None else {way: place}
        _, page = await person.get(f"/chats/{chat}/messages", limit=limit, **query)
        found = page["data"] + found if way == "before_seq" else found + page["data"]
        assert page["oldest_seq"] == 4
        if page["next"] is None:
            return found
        place = page["next"]


async def test_pages_go_on_across_the_line_both_ways_as_if_there_were_none(
    session: Session, vault: Vault, alice: Person, past: int
) -> None:
    before = await everything(alice, past, "before_seq", None, 200)
    assert len(before) == COUNT
    unread = ok(await alice.get(f"/chats/{past}"))["my"]
    await archived(session, vault)
    assert session.value("select count(*) from messages") < COUNT * 0.6
    assert await everything(alice, past, "before_seq", None, 70) == before
    assert await everything(alice, past, "after_seq", 0, 90) == before
    assert ok(await alice.get(f"/chats/{past}"))["my"] == unread
    # Around each of some messages on either side, and by the moment of one.
    seqs = [message["seq"] for message in before]
    for place in (0, 199, 290, 301, COUNT - 1):
        _, page = await alice.get(f"/chats/{past}/messages", around_seq=seqs[place], limit=10)
        shown = [message["seq"] for message in page["data"]]
        assert (len(shown), seqs[place] in shown) == (10, True)
        at = before[place]["created_at"]
        _, same = await alice.get(f"/chats/{past}/messages", around_time=at, limit=10)
        assert same == page
    one = before[40]
    assert ok(await alice.get(f"/chats/{past}/messages/{one['seq']}")) == one


async def test_what_is_archived_is_deleted_and_answered_and_not_changed(
    session: Session, vault: Vault, alice: Person, past: int
) -> None:
    messages = await everything(alice, past, "before_seq", None, 200)
    mine = next(each for each in messages if each["sender_id"] == alice.user_id)
    path = f"/chats/{past}/messages/{mine['seq']}"
    await archived(session, vault)
    for change in (
        alice.patch(path, {"text": "other"}),
        alice.put(f"{path}/pin"),
        alice.put(f"{path}/reactions/👍"),
        alice.post(f"{path}/task", {}),
    ):
        status, body = await change
        assert (status, body["error"]["code"]) == (409, "archived")
    assert await alice.send(past, "answer", reply_to=mine["seq"])
    gone = ok(await alice.delete(path))
    assert (gone["text"], gone["n"], bool(gone["deleted_at"])) == ("", mine["n"], True)
    assert ok(await alice.get(path)) == gone
    _, page = await alice.get(f"/chats/{past}/messages", around_seq=mine["seq"], limit=3)
    assert gone in page["data"]
    assert (await Verifier(session, vault).verify()).faults == []
    # The next run takes the text out of the archive's files, too.
    text = mine["client_message_id"].encode()
    assert text in b"".join(gzip.decompress(each.read_bytes()) for each in parts_of(vault))
    await archived(session, vault)
    assert text not in b"".join(gzip.decompress(each.read_bytes()) for each in parts_of(vault))
    assert ok(await alice.get(path)) == gone
    assert (await Verifier(session, vault).verify()).faults == []


async def test_a_message_sent_again_after_it_was_archived_is_a_repeat(
    session: Session, vault: Vault, alice: Person, bob: Person
) -> None:
    chat = await alice.group(bob)
    body = {"client_message_id": str(uuid.uuid4()), "text": "once"}
    first = ok(await alice.post(f"/chats/{chat}/messages", body))
    await alice.send(chat, "the newest stays")
    session.rows("update messages set created_at = created_at - interval '60 days'")
    session.rows("update events set at = at - interval '60 days'")
    await archived(session, vault)
    assert session.value("select count(*) from messages") == 1
    again = ok(await alice.post(f"/chats/{chat}/messages", body))
    assert again == {**first, "duplicate": True, "created_at": again["created_at"]}
    status, _ = await alice.post(f"/chats/{chat}/messages", {**body, "text": "other"})
    assert status == 422


async def test_who_was_away_for_longer_than_the_retention_begins_anew(
    session: Session, vault: Vault, alice: Person, past: int
) -> None:
    epoch = ok(await alice.get(f"/chats/{past}/snapshot"))["epoch"]
    await archived(session, vault)
    answer = ok(await alice.post("/sync/changes", {"cursors": [[past, 5]], "epoch": epoch}))
    assert [(each["id"], each["reset"]) for each in answer["streams"]] == [(past, True)]
    head = session.value("select seq from streams where id = %(id)s", id=past)
    answer = ok(await alice.post("/sync/changes", {"cursors": [[past, head - 9]], "epoch": epoch}))
    assert [event["seq"] for event in answer["events"]] == list(range(head - 8, head + 1))


def aged(session: Session, days: int = 60) -> None:
    """Have all that was written so far be so many days older."""
    past = f"interval '{days} days'"
    session.rows(f"update messages set created_at = created_at - {past}")
    session.rows(f"update events set at = at - {past}")
    session.rows(f"update tasks set closed_at = closed_at - {past}")


async def paged(person: Person, path: str, way: str, limit: int) -> list[Any]:
    """A list whose pages go on by `seq`."""
    found: list[Any] = []
    query: dict[str, Any] = {}
    while True:
        _, page = await person.get(path, limit=limit, **query)
        found += page["data"]
        if page["next"] is None:
            return found
        query = {way: page["next"]}


async def discussed(person: Person, chat: int) -> Any:
    """A task with five changes and four messages, done; its first message has an address."""
    source = await person.send(chat, "the ships https://example.org/ships")
    task = ok(await person.post(f"/chats/{chat}/messages/{source}/task", {"title": "Ships"}))
    for number in range(3):
        ok(await person.patch(f"/tasks/{task['id']}", {"title": f"Ships {number}"}))
        await person.send(chat, f"comment {number} www.example.org", task_id=task["id"])
    return ok(await person.patch(f"/tasks/{task['id']}", {"status": "done"}))


async def test_a_task_closed_long_ago_has_its_whole_history_and_discussion(
    session: Session, vault: Vault, alice: Person, bob: Person
) -> None:
    chat = await alice.group(bob, board=True)
    task = await discussed(alice, chat)
    await alice.send(chat, "the newest stays")
    where = f"/tasks/{task['id']}"
    aged(session)
    before = {each: await alice.all_of(f"{where}/{each}") for each in ("history", "messages")}
    links = await alice.all_of(f"/chats/{chat}/links")
    shown = ok(await alice.get(f"/chats/{chat}/board"))
    await archived(session, vault)
    assert session.value("select count(*) from events where type like 'task.%%'") == 0
    assert [len(before["history"]), len(before["messages"]), len(links)] == [5, 4, 4]

    async def same() -> None:
        for each, known in before.items():
            assert await bob.all_of(f"{where}/{each}") == known
            assert await paged(bob, f"{where}/{each}", "after_seq", 2) == known
        assert await paged(bob, f"/chats/{chat}/links", "before_seq", 3) == links
        assert ok(await bob.get(f"/chats/{chat}/board")) == shown
        assert ok(await bob.get(where))["title"] == "Ships 2"

    await same()
    # Opened again, its new history goes on from the old, and so does its discussion.
    ok(await alice.patch(where, {"status": "open"}))
    await alice.send(chat, "more www.example.org", task_id=task["id"])
    assert [each["type"] for each in await paged(alice, f"{where}/history", "after_seq", 2)] == [
        *(each["type"] for each in before["history"]), "task.updated",
    ]  # fmt: skip
    assert [m["text"] for m in await paged(alice, f"{where}/messages", "after_seq", 3)][3:] == [
        "comment 2 www.example.org", "more www.example.org",
    ]  # fmt: skip
    # A message that is deleted now is nowhere any more, though the archive's file still has it.
    gone = links[1]["seq"]
    ok(await alice.delete(f"/chats/{chat}/messages/{gone}"))
    left = [message["seq"] for message in await bob.all_of(f"/chats/{chat}/links")]
    assert gone not in left
    assert len(left) == 4
    assert "comment 1" not in str(await bob.all_of(f"{where}/messages"))


async def test_parts_from_before_are_looked_through_by_the_next_run(
    session: Session, vault: Vault, alice: Person, bob: Person
) -> None:
    chat = await alice.group(bob)
    task = await discussed(alice, chat)
    await alice.send(chat, "the newest stays")
    aged(session)
    history = await alice.all_of(f"/tasks/{task['id']}/history")
    await archived(session, vault)
    session.rows("update archive_parts set lookup = null")
    assert await alice.all_of(f"/tasks/{task['id']}/history") == []
    await archived(session, vault)
    assert await alice.all_of(f"/tasks/{task['id']}/history") == history


async def test_who_was_named_long_ago_is_told_until_it_is_read(
    session: Session, vault: Vault, alice: Person, bob: Person
) -> None:
    chat = await alice.group(bob)

    async def mentions() -> int:
        return int(ok(await bob.get(f"/chats/{chat}"))["my"]["mentions"])

    named = [await alice.send(chat, text) for text in ("@bob one", "@all two", "@alice three")]
    last = await alice.send(chat, "the newest stays")
    aged(session)
    assert await mentions() == 2
    await archived(session, vault)
    assert session.value("select count(*) from messages") == 1
    assert await mentions() == 2
    ok(await alice.delete(f"/chats/{chat}/messages/{named[1]}"))
    assert await mentions() == 1
    ok(await bob.post(f"/chats/{chat}/read", {"read_seq": last}))
    assert await mentions() == 0
    await archived(session, vault)
    assert session.value("select count(*) from archive_mentions") <= 1


async def test_files_of_archived_messages_are_listed_and_read(
    session: Session, vault: Vault, alice: Person, bob: Person
) -> None:
    chat = await alice.group(bob)
    (file,) = ok(await alice.upload(chat, ("a.txt", b"ships")))
    seq = await alice.send(chat, "see", file_ids=[file["id"]])
    await alice.send(chat, "the newest stays")
    aged(session)
    before = await bob.all_of(f"/chats/{chat}/files")
    await archived(session, vault)
    # When its message was sent is in the archive: it was uploaded for that, shortly before.
    at = {"attached_at": before[0]["created_at"]}
    assert await bob.all_of(f"/chats/{chat}/files") == [before[0] | at]
    assert [each["seq"] for each in before] == [seq]
    assert (await bob.download(file["id"]))[2] == b"ships"
