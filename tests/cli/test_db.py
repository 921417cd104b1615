from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from click.testing import Result

from messenger.cli import COMMANDS
from messenger.store.embedded import EmbeddedPostgres

Messenger = Callable[..., Result]


def test_database_is_migrated_and_taken_back(
    output_of: Callable[..., Any], messenger: Messenger, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    assert messenger("db", "status").stdout.startswith("pending  0001.")
    applied = output_of("db", "migrate")
    assert output_of("db", "migrate") == {"applied": []}
    assert output_of("db", "check") == {"differences": [], "beside": []}
    count = len(applied["applied"])
    taken_back = output_of("db", "rollback", "--count", str(count))
    assert taken_back == {"taken_back": applied["applied"][::-1]}


def test_difference_is_a_failure(
    messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    drop(dsn, "audit_cut")
    result = messenger("db", "check")
    assert result.exit_code == 1
    assert "Table audit_cut is missing." in result.stdout


def test_expected_failure_is_a_sentence(
    messenger: Messenger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:hunter2@127.0.0.1:1/x")
    result = messenger("db", "status")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The database does not answer")
    assert "hunter2" not in result.output


def test_malformed_setting_is_misuse(messenger: Messenger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "eighty")
    result = messenger("db", "status")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: PORT=eighty cannot be used")


@pytest.mark.parametrize("command", [["nonsense"], ["db", "nonsense"], ["db", "status", "extra"]])
def test_unknown_command_is_misuse(messenger: Messenger, command: list[str]) -> None:
    assert messenger(*command).exit_code == 2


def test_every_command_is_listed_and_can_be_asked_for_help(messenger: Messenger) -> None:
    listed = messenger("--help").stdout
    for name in COMMANDS:
        assert f"\n  {name} " in listed
        assert messenger(name, "--help").exit_code == 0


def test_rollback_is_refused_while_a_server_runs(messenger: Messenger, tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path, durable=False):
        result = messenger("db", "rollback")
        assert result.exit_code == 1
        assert "stop it" in result.stderr
        assert messenger("db", "status").exit_code == 0


def drop(dsn: str, table: str) -> None:
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"drop table {table}")
    connection.close()


def test_pending_migrations_are_rehearsed_on_a_copy(
    output_of: Callable[..., Any], messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    newest = output_of("db", "newest")["newest"]
    output_of("db", "rollback", "--count", "2")
    before = output_of("db", "status")
    seen = output_of("db", "rehearse")
    assert len(seen["applied"]) == 2
    assert seen["applied"][-1] == newest
    assert seen["taken_back"] == seen["applied"][::-1]
    assert (seen["differences"], seen["lost"]) == ([], [])
    assert output_of("db", "status") == before


def test_a_migration_that_fails_in_a_rehearsal_has_failed_for_nobody(
    messenger: Messenger, dsn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", dsn)
    assert messenger("db", "rollback", "--to", "0030.search").exit_code == 0
    stand_in_the_way(dsn)
    result = messenger("db", "rehearse")
    assert result.exit_code == 1
    assert "failed, and nothing of it was kept" in result.stderr


def test_an_empty_database_has_nothing_to_rehearse(
    messenger: Messenger, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)
    assert "nothing to rehearse" in messenger("db", "rehearse").stderr


def stand_in_the_way(dsn: str) -> None:
    """Have what 0031 adds be there already."""
    connection = psycopg2.connect(dsn)
    with connection, connection.cursor() as cursor:
        cursor.execute("alter table users add column searches text")
    connection.close()
