"""Export, import, export again: the same bytes; and what is in whose."""

import errno
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from messenger.archive.running import Policy, Run
from messenger.archive.vault import Vault
from messenger.archive.verifying import Verifier
from messenger.export.bringing import Import
from messenger.export.format import ExportProblem, Manifest, Scope
from messenger.export.making import Export
from messenger.files.storage import Storage
from messenger.store.archive.session import Session
from tests.api.cast import Person, ok
from tests.archive.past import catch_up, fill
from tests.conftest import MIGRATED, database
from tests.files.pictures import picture, saved


class Place:
    """A deployment's tables, archive and files."""

    def __init__(self, dsn: str, folder: Path) -> None:
        self.dsn = dsn
        self.vault = Vault(folder / "archives", None, "disk")
        self.storage = Storage(folder / "files", None, "disk")

    async def export(self, target: Path, kind: Any = "org", of: int = 0) -> Manifest:
        with Session(self.dsn) as session:
            return await Export(session, self.vault, self.storage, Scope(kind, of)).write(target)

    async def bring(self, source: Path) -> Manifest:
        with Session(self.dsn) as session:
            return await Import(session, self.storage, source).bring()


@pytest.fixture
def here(dsn: str, tmp_path: Path) -> Iterator[Place]:
    place = Place(dsn, tmp_path)
    yield place
    place.storage.close()


@pytest.fixture
def there(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Place]:
    with database(cluster, worker_id, MIGRATED) as dsn:
        place = Place(dsn, tmp_path_factory.mktemp("there"))
        yield place
        place.storage.close()


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text().splitlines()]


async def lived(here: Place, admin: Person, alice: Person, bob: Person) -> int:
    """A chat with two months behind it, archived but for the last one, and whatever people do."""
    with Session(here.dsn) as session:
        people = [alice.user_id, bob.user_id]
        [chat] = fill(session, 1, 700, people=people, now=datetime.now(UTC))
        catch_up(session)
        await Run(session, here.vault, Policy(30, 2, False), datetime.now(UTC)).run()
        pinned = session.value("select max(seq) from messages where pinned_at is not null")
    ok(await bob.delete(f"/chats/{chat}/messages/{pinned}"))
    ok(await alice.delete(f"/chats/{chat}/messages/7"))  # archived
    [file] = ok(await alice.upload(chat, ("plan.txt", b"the plan of alice")))
    seq = await alice.send(chat, "here it is, Иван", file_ids=[file["id"]])
    await bob.put(f"/chats/{chat}/messages/{seq}/reactions/👍")
    [picture_of] = ok(await bob.upload(chat, ("p.png", saved(picture(8, 8), "PNG"))))
    await bob.send(chat, "his secret", file_ids=[picture_of["id"]])
    ok(await bob.put(f"/chats/{chat}/draft", {"text": "bob's draft"}))
    group = await alice.group(bob, title="Board", board=True)
    task = {
        "chat_id": group,
        "title": "Ship",
        "assigned_to": bob.user_id,
        "due": {"date": "2027-01-01"},
    }
    ok(await alice.post("/tasks", task))
    await alice.send(await alice.direct(bob), "between us")
    ok(await admin.post("/admin/holds", {"user_id": alice.user_id, "reason": "case"}))
    ok(await alice.patch(f"/chats/{chat}/messages/{seq}", {"text": "her change of mind"}))
    return chat


async def test_an_import_of_an_export_gives_the_same_export(
    here: Place, there: Place, admin: Person, alice: Person, bob: Person, tmp_path: Path
) -> None:
    chat = await lived(here, admin, alice, bob)
    one, two = tmp_path / "one", tmp_path / "two"
    first = await here.export(one)
    await there.bring(one)
    second = await there.export(two)
    before, after = files_of(one), files_of(two)
    assert sorted(before) == sorted(after)
    assert [name for name in before if before[name] != after[name]] == []
    assert first == second
    log = lines_of(one / f"logs/{chat}.jsonl")
    assert [line["seq"] for line in log[1:]] == list(range(1, log[0]["last_seq"] + 1))
    with Session(there.dsn) as session:
        verdict = await Verifier(session, there.vault).verify()
        assert verdict.faults == []
        assert session.value("select count(*) from audit where action = 'data.import'") == 1
        # The next person, chat and task get numbers of their own.
        assert session.value("insert into streams (kind) values ('user') returning id") > chat
        assert session.value("select nextval('task_numbers')") == 2
    with pytest.raises(ExportProblem, match="people here already"):
        await there.bring(one)
    assert b"$2b$" in before["users.jsonl"] or b"no password" in before["users.jsonl"]


async def test_an_export_says_where_it_stands_and_how_much_it_was(
    here: Place, admin: Person, alice: Person, bob: Person, tmp_path: Path
) -> None:
    chat = await lived(here, admin, alice, bob)
    told: list[tuple[str, int]] = []
    with Session(here.dsn) as session:
        doing = Export(
            session, here.vault, here.storage, Scope("chat", chat), lambda *said: told.append(said)
        )
        manifest = await doing.write(tmp_path / "one")
    assert list(dict.fromkeys(where for where, _ in told)) == [
        "the tables",
        "log 1 of 1",
        "files",
    ]
    assert told[-1][1] == manifest.bytes
    assert (doing.logs, doing.entries) == (
        1,
        len(lines_of(tmp_path / "one" / "logs" / f"{chat}.jsonl")) - 1,
    )


async def test_a_persons_export_has_what_is_theirs_and_nobody_elses_words(
    here: Place, admin: Person, alice: Person, bob: Person, tmp_path: Path
) -> None:
    chat = await lived(here, admin, alice, bob)
    await here.export(tmp_path / "own", "own", bob.user_id)
    found = files_of(tmp_path / "own")
    text = b"\n".join(found.values()).decode(errors="replace")
    assert "his secret" in text
    assert "bob's draft" in text
    for foreign in (
        "here it is",
        "between us",
        "the plan of alice",
        "change of mind",
        "no password",
    ):
        assert foreign not in text
    own = lines_of(tmp_path / f"own/logs/{chat}.jsonl")[1:]
    assert {line["by"] for line in own} == {bob.user_id}
    assert len(own) > 300  # the archive's too
    [task] = lines_of(tmp_path / "own/tasks.jsonl")
    assert task["title"] == "Ship"
    assert [each["display_name"] for each in lines_of(tmp_path / "own/partners.jsonl")] == ["Alice"]
    # What is on hold is the administrators' to take.
    await here.export(tmp_path / "hers", "own", alice.user_id)
    assert "here it is" not in (tmp_path / "hers/retained.jsonl").read_text()
    await here.export(tmp_path / "all", "user", alice.user_id)
    assert "here it is" in (tmp_path / "all/retained.jsonl").read_text()
    assert len(lines_of(tmp_path / "all/legal_holds.jsonl")) == 1


async def test_a_chats_export_has_that_chat(
    here: Place, admin: Person, alice: Person, bob: Person, tmp_path: Path
) -> None:
    chat = await lived(here, admin, alice, bob)
    await here.export(tmp_path / "chat", "chat", chat)
    found = files_of(tmp_path / "chat")
    assert [name for name in found if name.startswith("logs/")] == [f"logs/{chat}.jsonl"]
    assert len(lines_of(tmp_path / "chat/members.jsonl")) == 2
    assert b"the plan of alice" in b"".join(found.values())
    assert b"between us" not in b"".join(found.values())


@pytest.mark.parametrize("name", ["users.jsonl", "SHA256SUMS", "manifest.json", "logs"])
async def test_what_was_changed_of_an_export_is_not_imported(
    here: Place, there: Place, admin: Person, tmp_path: Path, name: str
) -> None:
    target = tmp_path / "one"
    await here.export(target)
    path = next((target / name).iterdir()) if name == "logs" else target / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(ExportProblem):
        await there.bring(target)
    with Session(there.dsn) as session:
        assert session.value("select count(*) from users") == 0
    assert list(there.storage.folder.glob("*/*")) == []


@pytest.mark.parametrize("after", [0, 3, 9])
async def test_a_full_disk_is_said_and_nothing_is_left(
    here: Place, admin: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    room = after

    def full(sync: Callable[[int], None]) -> Callable[[int], None]:
        def syncing(descriptor: int) -> None:
            nonlocal room
            room -= 1
            if room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            sync(descriptor)

        return syncing

    before = names_in(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full(lambda _: None))
        with pytest.raises(ExportProblem, match="disk is full, and nothing was exported"):
            await here.export(tmp_path / "one")
    assert names_in(tmp_path) == before
    await here.export(tmp_path / "one")
