"""Legal holds: people delete as before, and nothing of what is held is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from messenger.archive.running import Policy, Report, Run
from messenger.archive.vault import Vault
from messenger.files.sweep import sweep
from messenger.store.archive.session import Session
from tests.api.cast import Person, ok
from tests.archive.past import catch_up, fill


@pytest.fixture
def session(dsn: str) -> Iterator[Session]:
    with Session(dsn) as session:
        yield session


def texts(session: Session, kind: str = "messages") -> list[str]:
    rows = session.rows("select was ->> 'text' as text from retained where kind = %(kind)s"
                        " order by id", kind=kind)  # fmt: skip
    return [row.text for row in rows]


async def hold(admin: Person, **what: Any) -> str:
    status, body = await admin.post("/admin/holds", {"reason": "case 12", **what})
    assert status == 201, body
    return str(body["data"]["id"])


async def swept(admin: Person) -> int:
    """Files that the sweep of a week later removes."""
    server = admin.door.server
    done = await sweep(server.database, server.files.storage, datetime.now(UTC) + timedelta(days=7))
    return done.files


async def test_what_is_deleted_or_changed_in_a_held_chat_is_kept_and_let_go_with_the_hold(
    admin: Person, alice: Person, bob: Person, session: Session
) -> None:
    held, free = await alice.group(bob, title="Secret"), await alice.group(bob)
    [file] = ok(await alice.upload(held, ("plan.txt", b"the plan")))
    first = await alice.send(held, "first words", file_ids=[file["id"]])
    second = await bob.send(held, "second words")
    other = await alice.send(free, "elsewhere")
    id = await hold(admin, chat_id=held)
    await bob.put(f"/chats/{held}/messages/{second}/reactions/👍")
    ok(await bob.patch(f"/chats/{held}/messages/{second}", {"text": "nothing"}))
    for chat, seq in ((held, first), (held, second), (free, other)):
        await alice.delete(f"/chats/{chat}/messages/{seq}")
    gone = ok(await alice.get(f"/chats/{held}/messages/{first}"))
    assert (gone["text"], gone["files"], gone["deleted_at"] is None) == ("", [], False)
    assert (await alice.download(file["id"]))[0] == 404
    assert texts(session) == ["second words", "first words", "nothing"]
    assert session.value("select was -> 'reactions' -> 0 ->> 0 from retained"
                         " where was ->> 'text' = 'nothing'") == "👍"  # fmt: skip
    ok(await alice.delete(f"/chats/{held}"))
    assert session.value("select was ->> 'title' from retained where kind = 'chats'") == "Secret"
    assert await swept(admin) == 0
    [shown] = ok(await admin.get("/admin/holds"))
    assert (shown["chat_id"], shown["user_id"], shown["retained"]) == (held, None, 5)
    ok(await admin.delete(f"/admin/holds/{id}"))
    assert session.value("select count(*) from retained") == 0
    assert await swept(admin) == 1
    told = ok(await admin.get("/admin/audit", action="hold"))
    assert [(each["action"], each["by"], each["subject"]) for each in told] == [
        ("hold.lift", admin.user_id, held), ("hold.place", admin.user_id, held)
    ]  # fmt: skip
    assert told[0]["details"] == {"of": "chat", "reason": "case 12", "let_go": 5}


async def test_a_held_persons_words_tasks_and_files_are_kept_and_nobody_elses(
    admin: Person, alice: Person, bob: Person, session: Session
) -> None:
    chat = await alice.group(bob)
    mine, his = await alice.send(chat, "hers"), await bob.send(chat, "his")
    task = ok(await alice.post("/tasks", {"chat_id": chat, "title": "Ship", "description": "it"}))
    ids = [await hold(admin, user_id=alice.user_id) for _ in range(2)]
    for seq in (mine, his):
        await alice.delete(f"/chats/{chat}/messages/{seq}")
    ok(await alice.patch(f"/tasks/{task['id']}", {"description": "nothing"}))
    assert texts(session) == ["hers"]
    assert session.value("select was ->> 'description' from retained where kind = 'tasks'") == "it"
    # What two hold is let go with the second.
    ok(await admin.delete(f"/admin/holds/{ids[0]}"))
    assert texts(session) == ["hers"]
    ok(await admin.delete(f"/admin/holds/{ids[1]}"))
    assert texts(session) == []
    assert (await admin.delete(f"/admin/holds/{ids[1]}"))[0] == 404


async def test_a_hold_is_placed_once_under_a_key_and_on_one_thing(
    admin: Person, alice: Person
) -> None:
    asked = {"user_id": alice.user_id, "reason": "case 12"}
    first = ok(await admin.post("/admin/holds", asked, key="k1"))
    assert ok(await admin.post("/admin/holds", asked, key="k1")) == first
    assert (await admin.post("/admin/holds", {**asked, "reason": "b"}, key="k1"))[0] == 422
    assert len(ok(await admin.get("/admin/holds"))) == 1
    for wrong, status in (
        ({"reason": "none"}, 422), ({**asked, "chat_id": 1}, 422), ({**asked, "reason": " "}, 422),
        ({"user_id": 2**40, "reason": "nobody"}, 404),
    ):  # fmt: skip
        assert (await admin.post("/admin/holds", wrong))[0] in (status, 400), wrong


async def test_the_archive_neither_removes_nor_rewrites_what_is_held(
    dsn: str, session: Session, tmp_path: Path
) -> None:
    vault = Vault(tmp_path / "archives", None, "disk")
    people = [row.id for row in session.rows(
        "with s as (insert into streams (kind) select 'user' from generate_series(1, 2)"
        " returning id) insert into users (id, username, username_key, display_name, role, locale,"
        " time_zone, created_at) select id, 'u' || id, 'u' || id, 'U', 'user', 'en', 'UTC', now()"
        " from s returning id")]  # fmt: skip
    now = datetime.now(UTC)
    held, free = fill(session, 2, 200, people=people, now=now)

    async def run(later: timedelta = timedelta()) -> Report:
        catch_up(session)
        return await Run(session, vault, Policy(30, 2, False), now + later).run()

    place = "insert into legal_holds (id, chat_id, user_id, reason, placed_at)"
    await run()
    names = sorted(path.name for path in vault.folder.glob("*/*.gz"))
    of_held = [name for name in names if name.startswith(f"{held}-")]
    session.rows(f"{place} values (gen_random_uuid(), %(chat)s, null, 'case', now())", chat=held)
    # Two archived messages come back as tombstones: their lines are not true any more.
    session.rows("update archive_parts set superseded = array[5, 6]::bigint[]")
    assert (await run()).rewritten == len(names) - len(of_held)
    assert {path.name for path in vault.folder.glob(f"*/{held}-*.gz")} == set(of_held)
    await run(timedelta(days=800))
    gone = session.rows("select distinct stream_id from archive_parts where state = 'expired'")
    assert [row.stream_id for row in gone] == [free]
    session.rows("update legal_holds set chat_id = null, user_id = %(one)s", one=people[0])
    assert (await run(timedelta(days=800))).rewritten == 0
    session.rows("delete from legal_holds")
    assert (await run(timedelta(days=800))).rewritten == len(of_held)


def test_every_door_is_under_the_hold(dsn: str, session: Session) -> None:
    """Also who writes to the database by hand, past the actors."""
    fill(session, 1, 50)
    chat = session.value("select max(id) from chats")
    session.rows("insert into legal_holds (id, chat_id, reason, placed_at)"
                 " values (gen_random_uuid(), %(chat)s, 'case', now())", chat=chat)  # fmt: skip
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute("update messages set text = '' where n <= 3 and deleted_at is null")
    assert len(texts(session)) == 3
