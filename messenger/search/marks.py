"""What filters ask for, beside the characters of words: one scan of one index answers both.

A mark is a letter and a number, longer than the character of any word. The marks of an entry's
chat and of its time are made by the index itself, of its columns (`migrations`): they take no room.
"""

import zlib
from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import Final

SLICE_SECONDS: Final = 4 * 3600
"""So long is the time that has one mark: what is newest is looked for slice by slice."""
WIDER: Final = 8
"""Slices of one width that are one of the next; so many marks tell any span of time, about."""


class Kind(StrEnum):
    SLICE = "t"
    WIDE_SLICE = "u"
    WIDEST_SLICE = "v"
    CHAT = "c"
    FLAG = "f"
    ASSIGNEE = "a"
    DUE = "d"
    LABEL = "l"


class Flag(IntEnum):
    """What an entry is, has or stands at."""

    TASK = 1
    FILE = 2
    PERSON = 3
    CHAT = 4
    COMMENT = 5
    HAS_FILE = 10
    HAS_IMAGE = 11
    HAS_LINK = 12
    HAS_TASK = 13
    PINNED = 20
    OPEN = 21
    DONE = 22
    NEVER_DUE = 23


def mark(kind: Kind, number: int) -> str:
    return f"{kind}{number}"


def flag(which: Flag) -> str:
    return f"{Kind.FLAG}{which:d}"


WIDTHS: Final = (Kind.SLICE, Kind.WIDE_SLICE, Kind.WIDEST_SLICE)
MOST_SLICES: Final[int] = WIDER ** len(WIDTHS)
"""Slices that `slices` tells: 85 days."""


def slices(upto: datetime, count: int) -> tuple[list[str], datetime]:
    """Marks of so many slices of time, and a few more, up to a moment; and where they begin.

    The wider the fewer: for each mark the index has a list that is read beside all the others.
    """
    width = 0
    while count > WIDER ** (width + 1) and width + 1 < len(WIDTHS):
        width += 1
    last = int(upto.timestamp()) // SLICE_SECONDS
    wide = WIDER**width
    found = range((last - count + 1) // wide, last // wide + 1)
    begins = datetime.fromtimestamp(found[0] * wide * SLICE_SECONDS, UTC)
    return [mark(WIDTHS[width], each) for each in found], begins


def due(day: date) -> str:
    return mark(Kind.DUE, day.toordinal())


def label(name: str) -> str:
    return mark(Kind.LABEL, zlib.crc32(name.strip().casefold().replace("ё", "е").encode()))
