"""`--version` tells which program this is, and which schema it needs."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from messenger import shipped
from messenger.store.schema.migrate import newest

Messenger = Callable[..., Result]


def test_version_tells_commit_and_schema(messenger: Messenger) -> None:
    said = messenger("--version").stdout
    assert re.fullmatch(r"messenger \d+\.\d+\.\d+ \(commit \w+\+?, schema \d{4}\.\w+\)\n", said)
    assert newest() in said


def test_what_was_written_at_the_build_is_believed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shipped, "PACKAGE", tmp_path)
    for written, told in (("a" * 40, "a" * 40), ("b" * 40 + "+", "b" * 40 + "+"), ("", None)):
        (shipped.PACKAGE / "commit.txt").write_text(f"{written}\n")
        assert shipped.commit() == told


def test_without_git_the_commit_is_unknown(tmp_path: Path) -> None:
    assert shipped.commit_of(tmp_path) is None
