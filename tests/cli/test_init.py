import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from click.testing import Result

from messenger.store.db import Database
from messenger.store.rows import instance

Messenger = Callable[..., Result]
Output = Callable[..., Any]


@pytest.fixture(autouse=True)
def _database(messenger: Messenger, empty: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty)


def test_everything_is_made_once(output_of: Output, messenger: Messenger, tmp_path: Path) -> None:
    first = output_of("init")
    assert first["applied"]
    assert first["invitation"].startswith("http://127.0.0.1:8000/#/invite/")
    key = (tmp_path / "secret_key").read_bytes()
    again = output_of("init")
    assert again == {**first, "applied": []}
    assert (tmp_path / "secret_key").read_bytes() == key
    assert first["invitation"] in messenger("init").stdout


def test_files_it_names_are_there(output_of: Output) -> None:
    prepared = output_of("init")
    assert Path(prepared["unit"]).is_file()
    assert Path(prepared["caddyfile"]).is_file()


def test_nobody_is_invited_once_there_are_accounts(output_of: Output, messenger: Messenger) -> None:
    output_of("init")
    output_of("admin", "user", "add", "anna")
    assert output_of("init")["invitation"] is None
    assert "accounts already" in messenger("init").stdout


def test_restored_copy_has_another_epoch(output_of: Output, empty: str) -> None:
    output_of("init")
    first = asyncio.run(epoch(empty))
    output_of("init")
    assert asyncio.run(epoch(empty)) == first
    output_of("init", "--restored")
    second = asyncio.run(epoch(empty))
    assert second != first
    assert asyncio.run(epoch(empty)) == second


def test_epoch_stays_while_a_server_goes_by_it(
    output_of: Output, messenger: Messenger, empty: str
) -> None:
    output_of("init")
    serving = psycopg2.connect(empty)
    try:
        with serving.cursor() as cursor:
            cursor.execute("select pg_advisory_lock(%s)", (instance.SERVING,))
        result = messenger("init", "--restored")
        assert result.exit_code == 1
        assert "stop it first" in result.stderr
    finally:
        serving.close()


async def epoch(dsn: str) -> int:
    """What a server that starts now tells its clients."""
    database = Database(dsn, size=1)
    await database.open()
    try:
        return await instance.epoch(database)
    finally:
        await database.close()
