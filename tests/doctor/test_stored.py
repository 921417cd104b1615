"""What is wrong with what is stored is found, and its fix, followed to the letter, mends it."""

import asyncio
import hashlib
import json
import shlex
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import psycopg2
import pytest
from click.testing import CliRunner

from messenger import config
from messenger.archive.format import Manifest, Previous
from messenger.backup.contents import place_of
from messenger.backup.folders import newest_proven, root_of
from messenger.cli import main
from messenger.config import Settings
from messenger.doctor import stored
from messenger.doctor.finding import Finding
from messenger.files.storage import key_of
from messenger.store import condition
from tests.conftest import KEYS
from tests.doctor.provoked import bad, run

Messenger = Callable[..., str]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return config.load({"DATA_DIR": str(tmp_path), **KEYS})


@pytest.fixture
def messenger(tmp_path: Path, dsn: str, monkeypatch: pytest.MonkeyPatch) -> Messenger:
    """Runs a command line of a finding."""
    for name, value in {"DATA_DIR": str(tmp_path), "DATABASE_URL": dsn, **KEYS}.items():
        monkeypatch.setenv(name, value)

    def invoke(command: str | None, ends: int = 0) -> str:
        program, *words = shlex.split(command or "")
        assert program == "messenger"
        done = CliRunner().invoke(main, words)
        assert done.exit_code == ends, done.output
        return done.output

    return invoke


def edit(path: Path, **values: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_backups(settings: Settings, messenger: Messenger) -> None:
    def look() -> dict[str, Finding]:
        found = bad(stored.backups(settings, serves=True))
        found.pop("backup_disk", None)
        return found

    assert look() == {}
    messenger("messenger backup run")
    assert look() == {}
    newest = newest_proven(root_of(settings))
    assert newest is not None
    before = datetime.now(UTC) - timedelta(days=3)
    newest.path.rename(newest.path.with_name(f"{before:%Y-%m-%dT%H-%M-%SZ}"))
    messenger(look()["backup_old"].command)
    assert look() == {}
    for each in root_of(settings).glob("*/manifest.json"):
        edit(each, proven_at=None, unproven="no room")
    messenger(look()["backup_unproven"].command)
    assert look() == {}


def test_backups_that_are_off_or_on_the_same_disk(
    tmp_path: Path, settings: Settings, messenger: Messenger
) -> None:
    off = replace_settings(tmp_path, BACKUP_KEEP_DAYS="0")
    name, _, value = (bad(stored.backups(off, serves=True))["backup_off"].setting or "").partition(
        "="
    )
    assert bad(stored.backups(replace_settings(tmp_path, **{name: value}), serves=True)) == {}
    messenger("messenger backup run")
    assert bad(stored.backups(settings, serves=True)).keys() == {"backup_disk"}
    elsewhere = replace_settings(tmp_path, BACKUP_COPY_DIR="/dev/shm/copies")
    assert bad(stored.backups(elsewhere, serves=True)) == {}


def replace_settings(tmp_path: Path, **more: str) -> Settings:
    return config.load({"DATA_DIR": str(tmp_path), **KEYS, **more})


def test_archive(settings: Settings, dsn: str, messenger: Messenger) -> None:
    folder = settings.data_dir / "archives"
    backup: dict[str, bytes] = {}
    previous = None
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    cursor = connection.cursor()
    for day in ("2026-01-01", "2026-01-02"):
        made = Manifest(made_at=datetime.now(UTC), previous=previous, parts=[])
        content, name = msgspec.json.encode(made), f"{day}/manifest.json"
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
        digest = hashlib.sha256(content)
        cursor.execute(
            "insert into archive_manifests (place, name, sha256, made_at)"
            " values ('disk', %s, %s, now())",
            (name, digest.digest()),
        )
        previous = Previous(name=name, sha256=digest.hexdigest())
        backup[name] = content

    def look() -> dict[str, Finding]:
        async def found() -> list[Finding]:
            with condition.opened(dsn) as reading:
                rows = condition.manifests(reading)
            return [each async for each in stored.archive(settings, rows)]

        return bad(asyncio.run(found()))

    def is_mended_by(name: str, code: str) -> None:
        """What its fix says: brought back from a backup, then proven."""
        found = look()
        assert found.keys() == {code}
        (folder / name).write_bytes(backup[name])
        messenger(found[code].command)
        assert look() == {}

    assert look() == {}
    first, second = backup
    (folder / second).unlink()
    is_mended_by(second, "archive_missing")
    (folder / second).write_bytes(b"other")
    is_mended_by(second, "archive_changed")
    # Its row tells of a manifest that follows another.
    alone = msgspec.json.encode(Manifest(made_at=datetime.now(UTC), previous=None, parts=[]))
    tell = "update archive_manifests set sha256 = %s where name = %s"
    cursor.execute(tell, (hashlib.sha256(alone).digest(), second))
    (folder / second).write_bytes(alone)
    found = look()
    assert found.keys() == {"archive_chain"}
    for name in (first, second):
        (folder / name).write_bytes(backup[name])
        cursor.execute(tell, (hashlib.sha256(backup[name]).digest(), name))
    messenger(found["archive_chain"].command)
    assert look() == {}
    connection.close()


def put(settings: Settings, dsn: str, content: bytes) -> Path:
    """A content that an avatar needs, as the server would keep it."""
    sha256 = hashlib.sha256(content).digest()
    path = settings.data_dir / "files/contents" / key_of(sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(
            "insert into blobs (sha256, size, place, claimed_at) values (%s, %s, 'disk', now())",
            (sha256, len(content)),
        )
        # Of nobody: who it is of is no matter here.
        cursor.execute("set session_replication_role = replica")
        cursor.execute(
            "insert into avatars (id, side, stream_id, maker_id, sha256, size, created_at)"
            " values (gen_random_uuid(), 64, 1, 1, %s, 1, now())",
            (sha256,),
        )
    connection.close()
    return path


def test_files(settings: Settings, dsn: str, messenger: Messenger) -> None:
    def look() -> dict[str, Finding]:
        with condition.opened(dsn) as connection:
            return bad(stored.files(settings, connection))

    paths = [put(settings, dsn, bytes([number]) * 10) for number in range(5)]
    assert look() == {}
    contents = [path.read_bytes() for path in paths]
    for path in paths:
        path.unlink()
    found = look()
    assert found.keys() == {"file_lost", "files_missing"}
    listed = messenger(found["files_missing"].command, ends=1)
    assert [path.name for path in paths if path.name not in listed] == []
    for path, content in zip(paths[1:], contents[1:], strict=True):
        path.write_bytes(content)
    assert look().keys() == {"file_lost"}
    kept = place_of(root_of(settings), paths[0].name, False)
    kept.parent.mkdir(parents=True)
    kept.write_bytes(contents[0])
    run(look()["file_missing"])
    assert look() == {}
    assert paths[0].read_bytes() == contents[0]
    stray = hashlib.sha256(b"stray").hexdigest()
    (paths[0].parents[1] / stray[:2]).mkdir(exist_ok=True)
    (paths[0].parents[1] / stray[:2] / stray).write_bytes(b"stray")
    messenger(look()["strays"].command)
    assert look() == {}


def test_files_that_servers_on_other_machines_do_not_find(tmp_path: Path) -> None:
    given = {"DATA_DIR": str(tmp_path), "BUS": "nats://one", **KEYS}
    assert bad(stored.shared(config.load(given))).keys() == {"files_shared"}
    # What it says to do.
    mended = {**given, "FILE_STORAGE": "s3", "S3_URL": "s3://files"}
    assert bad(stored.shared(config.load(mended))) == {}
    assert bad(stored.shared(config.load(given | {"BUS": "postgres"}))) == {}
