import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import pytest

from messenger.files import disk

CONTENT = os.urandom(1_000_000)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "content"
    path.write_bytes(CONTENT)
    return path


async def read(path: Path, start: int = 0, end: int = len(CONTENT)) -> bytes:
    pieces = [bytes(piece) async for piece in disk.read(path, start, end, lambda: 65_536)]
    assert max(map(len, pieces)) <= 65_536
    return b"".join(pieces)


def open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.mark.parametrize("code", [None, errno.EAGAIN, errno.EOPNOTSUPP, errno.EINVAL])
async def test_all_of_it_comes_whatever_is_in_memory(
    code: int | None, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = os.preadv, []

    def preadv(descriptor: int, buffers: Any, offset: int, flags: int = 0) -> int:
        calls.append(flags)
        if flags and code is not None and offset % 3:
            raise OSError(code, "not now")
        return real(descriptor, buffers, offset)

    monkeypatch.setattr(os, "preadv", preadv)
    before = open_files()
    assert await read(path) == CONTENT
    assert await read(path, 10, 999_999) == CONTENT[10:999_999]
    assert open_files() == before
    assert calls.count(disk.NOWAIT or 0) > 10


async def test_half_of_a_piece_in_memory_is_half_a_piece(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.preadv

    def preadv(descriptor: int, buffers: Any, offset: int, flags: int = 0) -> int:
        return real(descriptor, [buffers[0][: 1 + len(buffers[0]) // 2]], offset)

    monkeypatch.setattr(os, "preadv", preadv)
    assert await read(path) == CONTENT


async def test_what_is_open_stays_whole_though_it_is_removed(path: Path) -> None:
    pieces = disk.read(path, 0, len(CONTENT), lambda: 65_536)
    first = bytes(await anext(pieces))
    await asyncio.to_thread(path.unlink)
    assert first + b"".join([bytes(piece) async for piece in pieces]) == CONTENT


async def test_what_is_not_there_or_shorter_is_told(path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        await read(path.with_name("other"))
    with pytest.raises(ValueError, match="ends at 1000000"):
        await read(path, 0, len(CONTENT) + 1)


async def test_fault_of_the_disk_is_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def preadv(*_: Any) -> int:
        raise OSError(errno.EIO, "the disk is broken")

    monkeypatch.setattr(os, "preadv", preadv)
    before = open_files()
    with pytest.raises(OSError, match="broken"):
        await read(path)
    assert open_files() == before
