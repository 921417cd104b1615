"""What an upload in parts has on the disk: how it was announced, what has come, what became of it.

Three files under its id: `.json`, which is there for as long as the upload is, `.part` and `.done`.
Blocks: to be run in a thread.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from messenger.files.refusals import Refused
from messenger.model import FileAbout

T = TypeVar("T")


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """One upload as it was announced; `key` makes the file's id, and those of an archive's."""

    id: str
    key: str
    user_id: int
    chat_id: int
    name: str
    size: int
    unpack: bool = False
    about: FileAbout = FileAbout()


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an archive: its files by id, the archive itself too if it was to be kept."""

    files: list[str]
    refused: list[Refused]
    original: str | None = None


class Parts:
    """The folder of them all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)

    def __repr__(self) -> str:
        return f"<Parts in {self.folder}>"

    def path(self, id: str) -> Path:
        """Where what has come is; removed once it is a file."""
        return self.folder / f"{id}.part"

    def begin(self, upload: Upload) -> None:
        _write(self._about(upload.id), upload)
        self.path(upload.id).touch(0o600)

    def find(self, id: str) -> Upload | None:
        return _read(self._about(id), Upload)

    def unfinished(self, user_id: int) -> list[Upload]:
        return [
            upload
            for upload in self.all()
            if upload.user_id == user_id and self.path(upload.id).exists()
        ]

    def all(self) -> list[Upload]:
        found = (_read(path, Upload) for path in self.folder.glob("*.json"))
        return [upload for upload in found if upload is not None]

    def append(self, id: str, chunk: bytes) -> None:
        # A server that was killed while it took the part for its file has left none.
        descriptor = os.open(self.path(id), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            view = memoryview(chunk)
            while view:
                view = view[os.write(descriptor, view) :]
        finally:
            os.close(descriptor)

    def close(self, id: str, outcome: Outcome | None = None) -> None:
        """Write down what became of it, and let go of what has come."""
        if outcome is not None:
            _write(self._done(id), outcome)
        self.path(id).unlink(missing_ok=True)

    def outcome(self, id: str) -> Outcome | None:
        return _read(self._done(id), Outcome)

    def changed(self, id: str) -> datetime | None:
        """When more of it came last; None where there is none of it."""
        for path in (self.path(id), self._done(id), self._about(id)):
            with suppress(FileNotFoundError):
                return _changed(path)
        return None

    def forget(self, id: str) -> None:
        for path in (self.path(id), self._done(id), self._about(id)):
            path.unlink(missing_ok=True)

    def clear(self, before: datetime) -> None:
        """Remove what a killed server left without its description."""
        for path in self.folder.iterdir():
            if path.suffix == ".json" or self._about(path.name.partition(".")[0]).exists():
                continue
            with suppress(FileNotFoundError):
                if _changed(path) <= before:
                    path.unlink()

    def _about(self, id: str) -> Path:
        return self.folder / f"{id}.json"

    def _done(self, id: str) -> Path:
        return self.folder / f"{id}.done"


def _changed(path: Path) -> datetime:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _write(path: Path, what: Upload | Outcome) -> None:
    """All of it or nothing, through a power cut too."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as file:
        file.write(msgspec.json.encode(what))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def _read(path: Path, kind: type[T]) -> T | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except FileNotFoundError:
        return None
