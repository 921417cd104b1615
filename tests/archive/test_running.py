"""What is old moves, what is wanted stays, and `verify` finds whatever is wrong afterwards."""

import errno
import gzip
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

import jsonschema
import pytest

from messenger.archive import restoring, searching, writing
from messenger.archive.running import Policy, Report, Run
from messenger.archive.vault import ArchiveProblem, Vault
from messenger.archive.verifying import Verifier
from messenger.store.archive import index
from messenger.store.archive.session import Session
from tests.archive.past import NOW, fill

POLICY = Policy(30, 2, False)
SCHEMA = Path(__file__).parents[2] / "docs/archive.schema.json"


async def archived(
    session: Session, vault: Vault, now: datetime = NOW, policy: Policy = POLICY
) -> Report:
    return await Run(session, vault, policy, now).run()


async def faults(session: Session, vault: Vault) -> list[str]:
    return (await Verifier(session, vault).verify()).faults


@contextmanager
def exchanged(path: Path, content: bytes | None) -> Iterator[None]:
    """Another content in a file's place for a while, or none."""
    before = path.read_bytes()
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    yield
    path.write_bytes(before)


def count(session: Session, where: str = "true") -> int:
    return int(session.value(f"select count(*) from messages where {where}"))


async def test_what_is_old_moves_and_every_number_is_in_one_place(
    session: Session, vault: Vault
) -> None:
    fill(session, chats=3, messages=1000)
    young = "created_at >= timestamptz '2026-10-30 12:00Z'"
    wanted = count(session, f"pinned_at is not null or {young}")
    report = await archived(session, vault)
    assert (report.parts, report.messages + count(session)) == (3, 3000)
    assert count(session) == wanted
    verdict = await Verifier(session, vault).verify()
    assert (verdict.faults, verdict.lines, verdict.parts) == ([], report.lines, 3)
    again = await archived(session, vault)
    assert (again.parts, again.rewritten) == (0, 0)


@pytest.mark.parametrize("how", ["flipped", "shortened"])
async def test_what_reached_the_disk_as_something_else_removes_nothing(
    session: Session, vault: Vault, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    fill(session, chats=1, messages=400)
    close = writing.Packer.close

    def badly(packer: writing.Packer) -> None:
        close(packer)
        content = bytearray(path_of(vault).read_bytes())
        content[len(content) // 2] ^= how == "flipped"
        path_of(vault).write_bytes(content[: None if how == "flipped" else -200])

    with monkeypatch.context() as patch:
        patch.setattr(writing.Packer, "close", badly)
        with pytest.raises(ArchiveProblem, match="not what is in the database"):
            await archived(session, vault)
    assert (count(session), list(vault.folder.glob("*/*.gz"))) == (400, [])
    await archived(session, vault)
    assert await faults(session, vault) == []


def path_of(vault: Vault) -> Path:
    """The one that is being written."""
    [path] = (vault.folder / ".incoming").iterdir()
    return path


async def test_lines_are_as_their_schema_says(session: Session, vault: Vault) -> None:
    fill(session, chats=1, messages=300)
    await archived(session, vault)
    schema = json.loads(SCHEMA.read_text())
    lines = jsonschema.Draft202012Validator(schema)
    [part] = vault.folder.glob("*/*.gz")
    with gzip.open(part, "rt") as file:
        for line in file:
            lines.validate(json.loads(line))
    [manifest] = vault.folder.glob("*/manifest.json")
    whole = {"$defs": schema["$defs"], "$ref": "#/$defs/manifest"}
    jsonschema.Draft202012Validator(whole).validate(json.loads(manifest.read_bytes()))


async def test_whatever_is_changed_afterwards_is_found(session: Session, vault: Vault) -> None:
    [chat] = fill(session, chats=1, messages=400)
    await archived(session, vault)
    await archived(session, vault, NOW + timedelta(days=10))
    first, second = sorted(vault.folder.glob("*/*.gz"))
    one, two = sorted(vault.folder.glob("*/manifest.json"))
    assert await faults(session, vault) == []

    async def found(path: Path, content: bytes | None) -> str:
        with exchanged(path, content):
            return " ".join(await faults(session, vault))

    flipped = bytearray(first.read_bytes())
    flipped[len(flipped) // 2] ^= 1
    assert "is damaged" in await found(first, bytes(flipped))
    assert f"{second.name} is missing" in await found(second, None)
    assert "lacks" in await found(second, None)
    assert "manifest.json is not what was written" in await found(two, one.read_bytes())
    assert "manifest.json is missing" in await found(one, None)
    stray = first.with_name("other.jsonl.gz")
    stray.write_bytes(b"")
    assert await faults(session, vault) == [
        f"{stray.parent.name}/other.jsonl.gz belongs to nothing."
    ]
    stray.unlink()
    # The chain itself: a manifest that was exchanged together with its row.
    session.rows("update archive_manifests set sha256 = sha256('other') where id = 1")
    assert "does not follow" in " ".join(await faults(session, vault))
    session.rows("update archive_manifests set sha256 = sha256(%(was)s) where id = 1",
                 was=one.read_bytes())  # fmt: skip
    assert await faults(session, vault) == []
    last = session.value("select max(seq) - 5 from messages")
    row = "chat_id = %(chat)s and seq = %(seq)s"
    session.rows(f"delete from messages where {row}", chat=chat, seq=last)
    session.rows("delete from events where stream_id = %(chat)s and seq = %(seq)s",
                 chat=chat, seq=last)  # fmt: skip
    assert await faults(session, vault) == [f"Stream {chat} lacks {last}."]


async def test_a_full_disk_ends_a_run_with_a_sentence_and_the_next_one_goes_on(
    session: Session, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(session, chats=3, messages=300)
    room = 2

    def full(write: Callable[..., bytes]) -> Callable[..., bytes]:
        def writing(*given: object) -> bytes:
            nonlocal room
            room -= 1
            if room < 0:
                raise OSError(errno.ENOSPC, "No space left on device")
            return write(*given)

        return writing

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full(lambda _: b""))
        with pytest.raises(ArchiveProblem, match=r"disk is full.*Nothing was removed"):
            await archived(session, vault)
    assert count(session) == 900
    assert list((vault.folder / ".incoming").iterdir()) == []
    await archived(session, vault)
    assert count(session) < 500
    assert await faults(session, vault) == []


async def test_what_was_pinned_or_of_an_open_task_follows_once_it_is_free(
    session: Session, vault: Vault
) -> None:
    [chat] = fill(session, chats=1, messages=2000)
    task = session.value(
        "insert into tasks (number, chat_id, title, description, status, creator, version,"
        " created_at, updated_at, rev) select 1, %(chat)s, 'Cake', '', 'open', min(id), 1,"
        " %(at)s, %(at)s, 1 from users returning id", chat=chat, at=NOW - timedelta(days=50),
    )  # fmt: skip
    session.rows("update messages set task_id = %(task)s where n in (50, 60)", task=task)
    session.rows("update events set type = 'task.created', subject = %(task)s where seq = 2",
                 task=task)  # fmt: skip
    await archived(session, vault)
    old = "created_at < timestamptz '2026-10-30 12:00Z'"
    assert count(session, f"{old} and task_id is not null") == 2
    assert count(session, f"{old} and pinned_at is not null") == 1
    assert session.value("select count(*) from events where type = 'task.created'") == 1
    assert await faults(session, vault) == []
    closed = NOW - timedelta(days=31)
    session.rows("update tasks set status = 'done', closed_at = %(at)s", at=closed)
    session.rows("update messages set pinned_at = null")
    report = await archived(session, vault)
    assert (report.parts, report.messages, count(session, old)) == (1, 3, 0)
    assert await faults(session, vault) == []


async def test_what_a_consumer_has_not_read_stays(session: Session, vault: Vault) -> None:
    [chat] = fill(session, chats=1, messages=500)
    session.rows(
        "insert into consumers (name, stream, seq) values ('mail', 0, 0), ('mail', %(chat)s, 90)",
        chat=chat,
    )
    await archived(session, vault)
    assert [part.last_seq for part in index.parts(session)] == [90]
    assert await faults(session, vault) == []


async def test_parts_go_after_their_years_and_their_entries_stay(
    session: Session, vault: Vault
) -> None:
    fill(session, chats=1, messages=400)
    await archived(session, vault)
    later = NOW + timedelta(days=3 * 365)
    report = await archived(session, vault, later, Policy(0, 2, False))
    assert (report.expired, list(vault.folder.glob("*/*.gz"))) == (1, [])
    assert await faults(session, vault) == []
    newest = json.loads(sorted(vault.folder.glob("*/manifest.json"))[-1].read_text())
    assert [gone["why"] for gone in newest["gone"]] == ["expired"]


async def test_words_are_found_in_any_form_and_a_range_comes_back(
    session: Session, vault: Vault
) -> None:
    [chat] = fill(session, chats=1, messages=400)
    everything = session.rows("select * from messages order by seq")
    reactions = session.rows("select * from reactions order by seq, user_id")
    events = session.rows("select * from events where type <> 'message.created' order by seq")
    await archived(session, vault)
    found = await searching.search(session, vault, "корабль sailing", None, 3)
    assert [(each.chat_id, each.text.split(":")[0]) for each in found] == [
        (chat, f"Message {n}") for n in (199, 198, 197)
    ]
    assert await searching.search(session, vault, "nothing", None, 3) == []
    gone = 400 - count(session)
    others = "select * from events where type <> 'message.created' order by seq"
    assert len(session.rows(others)) < len(events)
    back = await restoring.restore(session, vault, chat, 1, 1000, 30, NOW)
    assert back.messages == gone
    assert session.rows("select * from messages order by seq") == everything
    assert session.rows(others) == events
    assert session.rows("select * from reactions order by seq, user_id") == reactions
    assert await faults(session, vault) == []
    # They stay for as long as was said, and then are archived like any other.
    assert (await archived(session, vault)).messages == 0
    assert count(session) == 400
    session.rows("update archive_holds set until = now()")
    assert (await archived(session, vault)).messages == gone
    assert await faults(session, vault) == []


async def test_interrupted_anywhere_it_converges(session: Session, vault: Vault, dsn: str) -> None:
    """A run is cut off at every statement in turn, as by kill -9, and begun again."""
    fill(session, chats=2, messages=300)
    young = count(session, "created_at >= timestamptz '2026-10-30 12:00Z'")
    choose = random.Random(14)
    for _ in range(40):
        with Session(dsn) as doomed:
            left = choose.randint(1, 30)
            rows = doomed.rows

            def dying(
                statement: str, _rows: Callable[..., object] = rows, **values: object
            ) -> object:
                nonlocal left
                left -= 1
                if left == 0:
                    raise KeyboardInterrupt
                return _rows(statement, **values)

            doomed.rows = dying  # type: ignore[assignment,method-assign]
            try:
                await Run(doomed, vault, POLICY, NOW).run()
            except KeyboardInterrupt:
                continue
    await archived(session, vault)
    assert await faults(session, vault) == []
    assert count(session, "pinned_at is null") == young
