"""What the end of a ZIP says of it, looked at before anything is believed.

`zipfile` keeps an object for each entry, and the number that an archive claims to have binds
nobody: entries are counted here first, by their headers. It does not look for entries that share
their bytes either (a few megabytes become terabytes that way).
"""

import struct
from collections.abc import Iterable
from typing import BinaryIO, Final
from zipfile import ZipInfo

_END: Final = struct.Struct("<4s4H2LH")
_END_64: Final = struct.Struct("<4sQ2H2L4Q")
_LOCATOR_64: Final = struct.Struct("<4sLQL")
_HEADER: Final = struct.Struct("<4s24x3H12x")
_LOCAL: Final = struct.Struct("<4s22x2H")
_LONGEST_COMMENT: Final = 0xFFFF
HEADER_BYTES: Final = 1024
"""For each entry that is allowed, on the average: its name, twice, and what programs add."""


class Damaged(Exception):
    """The archive contradicts itself."""


class TooMany(Exception):
    """The archive has more entries than are allowed."""


def counted(file: BinaryIO, most: int) -> tuple[int, int]:
    """Where the central directory begins, in bytes, and how many entries it has.

    Raises Damaged, and TooMany when there are more than `most`.
    """
    start, size = _directory(file)
    if size > most * HEADER_BYTES:
        raise TooMany
    file.seek(start)
    headers = file.read(size)
    count = position = 0
    while position < size:
        if position + _HEADER.size > size:
            raise Damaged
        signature, *lengths = _HEADER.unpack_from(headers, position)
        if signature != b"PK\x01\x02":
            raise Damaged
        position += _HEADER.size + sum(lengths)
        count += 1
        if count > most:
            raise TooMany
    if position != size:
        raise Damaged
    return start, count


def _directory(file: BinaryIO) -> tuple[int, int]:
    """Start and size, found as `zipfile` finds them; where others could find another, Damaged."""
    length = file.seek(0, 2)
    tail_start = max(0, length - _END.size - _LONGEST_COMMENT)
    file.seek(tail_start)
    tail = file.read()
    found = tail.rfind(b"PK\x05\x06")
    if found < 0 or len(tail) - found < _END.size:
        raise Damaged
    *_, size, _, comment = _END.unpack_from(tail, found)
    if found + _END.size + comment != len(tail):
        raise Damaged
    end = tail_start + found
    locator = end - _LOCATOR_64.size
    if locator >= 0 and _read(file, locator, 4) == b"PK\x06\x07":
        end = locator - _END_64.size
        if end < 0:
            raise Damaged
        signature, *_, size, _ = _END_64.unpack(_read(file, end, _END_64.size))
        if signature != b"PK\x06\x06":
            raise Damaged
    if size > end:
        raise Damaged
    return end - size, size


def check_apart(file: BinaryIO, start: int, infos: Iterable[ZipInfo]) -> None:
    """Raise Damaged where two entries share bytes, or one reaches into the central directory."""
    free = 0
    for info in sorted(infos, key=lambda each: each.header_offset):
        if info.header_offset < free or info.header_offset + _LOCAL.size > start:
            raise Damaged
        signature, name, extra = _LOCAL.unpack(_read(file, info.header_offset, _LOCAL.size))
        if signature != b"PK\x03\x04":
            raise Damaged
        free = info.header_offset + _LOCAL.size + name + extra + info.compress_size
    if free > start:
        raise Damaged


def _read(file: BinaryIO, position: int, size: int) -> bytes:
    file.seek(position)
    return file.read(size)
