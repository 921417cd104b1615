"""A backup of a database with people and files in it: made, proven, kept, and put back."""

import asyncio
import hashlib
import shutil
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from messenger import config
from messenger.backup import making, proving, restoring
from messenger.backup.contents import missing, place_of
from messenger.backup.folders import Backup, listed, newest_proven, root_of, wrong_sums
from messenger.config import Settings
from messenger.jobs.backups import backup_job, too_old
from messenger.jobs.running import run_job
from messenger.store import clients
from messenger.store.clients import ProgramFailed
from messenger.store.db import Database
from messenger.store.rows import instance
from messenger.store.schema import drift
from tests.backup.conftest import NIGHT, Clock

PHOTO = b"a photo"
NAME = hashlib.sha256(PHOTO).hexdigest()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A data directory with one file and two keys in it."""
    given = config.load({"DATA_DIR": str(tmp_path / "data"), "BACKUP_DIR": str(tmp_path / "safe")})
    photo = given.data_dir / "files" / "contents" / NAME[:2] / NAME
    photo.parent.mkdir(parents=True)
    photo.write_bytes(PHOTO)
    return given


async def note(share: float | None, step: str) -> None:
    pass


async def made(settings: Settings, database: Database, clock: Clock) -> Backup:
    return await making.make(settings, database, clock, note)


def sql(dsn: str, statement: str) -> list[Any]:
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


async def test_what_was_made_is_proven_closed_to_others_and_comes_back(
    settings: Settings, database: Database, clock: Clock, empty: str, tmp_path: Path
) -> None:
    await database.fetch(
        instance.Prepared(instance.sa.text("insert into instance values ('organisation', '{}')"))
    )
    backup = await made(settings, database, clock)
    assert backup.state == "proven"
    assert backup.manifest.figures.tables["chats"].rows == 1
    assert [*wrong_sums(backup), *missing(backup.path.parent, backup)] == []
    assert {oct(path.stat().st_mode & 0o077) for path in backup.path.rglob("*")} == {"0o0"}
    assert sql(database.dsn, "select datname from pg_database where datname like '%proof%'") == []

    back = config.load({"DATA_DIR": str(tmp_path / "new")})
    there = Database(empty, size=1)
    await restoring.restore(back, there, backup, None, lambda step: asyncio.sleep(0))
    assert (back.data_dir / "files" / "contents" / NAME[:2] / NAME).read_bytes() == PHOTO
    assert (back.data_dir / "secret_key").read_text() == settings.secret_key.decode()
    assert sql(empty, "select name from instance") == [("organisation",)]  # so: another epoch
    assert sql(empty, "select title from chats") == [("Org",)]
    assert drift.check(empty) == []
    with pytest.raises(restoring.CannotRestore, match="not empty"):
        await restoring.restore(back, there, backup, None, lambda step: asyncio.sleep(0))


async def test_nine_days_leave_seven_good_ones_among_bad_days(
    settings: Settings, database: Database, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing, a partial and a full-disk day among twelve."""
    restore = clients.restore

    async def loses_a_row(*arguments: Any, **more: Any) -> None:
        await restore(*arguments, **more)
        sql(arguments[1], "delete from members; delete from chats")

    def full(root: Path) -> int:
        return 1000

    async def killed(*_: Any) -> None:
        raise asyncio.CancelledError

    bad: dict[int, tuple[Any, str, Callable[..., Any], type[BaseException]]] = {
        4: (proving, "restore", loses_a_row, proving.NotTheSame),
        7: (making.contents, "room_for", full, making.NoRoom),
        9: (making, "_seal", killed, asyncio.CancelledError),
    }
    for day in range(1, 13):
        clock.now = NIGHT + timedelta(days=day - 1)
        if day not in bad:
            with monkeypatch.context() as patch:
                patch.setattr(making, "prove", lambda *_: asyncio.sleep(0))  # others prove
                await made(settings, database, clock)
            continue
        where, name, instead, error = bad[day]
        with monkeypatch.context() as patch:
            patch.setattr(where, name, instead)
            with pytest.raises(error):
                await made(settings, database, clock)
    root = root_of(settings)
    assert [each.made_at.day for each in listed(root)] == [3, 5, 6, 8, 10, 11, 12]
    assert {each.state for each in listed(root)} == {"proven"}
    assert sorted(path.name for path in root.iterdir() if "partial" in path.name) == []
    assert not too_old(root, clock.now + timedelta(hours=25))
    assert too_old(root, clock.now + timedelta(hours=27))


async def test_a_content_is_there_once_and_goes_with_its_last_backup(
    settings: Settings, database: Database, clock: Clock
) -> None:
    root = root_of(settings)
    settings = config.load({**environ(settings), "BACKUP_KEEP_DAYS": "1"})
    await made(settings, database, clock)
    kept = place_of(root, NAME, sealed=False)
    photo = settings.data_dir / "files" / "contents" / NAME[:2] / NAME
    assert kept.samefile(photo)
    photo.unlink()
    clock.now += timedelta(days=1)
    await made(settings, database, clock)
    assert not kept.exists()


async def test_a_damaged_backup_is_found_out(
    settings: Settings, database: Database, clock: Clock, empty: str
) -> None:
    backup = await made(settings, database, clock)
    dump = backup.path / "database.dump"
    content = bytearray(dump.read_bytes())
    content[len(content) // 2] ^= 1
    dump.write_bytes(content)
    assert list(wrong_sums(backup)) == ["database.dump is damaged"]
    with pytest.raises(restoring.CannotRestore, match="not whole"):
        await restoring.restore(settings, Database(empty), backup, None, lambda step: note(0, step))
    dump.write_bytes(content[:-1])
    assert backup.state == "damaged"
    assert newest_proven(root_of(settings)) is None


async def test_an_encrypted_backup_shows_nothing_and_comes_back_with_its_key(
    settings: Settings, database: Database, clock: Clock, empty: str, tmp_path: Path
) -> None:
    import pyrage

    key = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"# made for a test\n{key}\n")
    second = tmp_path / "second"
    more = {"BACKUP_AGE_RECIPIENT": str(key.to_public()), "BACKUP_COPY_DIR": str(second)}
    settings = config.load({**environ(settings), **more})
    backup = await made(settings, database, clock)
    (copy,) = listed(second)
    assert (copy.state, copy.manifest.proven_at) == ("proven", backup.manifest.proven_at)
    for path in second.rglob("*"):
        assert path.is_dir() or (
            PHOTO not in path.read_bytes() and b"PGDMP" not in path.read_bytes()
        )
    shutil.rmtree(root_of(settings))
    back = config.load({"DATA_DIR": str(tmp_path / "new")})
    with pytest.raises(restoring.CannotRestore, match="--identity"):
        await restoring.restore(back, Database(empty), copy, None, lambda step: note(0, step))
    identity = tmp_path / "key"
    await restoring.restore(back, Database(empty), copy, identity, lambda step: note(0, step))
    assert (back.data_dir / "files" / "contents" / NAME[:2] / NAME).read_bytes() == PHOTO
    assert sql(empty, "select title from chats") == [("Org",)]


async def test_the_job_says_what_it_made_and_why_it_failed(
    settings: Settings, database: Database, clock: Clock, tmp_path: Path
) -> None:
    run = await run_job(database, "backup", backup_job(settings, database, clock), clock)
    assert run.details is not None
    assert (run.details["proven"], run.details["files"]) == (True, 1)
    broken = config.load({**environ(settings), "BACKUP_PROGRAMS": str(tmp_path)})
    with pytest.raises(clients.NoPrograms, match="BACKUP_PROGRAMS"):
        await run_job(database, "backup", backup_job(broken, database, clock), clock)


async def test_without_the_right_to_make_databases_it_is_whole_and_not_proven(
    settings: Settings, database: Database, clock: Clock
) -> None:
    name = clients.name_of(database.dsn)
    sql(database.dsn, "drop role if exists humble")
    sql(database.dsn, f'create role humble login; alter database "{name}" owner to humble')
    sql(database.dsn, "grant all on schema public to humble")
    sql(database.dsn, "grant all on all tables in schema public to humble")
    sql(database.dsn, "grant all on all sequences in schema public to humble")
    humble = Database(database.dsn.replace("//messenger@", "//humble@"), size=1)
    backup = await made(settings, humble, clock)
    assert backup.state == "unproven"
    assert "CREATEDB" in (backup.manifest.unproven or "")


async def test_pg_dump_says_why_it_failed(database: Database, tmp_path: Path) -> None:
    programs = clients.find(18, None)
    with pytest.raises(ProgramFailed, match="invalid snapshot"):
        await clients.dump(programs, database.dsn, "nonsense", tmp_path / "x", lambda: note(0, ""))


def environ(settings: Settings) -> dict[str, str]:
    return {"DATA_DIR": str(settings.data_dir), "BACKUP_DIR": str(settings.backup_dir)}
