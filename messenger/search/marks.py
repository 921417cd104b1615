"""What filters ask for, beside the characters of words: one scan of one index answers both.

A mark is a letter and a number, longer than the character of any word. The marks of an entry's
chat and of its time are made by the index itself, of its columns (`migrations`): they take no room.
"""

import zlib
from datetime import date, datetime
from enum import IntEnum, StrEnum
from typing import Final

SLICE_SECONDS: Final = 4 * 3600
"""So long is the time that has one mark: what is newest is looked for slice by slice."""


class Kind(StrEnum):
    SLICE = "t"
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


def number_of_slice(at: datetime) -> int:
    return int(at.timestamp()) // SLICE_SECONDS


def due(day: date) -> str:
    return mark(Kind.DUE, day.toordinal())


def label(name: str) -> str:
    return mark(Kind.LABEL, zlib.crc32(name.strip().casefold().replace("ё", "е").encode()))
