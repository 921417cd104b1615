"""The embedded PostgreSQL goes to its next major version, and back."""

import asyncio
from pathlib import Path
from typing import Any

import psycopg2
import pytest

from messenger import config
from messenger.cli import upgrading
from messenger.store import embedded
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres, PostgresProblem, binaries
from messenger.store.rows import instance
from messenger.store.schema.migrate import migrate

OLD = Path("/usr/lib/postgresql/15/bin")


def sql(dsn: str, statement: str) -> list[Any]:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(statement)
        rows = cursor.fetchall() if cursor.description else []
    connection.close()
    return rows


async def epoch_of(dsn: str) -> int:
    database = Database(dsn, size=1)
    await database.open()
    try:
        return await instance.epoch(database)
    finally:
        await database.close()


@pytest.mark.skipif(not OLD.is_dir(), reason="there is no older PostgreSQL here")
def test_a_cluster_goes_to_the_next_version_as_the_same_history_and_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = config.load({"DATA_DIR": str(tmp_path / "data")})
    read = "select name, value from instance where name <> 'history' order by name"
    with monkeypatch.context() as patch:
        patch.setattr(embedded, "find", lambda *_: binaries.Binaries(OLD, 15))
        with EmbeddedPostgres(settings.data_dir, durable=False) as postgres:
            migrate(postgres.dsn)
            sql(postgres.dsn, "insert into instance values ('epoch', '7'), ('history', 'x')")
            sql(postgres.dsn, "insert into streams (kind) select 'chat' from generate_series(1, 9)")
            before = sql(postgres.dsn, read)
    said = upgrading.upgrade(settings)
    assert said.startswith("PostgreSQL 18 is in its place")
    with EmbeddedPostgres(settings.data_dir, durable=False) as postgres:
        assert sql(postgres.dsn, read) == before
        assert sql(postgres.dsn, "select count(*) from streams") == [(9,)]
        assert sql(postgres.dsn, "select value <> 'x' from instance where name = 'history'") == [
            (True,)
        ]
    assert upgrading.upgrade(settings) == "PostgreSQL 18 is the newest that is here."
    assert "postgres.15 is in its place again" in upgrading.undo(settings)
    assert binaries.recorded_major(settings.data_dir / "postgres") == 15
    # What was written since is not there: its next start makes another epoch.
    with EmbeddedPostgres(settings.data_dir, durable=False) as postgres:
        found = sql(postgres.dsn, "select value from instance where name = 'history'")
        assert found == [("left",)]
        assert asyncio.run(epoch_of(postgres.dsn)) != 7


def test_no_server_starts_between_the_two_names(tmp_path: Path) -> None:
    (tmp_path / "upgrade").mkdir()
    (tmp_path / "upgrade" / "proven").touch()
    with pytest.raises(PostgresProblem, match="interrupted"):
        EmbeddedPostgres(tmp_path).start()
