"""`files` beside no server: checked, swept and moved."""

import asyncio
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from messenger.store.db import Database
from messenger.store.rows import blobs
from tests.bucket import new_bucket
from tests.cli.conftest import Messenger

SHA256 = bytes.fromhex("2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
"""Of `hello`."""


@pytest.fixture
def content(
    messenger: Messenger, dsn: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """A content on the disk, and its row."""
    monkeypatch.setenv("DATABASE_URL", dsn)
    path = tmp_path / "files" / "contents" / SHA256.hex()[:2] / SHA256.hex()
    path.parent.mkdir(parents=True)
    path.write_bytes(b"hello")

    async def claim() -> None:
        database = Database(dsn, size=1)
        await database.open()
        await blobs.claim(database, SHA256, 5, "disk", datetime(2020, 1, 1, tzinfo=UTC))
        await database.close()

    asyncio.run(claim())
    return path


def test_whole_content_is_no_fault(content: Path, output_of: Callable[..., Any]) -> None:
    found = output_of("files", "check")
    assert found == {"whole": 1, "missing": [], "damaged": [], "strays": []}


def test_damage_is_a_failure(content: Path, messenger: Messenger) -> None:
    content.write_bytes(b"hullo")
    result = messenger("files", "check")
    assert result.exit_code == 1
    assert f"damaged  {SHA256.hex()}" in result.stdout


def test_content_of_an_upload_that_did_not_end_is_not_missed(
    content: Path, output_of: Callable[..., Any], s3: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its row is there before it is."""
    content.unlink()
    found = output_of("files", "check")
    assert found == {"whole": 0, "missing": [], "damaged": [], "strays": []}
    for name, value in new_bucket(s3).items():
        monkeypatch.setenv(name, value)
    assert output_of("files", "move", "--to", os.environ["S3_URL"]) == {"moved": 0, "left": []}


def test_what_nothing_refers_to_is_swept(content: Path, output_of: Callable[..., Any]) -> None:
    assert output_of("files", "sweep") == {"files": 0, "contents": 1, "strays": 0}
    assert not content.exists()


def test_contents_move_into_a_bucket_and_back(
    content: Path, output_of: Callable[..., Any], messenger: Messenger, s3: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    assert messenger("files", "move", "--to", "s3://elsewhere").exit_code == 2
    for name, value in new_bucket(s3).items():
        monkeypatch.setenv(name, value)
    moved = output_of("files", "move", "--to", os.environ["S3_URL"])
    assert (moved, content.exists()) == ({"moved": 1, "left": []}, False)
    assert output_of("files", "check")["whole"] == 1
    assert output_of("files", "move", "--to", "disk") == {"moved": 1, "left": []}
    assert content.read_bytes() == b"hello"
