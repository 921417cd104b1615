"""The archive in backups, from the disk and from a bucket; and copies of backups in a bucket."""

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from messenger import config
from messenger.archive.running import Policy, Run
from messenger.archive.vault import Vault, vault_of
from messenger.archive.verifying import Verifier
from messenger.backup import archived, bucket, making, restoring
from messenger.backup.bucket import Copies, CopyFailed
from messenger.backup.folders import Backup, listed, root_of
from messenger.config import Settings
from messenger.errors import Unavailable
from messenger.files.objects import Objects
from messenger.store.archive.session import LOCK, Session
from messenger.store.db import Database
from tests.archive.past import NOW, fill
from tests.backup.conftest import Clock
from tests.bucket import new_bucket


async def note(*_: object) -> None:
    pass


def loaded(tmp_path: Path, **more: str) -> Settings:
    given = {"DATA_DIR": str(tmp_path / "data"), "BACKUP_DIR": str(tmp_path / "safe")}
    return config.load({**given, **more})


async def run(dsn: str, vault: Vault, days: int = 0) -> None:
    with Session(dsn) as session:
        await Run(session, vault, Policy(30, 2, False), NOW + timedelta(days=days)).run()


async def faults(dsn: str, vault: Vault) -> list[str]:
    with Session(dsn) as session:
        return (await Verifier(session, vault).verify()).faults


def past(dsn: str, messages: int = 300) -> int:
    with Session(dsn) as session:
        [chat] = fill(session, 1, messages)
    return chat


@pytest.mark.parametrize("kept_in", ["disk", "s3"])
async def test_the_archive_comes_back_with_the_database_it_belongs_to(
    database: Database, clock: Clock, empty: str, tmp_path: Path, s3: str, kept_in: str
) -> None:
    """Though people's files are not kept, and the parts were written anew since."""
    more = new_bucket(s3) if kept_in == "s3" else {}
    settings = loaded(tmp_path, BACKUP_FILES="off", **more)
    chat, vault = past(database.dsn), vault_of(settings)
    await run(database.dsn, vault)
    backup = await making.make(settings, database, clock, note)
    with Session(database.dsn) as session:
        first = session.value("select min(first_message) from archive_parts")
        session.rows("insert into messages (chat_id, seq, n, sender_id, client_message_id, digest,"
                     " text, created_at, deleted_at, rev) select %(chat)s, seq, n, sender_id,"
                     " client_message_id, digest, '', created_at, now(), 5000 from sent_keys"
                     " where seq = %(seq)s", chat=chat, seq=first)  # fmt: skip
    await run(database.dsn, vault, 1)
    back = loaded(tmp_path / "new", **more)
    await restoring.restore(back, Database(empty, size=1), backup, None, note)
    # What the bucket has of the future that is gone is nobody's.
    found = await faults(empty, vault_of(back))
    assert [fault for fault in found if "belongs to nothing" not in fault] == []
    assert not found or kept_in == "s3"


async def test_a_backup_of_a_damaged_archive_says_so_and_is_not_proven(
    database: Database, clock: Clock, tmp_path: Path
) -> None:
    settings = loaded(tmp_path)
    past(database.dsn)
    await run(database.dsn, vault_of(settings))
    [part] = (settings.data_dir / "archives").glob("*/*.gz")
    part.unlink()
    backup = await making.make(settings, database, clock, note)
    assert backup.state == "unproven"
    assert f"lacks {part.parent.name}/{part.name}" in (backup.manifest.unproven or "")


async def test_backup_and_archive_wait_for_one_another(
    database: Database, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archived, "WAITED_EVERY", 0.01)
    settings, steps = loaded(tmp_path), []
    with Session(database.dsn) as busy:
        assert busy.lock()

        async def told(share: float | None, step: str) -> None:
            steps.append(step)
            if step == "wait":
                busy.rows("select pg_advisory_unlock(%(lock)s)", lock=LOCK)

        keep = archived.keep

        async def while_kept(*arguments: Any) -> Any:
            assert not busy.lock(0.01)
            return await keep(*arguments)

        monkeypatch.setattr(archived, "keep", while_kept)
        assert (await making.make(settings, database, clock, told)).state == "proven"
        assert steps.count("wait") >= 1
        assert busy.lock()


async def test_copies_in_a_bucket_are_whole_kept_like_others_and_fetched(
    database: Database, clock: Clock, empty: str, tmp_path: Path, s3: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    given = new_bucket(s3)
    names = {"URL", "ENDPOINT", "ACCESS_KEY_ID", "SECRET_ACCESS_KEY"}
    more = {f"BACKUP_S3_{name}": given[f"S3_{name}"] for name in names}
    settings = loaded(tmp_path, BACKUP_KEEP_DAYS="2", **more)
    past(database.dsn)
    await run(database.dsn, vault_of(settings))
    there = bucket.bucket_of(settings)
    assert there is not None

    async def names_there() -> list[str]:
        return [each.name for each in await (await Copies.opened(there)).listed()]

    put, left = Objects.put, 3

    async def away(objects: Objects, key: str, source: Path) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise Unavailable
        await put(objects, key, source)

    with monkeypatch.context() as patched:
        patched.setattr(Objects, "put", away)
        with pytest.raises(CopyFailed, match="did not reach the bucket"):
            await making.make(settings, database, clock, note)
    assert len(listed(root_of(settings))) == 1
    assert await names_there() == []
    made: list[Backup] = []
    for _ in range(3):
        clock.now += timedelta(days=1)
        made.append(await making.make(settings, database, clock, note))
    assert await names_there() == [each.name for each in made[1:]]
    copies = await Copies.opened(there)
    assert all(each.whole and each.manifest.proven_at for each in await copies.listed())
    shutil.rmtree(tmp_path / "safe")
    shutil.rmtree(tmp_path / "data" / "archives")
    fetched = await copies.fetch((await copies.listed())[-1], tmp_path / "fetched", note)
    back = loaded(tmp_path / "new")
    await restoring.restore(back, Database(empty, size=1), fetched, None, note)
    assert await faults(empty, vault_of(back)) == []
