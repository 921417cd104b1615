"""A disk that is really full, in archive and backup: a sentence, nothing lost, and it heals."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from messenger import config
from messenger.archive.running import Policy, Run
from messenger.archive.vault import ArchiveProblem, vault_of
from messenger.archive.verifying import Verifier
from messenger.backup import making, restoring
from messenger.backup.folders import listed, root_of
from messenger.store.archive.session import Session
from messenger.store.db import Database
from tests.archive.past import NOW, fill
from tests.backup.conftest import Clock
from tests.small_disk import filled, small_disk


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "small", 6) as path:
        yield path


async def note(*_: object) -> None:
    pass


async def test_an_archive_that_has_no_room_removes_nothing_and_goes_on(
    dsn: str, disk: Path
) -> None:
    vault = vault_of(config.load({"DATA_DIR": str(disk)}))
    with Session(dsn) as session:
        fill(session, 3, 600)
        for room in (0, 4096, 24 * 1024):
            vault.folder.mkdir(exist_ok=True)
            filler = filled(disk, room)
            with pytest.raises(ArchiveProblem, match="disk is full"):
                await Run(session, vault, Policy(30, 2, False), NOW).run()
            filler.unlink()
        left = session.value("select count(*) from messages")
        held = session.value("select coalesce(sum(messages), 0) from archive_parts")
        assert left + held == 1800
        await Run(session, vault, Policy(30, 2, False), NOW).run()
        assert session.value("select count(*) from messages") < 1000
        assert (await Verifier(session, vault).verify()).faults == []


async def test_a_backup_that_has_no_room_is_none_and_leaves_the_others(
    database: Database, clock: Clock, disk: Path, tmp_path: Path, empty: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(making, "SPARE", 0)
    given = {"DATA_DIR": str(tmp_path / "data"), "BACKUP_DIR": str(disk / "safe")}
    settings, root = config.load(given), disk / "safe"
    with Session(database.dsn) as session:
        fill(session, 2, 500)
    first = await making.make(settings, database, clock, note)
    clock.now = clock.now.replace(day=2)
    for room in (first.bytes + 4096, 16 * 1024):
        filler = filled(disk, room)
        with pytest.raises(making.NoRoom):
            await making.make(settings, database, clock, note)
        assert [path for path in root.iterdir() if "partial" in path.name] == []
        assert [each.name for each in listed(root)] == [first.name]
        filler.unlink()
    second = await making.make(settings, database, clock, note)
    assert second.state == "proven"
    # The second folder is full: the backup is made, its copy is none, and the next one is.
    copied = config.load({**given, "BACKUP_DIR": str(tmp_path / "roomy"),
                          "BACKUP_COPY_DIR": str(disk / "copies")})  # fmt: skip
    filler = filled(disk, 32 * 1024)
    with pytest.raises(making.NoRoomForCopy):
        await making.make(copied, database, clock, note)
    assert listed(root_of(copied))[-1].state == "proven"
    assert listed(disk / "copies") == []
    filler.unlink()
    clock.now = clock.now.replace(day=3)
    await making.make(copied, database, clock, note)
    [copy] = listed(disk / "copies")
    # Restored where there is no room, it says so before anything is changed.
    small = config.load({"DATA_DIR": str(disk / "data")})
    await restoring.restore(small, Database(empty, size=1), copy, None, note)
