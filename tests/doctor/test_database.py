"""What is wrong with the database is found, and its fix, followed to the letter, mends it."""

import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from click.testing import CliRunner
from msgspec.structs import replace

from messenger import config
from messenger.cli import main
from messenger.config import Settings
from messenger.doctor import database, examining
from messenger.doctor.examining import Asked
from messenger.doctor.finding import Finding
from messenger.store import condition, embedded
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.schema import migrate
from tests.conftest import KEYS
from tests.doctor.provoked import bad
from tests.waiting import until


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return config.load({"DATA_DIR": str(tmp_path), **KEYS})


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    """A server that goes by its own file: ours is told everything on its command line."""
    with Plain(tmp_path_factory.mktemp("pg"), durable=False) as started:
        migrate.migrate(started.dsn)
        yield started


class Plain(EmbeddedPostgres):
    def launch(self) -> None:
        with pytest.MonkeyPatch.context() as patch:
            quiet = {"listen_addresses": "", "unix_socket_permissions": "0700"}
            patch.setattr(embedded, "_SETTINGS", quiet)
            patch.setattr(embedded, "_FLEETING", {})
            super().launch()


def do(dsn: str, statements: str | None) -> None:
    """As psql does: each statement in a transaction of its own."""
    assert statements is not None
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    with connection.cursor() as cursor:
        for each in statements.split("; "):
            cursor.execute(each)
    connection.close()


def look(settings: Settings, dsn: str) -> dict[str, Finding]:
    with condition.opened(dsn) as connection:
        return bad(database.server(settings, condition.condition(connection)))


async def test_settings_that_lose_what_was_acknowledged(
    postgres: EmbeddedPostgres, settings: Settings
) -> None:
    dsn = postgres.dsn
    for made_so in (
        "alter system set fsync = off; select pg_reload_conf()",
        "alter system set full_page_writes = off; select pg_reload_conf()",
        "alter database messenger set synchronous_commit = off",
        "alter role messenger set synchronous_commit = off",
    ):
        do(dsn, made_so)
        found = await until(lambda: look(settings, dsn).get("not_durable"))
        do(dsn, found.sql)
        await until(lambda: "not_durable" not in look(settings, dsn))


def test_settings_that_need_a_restart_and_a_server_that_is_away(
    postgres: EmbeddedPostgres, settings: Settings
) -> None:
    wrong = {"wal_level": "minimal", "max_wal_senders": "0", "max_connections": "20"}
    for name, value in wrong.items():
        do(postgres.dsn, f"alter system set {name} = {value}")
    dsn = postgres.dsn
    postgres.stop()
    assert bad(database.look(settings, dsn)).keys() == {"database_away"}
    dsn = postgres.start()
    found = look(settings, dsn)
    assert found.keys() == {"wal_level", "connections"}
    for each in found.values():
        do(dsn, each.sql)
    postgres.stop()
    assert look(settings, postgres.start()) == {}


def test_account_that_may_not_prove_a_backup(
    postgres: EmbeddedPostgres, settings: Settings
) -> None:
    do(postgres.dsn, "create role limited login")
    limited = psycopg2.extensions.make_dsn(postgres.dsn, user="limited")
    do(postgres.dsn, look(settings, limited)["createdb"].sql)
    assert look(settings, limited) == {}


def test_old_server_and_a_clock_that_is_off(dsn: str, settings: Settings) -> None:
    with condition.opened(dsn) as connection:
        good = replace(condition.condition(connection), settings={"max_connections": "60"})
    assert bad(database.server(settings, good)) == {}
    old = replace(good, number=130000, version="13.1")
    assert bad(database.server(settings, old)).keys() == {"database_old"}
    assert bad(database.server(settings, replace(good, drift=9.0))).keys() == {"database_clock"}


def test_migrations(
    empty: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    found = bad(database.schema(empty))
    assert found.keys() == {"migration_pending"}
    program, *words = (found["migration_pending"].command or "").split()
    assert program == "messenger"
    assert CliRunner().invoke(main, words).exit_code == 0
    assert bad(database.schema(empty)) == {}
    files, checksum = migrate._files, migrate._checksum
    newest = max(files(migrate.MIGRATIONS))
    with monkeypatch.context() as patch:
        # An older version, which has no such file.
        patch.setattr(
            migrate, "_files", lambda d: {i: f for i, f in files(d).items() if i < newest}
        )
        for beside, wrong in ((True, set()), (False, {"migration_unknown"})):
            do(empty, f"update migration_checksums set beside = {beside}")
            assert bad(database.schema(empty)).keys() == wrong
    with monkeypatch.context() as patch:
        patch.setattr(migrate, "_checksum", lambda f: checksum(f) + "edited" * (f.stem == newest))
        assert bad(database.schema(empty)).keys() == {"migration_changed"}
    assert bad(database.schema(empty)) == {}


def test_tables_that_somebody_changed(dsn: str) -> None:
    do(dsn, "alter table users add column odd integer")
    assert "users.odd" in bad(database.schema(dsn))["schema"].values["difference"]
    do(dsn, "alter table users drop column odd")
    assert bad(database.schema(dsn)) == {}


def test_job_that_fails(
    dsn: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def ran(outcome: str) -> dict[str, Finding]:
        do(dsn, "insert into job_runs (job, started_at, ended_at, outcome, error) values"
                f" ('archive verify', now(), now(), '{outcome}', 'no room')")  # fmt: skip
        return bad(each for each in database.look(settings, dsn) if each.code == "job")

    found = ran("failed")["job"]
    program, *words = shlex.split(found.command or "")
    assert program == "messenger"
    for name, value in {"DATA_DIR": str(tmp_path), "DATABASE_URL": dsn, **KEYS}.items():
        monkeypatch.setenv(name, value)
    assert "no room" in CliRunner().invoke(main, words).output
    # Its next turn.
    assert ran("done") == {}


def test_embedded_server_that_does_not_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from messenger.cli.database import open_database

    environ = {"DATA_DIR": str(tmp_path), **KEYS}
    junk = tmp_path / "postgres" / "junk"
    junk.parent.mkdir()
    junk.touch()

    def codes() -> dict[str, Any]:
        report = examining.examine(environ, open_database, Asked())
        return {each.code: each for each in report.checks if each.area == "database"}

    assert "move it away" in codes()["postgres"].found
    junk.parent.rename(tmp_path / "away")
    assert codes().keys() == {"database_none"}
