"""What a file is called: a name for people to read, never a path. Pure.

Names come from programs that write them in cp866 or cp1251, and from others that have read such
bytes, or UTF-8, as something else. Both are mended where the outcome is plainly Russian.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from messenger.rules.visible import has_visible

LONGEST: Final = 150
"""Characters. In UTF-8 a name of Cyrillic letters then has 300 bytes, which browsers shorten."""
EXTENSION: Final = 12
"""Characters after the last dot that are kept when a name is shortened."""
NAMELESS: Final = "file"
ENCODINGS: Final = ("utf-8", "cp866", "cp1251")
MISREAD: Final = (
    ("cp1252", "utf-8"),
    ("latin-1", "utf-8"),
    ("cp1251", "utf-8"),
    ("cp437", "cp866"),
    ("cp1251", "cp866"),
    ("cp1252", "cp1251"),
    ("latin-1", "cp1251"),
    ("cp866", "cp1251"),
)
"""What names are read as, and what they were written in."""
PLAIN: Final = 0.85
"""How Russian a text must look before a name is changed into it; 1 is all of it."""
FEWEST: Final = 3
"""Letters beyond ASCII below which nothing can be told."""

_separators = re.compile(r"[/\\]+")
_space = re.compile(r"\s+")
_BIDI: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


def display_name(given: str) -> str:
    """The last part of a path, in NFC, without control and direction characters, shortened.

    Bytes that were no UTF-8 come as lone surrogates (PEP 383). Never empty.
    """
    text = unicodedata.normalize("NFC", mended(decoded(given)))
    name = "".join(" " if _breaks(char) else char for char in text if not _is_hidden(char))
    name = _separators.split(name.rstrip("/\\ "))[-1]
    name = _space.sub(" ", name).strip().rstrip(". ")
    return shortened(name) if has_visible(name) else NAMELESS


def shortened(name: str) -> str:
    """Cut out of the middle: the extension says what it is."""
    if len(name) <= LONGEST:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > EXTENSION:
        return name[:LONGEST].rstrip()
    return stem[: LONGEST - len(extension) - 1].rstrip() + dot + extension


def _breaks(char: str) -> bool:
    return char in "\t\n\r\x0b\x0c\x85\u2028\u2029"


def _is_hidden(char: str) -> bool:
    return char in _BIDI or (unicodedata.category(char) in ("Cc", "Cs") and not _breaks(char))


# Encodings


def decoded(given: str) -> str:
    """Read a name that has bytes in it by what they look like."""
    if given.isascii() or not any("\udc80" <= char <= "\udcff" for char in given):
        return given
    raw = given.encode("utf-8", "surrogateescape")
    return raw.decode(encoding_of([raw]), "replace")


def encoding_of(names: Iterable[bytes]) -> str:
    """What all of these were written in: `utf-8`, `cp866` or `cp1251`."""
    joined = b"\n".join(names)
    try:
        joined.decode()
    except UnicodeDecodeError:
        read = {each: joined.decode(each, "replace") for each in ENCODINGS[1:]}
        return max(read, key=lambda each: russian(read[each]))
    return "utf-8"


def mended(name: str) -> str:
    """Undo one wrong reading, where that makes a plainly Russian name of one that is none."""
    if name.isascii() or sum(not char.isascii() for char in name) < FEWEST:
        return name
    best, most = name, max(PLAIN, russian(name) + 0.2)
    for read_as, written_in in MISREAD:
        try:
            candidate = name.encode(read_as).decode(written_in)
        except UnicodeError:
            continue
        score = russian(candidate)
        if score >= most and candidate != best:
            best, most = candidate, score + 0.01
    return best


def russian(text: str) -> float:
    """How Russian the part of a text beyond ASCII looks, between -1 and 1; 0 where there is none.

    A capital within a word, a Latin letter beside a Cyrillic one, a sign that is no letter: all
    of these are rare in names, and common in names that were read wrong.
    """
    total, count = 0.0, 0
    for before, char, after in zip(" " + text, text, text[1:] + " ", strict=False):
        if char.isascii():
            continue
        count += 1
        if not ("а" <= char.lower() <= "я" or char in "ёЁ"):
            total -= 0 if char in "№«»–—" else 1
        elif _is_latin(before) or _is_latin(after) or (char.isupper() and before.islower()):
            total -= 1
        else:
            total += 0.8 if char.lower() in "ёщъфэ" else 1
    return total / count if count else 0.0


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalpha()
