"""A person is erased: what is theirs alone goes, what is in chats goes or stays, as was chosen."""

import asyncio
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
from messenger.store.rows import erasures
from tests.api.cast import Person, ok, refusal
from tests.api.conftest import NewClient
from tests.archive.past import catch_up, fill
from tests.waiting import PATIENCE


@pytest.fixture
def session(dsn: str) -> Iterator[Session]:
    with Session(dsn) as session:
        yield session


async def erase(admin: Person, person: Person, messages: str) -> None:
    """Returns once it is done."""
    status, body = await admin.post(f"/admin/users/{person.user_id}/erase", {"messages": messages})
    assert status == 202, body
    async with asyncio.timeout(PATIENCE):
        while await erasures.waiting(admin.door.server.database):
            await asyncio.sleep(0.02)


async def said(person: Person, chat: int) -> list[Any]:
    """All messages of a chat."""
    found: list[Any] = []
    after = 0
    while True:
        status, page = await person.get(f"/chats/{chat}/messages", after_seq=after, limit=200)
        assert status == 200, page
        found += page["data"]
        if page["next"] is None:
            return found
        after = page["next"]


async def test_messages_stay_under_nobodys_name_and_the_account_is_empty(
    admin: Person, alice: Person, bob: Person, session: Session
) -> None:
    group = await alice.group(bob, title="Lobby")
    seq = await alice.send(group, "her words")
    other = await bob.group(admin)
    copied = {"seqs": [seq], "to": [other], "client_message_id": str(uuid.uuid4())}
    ok(await bob.post(f"/chats/{group}/messages/forward", copied))
    ok(await alice.put(f"/chats/{group}/draft", {"text": "her draft"}))
    task = ok(await bob.post("/tasks", {"chat_id": group, "title": "T",
                                         "assigned_to": alice.user_id}))  # fmt: skip
    await erase(admin, alice, "keep")
    assert (await alice.get("/me"))[0] == 401
    shown = ok(await bob.get(f"/users/{alice.user_id}"))
    assert (shown["display_name"], shown["username"]) == (
        "Удалённый аккаунт", f"deleted:{alice.user_id}"
    )  # fmt: skip
    assert "her words" in [each["text"] for each in await said(bob, group)]
    [copy] = [each for each in await said(bob, other) if each["forwarded_from"]]
    assert copy["forwarded_from"]["author"] == "Удалённый аккаунт"
    members = {
        each["user_id"]: each["role"] for each in ok(await bob.get(f"/chats/{group}/members"))
    }
    assert members == {bob.user_id: "owner"}
    assert ok(await bob.get(f"/tasks/{task['id']}"))["assigned_to"] is None
    for table in ("sessions", "preferences", "push_subscriptions", "request_keys", "mails"):
        count = f"select count(*) from {table} where user_id = %(user)s"
        assert session.value(count, user=alice.user_id) == 0, table
    [row] = session.rows("select * from users where id = %(id)s", id=alice.user_id)
    assert (row.email, row.password_hash, row.notifications, row.last_seen_at) == (None,) * 4
    for change in ({"disabled": False}, {"role": "user"}, {"display_name": "Alice"}):
        answer = await admin.patch(f"/admin/users/{alice.user_id}", change)
        assert refusal(answer) == (403, "forbidden")
        assert "was erased" in answer[1]["error"]["message"]
    told = ok(await admin.get("/admin/audit", action="user.erase"))
    assert [(each["by"], each["subject"], each["details"]) for each in told] == [
        (admin.user_id, alice.user_id, {"messages": "keep"})
    ]


async def test_messages_are_deleted_for_everybody_archived_ones_too(
    admin: Person, alice: Person, bob: Person, session: Session, tmp_path: Path
) -> None:
    vault = Vault(tmp_path / "archives", None, "disk")
    people = [alice.user_id, bob.user_id]
    [chat] = fill(session, 1, 300, people=people, now=datetime.now(UTC))

    async def archived() -> None:
        catch_up(session)
        await Run(session, vault, Policy(30, 2, False), datetime.now(UTC)).run()

    await archived()
    [file] = ok(await alice.upload(chat, ("plan.txt", b"the plan")))
    await alice.send(chat, "the newest", file_ids=[file["id"]])
    before = ok(await bob.get(f"/chats/{chat}"))["my"]["unread"]
    was = await said(bob, chat)
    await erase(admin, alice, "remove")
    shown = await said(bob, chat)
    hers = [each for each in shown if each["sender_id"] == alice.user_id]
    assert len(hers) == sum(each["sender_id"] == alice.user_id for each in was) > 100
    assert {(each["text"], each["deleted_at"] is None) for each in hers} == {("", False)}
    his = [each for each in shown if each["sender_id"] == bob.user_id]
    assert sum(each["deleted_at"] is None for each in his) > 145
    assert ok(await bob.get(f"/chats/{chat}"))["my"]["unread"] < before
    await archived()
    assert (await Verifier(session, vault).verify()).faults == []
    left = session.value("select count(*) from messages where sender_id = %(id)s and text <> ''",
                         id=alice.user_id)  # fmt: skip
    assert left == 0
    assert session.value("select count(*) from attachments") == 0


async def test_what_comes_after_the_last_look_goes_as_well(
    admin: Person, alice: Person, bob: Person, session: Session
) -> None:
    group = await alice.group(bob, title="Lobby")
    await erase(admin, alice, "remove")
    seq = await bob.send(group, "stored by a server that had not heard")
    late = "update messages set sender_id = %(id)s where chat_id = %(chat)s and seq = %(seq)s"
    session.rows(late, id=alice.user_id, chat=group, seq=seq)
    server = admin.door.server
    assert [each.user_id for each in await erasures.waiting(server.database)] == [alice.user_id]
    server.schedule.run_now("erasing", None)
    async with asyncio.timeout(PATIENCE):
        while await erasures.waiting(server.database):
            await asyncio.sleep(0.02)
    assert [each["text"] for each in await said(bob, group) if each["seq"] == seq] == [""]


async def test_who_is_held_oneself_and_nobody_cannot_be_erased(
    admin: Person, alice: Person, client: NewClient
) -> None:
    group = await alice.group(admin)
    asked = {"chat_id": group, "reason": "case"}
    hold = ok(await admin.post("/admin/holds", asked))["id"]
    path = f"/admin/users/{alice.user_id}/erase"
    assert (await admin.post(path, {"messages": "keep"}))[0] == 403
    ok(await admin.delete(f"/admin/holds/{hold}"))
    assert (await admin.post(f"/admin/users/{admin.user_id}/erase", {"messages": "keep"}))[0] == 403
    assert (await admin.post("/admin/users/999999/erase", {"messages": "keep"}))[0] == 404
    assert (await admin.post(path, {"messages": "some"}))[0] == 422
    assert ok(await alice.get("/me"))["display_name"] == "Alice"


async def test_a_name_in_copies_of_the_archive_goes_with_its_next_run(
    admin: Person, alice: Person, bob: Person, session: Session, tmp_path: Path
) -> None:
    vault = Vault(tmp_path / "archives", None, "disk")
    [chat] = fill(session, 1, 300, people=[bob.user_id], now=datetime.now(UTC))
    session.rows(
        "update messages set forwarded_from = jsonb_build_object('chat_kind', 'group',"
        " 'chat_title', 'a \"title\" of', 'author_id', %(id)s, 'author', 'Alice \"A\" Liddell',"
        " 'at', '2026-01-01T00:00:00.000Z') where chat_id = %(chat)s and n in (4, 5)",
        id=alice.user_id, chat=chat,
    )  # fmt: skip

    async def archived() -> str:
        catch_up(session)
        await Run(session, vault, Policy(30, 2, False), datetime.now(UTC)).run()
        run = ["zcat", *map(str, vault.folder.glob("*/*.gz"))]
        process = await asyncio.create_subprocess_exec(*run, stdout=asyncio.subprocess.PIPE)
        return (await process.communicate())[0].decode()

    assert (await archived()).count("Liddell") == 2
    await erase(admin, alice, "keep")
    lines = await archived()
    assert "Liddell" not in lines
    assert lines.count('"author": "Удалённый аккаунт"') == 2
    assert lines.count('a \\"title\\" of') == 2
    assert (await Verifier(session, vault).verify()).faults == []
    assert (await archived()) == lines
