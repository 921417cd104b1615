"""What is rarely asked for comes back as it was put there, also where there is no disk."""

import errno
import gc
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest

from messenger.http.plumbing.shelf import Shelf

CONTENTS = [b"one", b"", os.urandom(100_000), b"four"]


def test_everything_comes_back_in_any_order_and_as_often_as_it_is_asked_for() -> None:
    shelf = Shelf()
    kept = [shelf.put(content) for content in CONTENTS]
    for _ in range(2):
        assert [each() for each in reversed(kept)] == CONTENTS[::-1]
    kept.append(shelf.put(b"five"))
    assert [each() for each in kept] == [*CONTENTS, b"five"]


def test_without_a_place_for_it_it_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> Any:
        raise FileNotFoundError(errno.ENOENT, "no usable temporary directory")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    shelf = Shelf()
    assert [shelf.put(content)() for content in CONTENTS] == CONTENTS
    assert repr(shelf) == "<Shelf in memory>"


def test_what_a_full_disk_does_not_take_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    # Every write to it fails, for want of room.
    full = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
    shelf = Shelf()
    assert [shelf.put(content)() for content in CONTENTS] == CONTENTS


def test_the_file_is_there_as_long_as_anything_is_on_it() -> None:
    kept = Shelf().put(b"one")
    gc.collect()
    assert kept() == b"one"
    file = kept.args[0]  # type: ignore[attr-defined]
    del kept
    gc.collect()
    assert file.closed
