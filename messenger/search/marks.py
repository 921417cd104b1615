"""What filters ask for, as numbers in the same array as the words': one scan answers both.

A mark is a kind and a number below 2^28, negative, so that no word has it. Larger numbers share
marks: a mark narrows, the row itself decides.
"""

import zlib
from datetime import date, datetime
from enum import IntEnum
from typing import Final

SLICE_SECONDS: Final = 4 * 3600
"""So long is the time that has one mark: what is newest is looked for slice by slice."""
BITS: Final = 28


class Kind(IntEnum):
    SLICE = 0
    CHAT = 1
    SENDER = 2
    FLAG = 3
    ASSIGNEE = 4
    DUE = 5
    LABEL = 6


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


def mark(kind: Kind, number: int) -> int:
    return -(((number & ((1 << BITS) - 1)) << 3) | kind) - 1


def flag(which: Flag) -> int:
    return mark(Kind.FLAG, which)


def time_slice(at: datetime) -> int:
    """The mark of the slice of time that a moment lies in."""
    return mark(Kind.SLICE, number_of_slice(at))


def number_of_slice(at: datetime) -> int:
    return int(at.timestamp()) // SLICE_SECONDS


def due(day: date) -> int:
    return mark(Kind.DUE, day.toordinal())


def label(name: str) -> int:
    return mark(Kind.LABEL, zlib.crc32(name.strip().casefold().replace("ё", "е").encode()))
