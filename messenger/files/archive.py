"""A ZIP that came from outside, entry by entry, under limits; nothing is written here.

The standard library's `zipfile` reads it. Of what else is kept, libarchive is a system's library,
`stream-unzip` believes the headers between the contents instead of the directory, and both refuse
the archive where only an entry is wrong. What `zipfile` leaves to its user is done here and in
`directory`: the bounds, and the names. `extractall` is never called, and a ZIP within a ZIP is a
file like any other, never opened. Blocks: to be run in a thread.
"""

import stat
import unicodedata
import zipfile
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Final

from messenger.files import names
from messenger.files.directory import Damaged, TooMany, check_apart, counted
from messenger.files.refusals import ArchiveRefused, EntryRefused, Limits, Reason, Refused

CHUNK: Final = 256 * 1024
"""Bytes read at once."""
SMALL: Final = 1024 * 1024
"""Bytes below which no entry is a bomb, however well it was packed."""
FOLDERS: Final = 1000
"""Names that are kept in mind while an archive is read."""
LONGEST_PART: Final = 255
"""Characters in the name of a file or folder; more than file systems have."""
LONGEST_PATH: Final = 1000
"""Characters in all of them: each is looked at several times."""


class Entry:
    """A file in the archive: its folders and its name, for display, and its size in bytes."""

    def __init__(
        self, archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: tuple[str, ...]
    ) -> None:
        self._archive = archive
        self._info = info
        *folders, self.name = path
        self.folders = tuple(folders)
        self.size = info.file_size

    def __repr__(self) -> str:
        return f"<Entry {self.path!r} of {self.size} bytes>"

    @property
    def path(self) -> str:
        return "/".join((*self.folders, self.name))

    def chunks(self) -> Iterator[bytes]:
        """The content. Raises EntryRefused where it ends too early, or its checksum is wrong."""
        read = 0
        try:
            with self._archive.open(self._info) as stream:
                while chunk := stream.read(CHUNK):
                    read += len(chunk)
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, ValueError) as error:
            raise EntryRefused("damaged") from error
        if read != self.size:
            raise EntryRefused("damaged")


def number_of(path: Path, limits: Limits) -> int:
    """How many entries an archive has, folders and all; raises ArchiveRefused."""
    with path.open("rb") as file, _refusing():
        return counted(file, limits.entries)[1]


def entries(path: Path, limits: Limits) -> Generator[Entry | Refused, None, None]:
    """What is in the archive at `path`, in its order, folders and what macOS adds left out.

    Each entry is read before the next one is asked for. Raises ArchiveRefused before the first.
    """
    with path.open("rb") as file:
        with _refusing():
            start, count = counted(file, limits.entries)
            archive = zipfile.ZipFile(file)
            if (archive.start_dir, len(archive.filelist)) != (start, count):
                raise Damaged
            check_apart(file, start, archive.filelist)
        if sum(info.file_size for info in archive.filelist) > limits.unpacked:
            raise ArchiveRefused("too_large")
        with archive:
            yield from _sorted_out(archive, limits)


@contextmanager
def _refusing() -> Iterator[None]:
    """Say in our terms that an archive is not taken."""
    try:
        yield
    except TooMany as error:
        raise ArchiveRefused("too_many") from error
    except (Damaged, zipfile.BadZipFile, UnicodeDecodeError, NotImplementedError) as error:
        raise ArchiveRefused("damaged") from error


def _sorted_out(archive: zipfile.ZipFile, limits: Limits) -> Iterator[Entry | Refused]:
    taken: set[str] = set()
    # Most entries lie in a few folders.
    display_name = lru_cache(FOLDERS)(names.display_name)
    for info, name in zip(archive.filelist, _names(archive.filelist), strict=True):
        path = _parts(name)
        if name.endswith("/") or path[:1] == ["__MACOSX"] or path[-1:] == [".DS_Store"]:
            continue
        reason = _refusal(info, name, path, limits)
        same = "/".join(path).casefold()
        if reason is None and same in taken:
            reason = "duplicate"
        if reason is None:
            taken.add(same)
            yield Entry(archive, info, tuple(map(display_name, path)))
        else:
            yield Refused(_shown(name), reason)


def _refusal(info: zipfile.ZipInfo, name: str, path: list[str], limits: Limits) -> Reason | None:
    checks: tuple[tuple[bool, Reason], ...] = (
        (not _is_plain(name, path), "path"),
        (stat.S_IFMT(info.external_attr >> 16) not in (0, stat.S_IFREG), "link"),
        (bool(info.flag_bits & 0x2041), "encrypted"),  # the content, strongly, the directory too
        (info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED), "method"),
        (len(path) > limits.depth + 1, "too_deep"),
        (info.file_size > limits.entry, "too_large"),
        (info.file_size > max(SMALL, limits.ratio * info.compress_size), "ratio"),
    )
    return next((reason for applies, reason in checks if applies), None)


# Names


def _names(infos: list[zipfile.ZipInfo]) -> list[str]:
    """In UTF-8 where an entry says so; the others in what all of them look like together."""
    flagged = [_flagged(info) for info in infos]
    raw = [_raw(info) for info in infos]
    encoding = names.encoding_of(
        each for each, name in zip(raw, flagged, strict=True) if name is None and not each.isascii()
    )
    found = (
        each.decode(encoding, "replace") if name is None else name
        for each, name in zip(raw, flagged, strict=True)
    )
    return [unicodedata.normalize("NFC", name) for name in found]


def _raw(info: zipfile.ZipInfo) -> bytes:
    """The name's bytes: what is not flagged as UTF-8 is decoded as cp437, which loses nothing."""
    return info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437")


def _flagged(info: zipfile.ZipInfo) -> str | None:
    """The name by the UTF-8 flag, or by the extra field 0x7075 where that is for this very name."""
    if info.flag_bits & 0x800:
        return info.orig_filename
    extra = info.extra
    while len(extra) >= 4:
        kind, size = (int.from_bytes(extra[at : at + 2], "little") for at in (0, 2))
        field, extra = extra[4 : 4 + size], extra[4 + size :]
        if kind == 0x7075 and field[:1] == b"\x01":
            if int.from_bytes(field[1:5], "little") != zlib.crc32(_raw(info)):
                return None
            return field[5:].decode(errors="replace")
    return None


def _parts(name: str) -> list[str]:
    return [part for part in name.split("/") if part not in ("", ".")]


def _is_plain(name: str, path: list[str]) -> bool:
    """Whether a name cannot be read as anything but a path below where it is."""
    return (
        bool(path)
        and ".." not in path
        and not name.startswith("/")
        and not (name[1:2] == ":" and name[0].isalpha())
        and not any(char == "\\" or unicodedata.category(char) == "Cc" for char in name)
        and len(name) <= LONGEST_PATH
        and all(len(part) <= LONGEST_PART for part in path)
    )


def _shown(name: str) -> str:
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)[
        :LONGEST_PART
    ]
