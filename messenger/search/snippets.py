"""Cuts what is shown out of a text: a piece around what matched, with its places."""

import re
from typing import Final

from messenger.model.search import Snippet
from messenger.search.matching import Ranges
from messenger.search.words import composed

LONGEST: Final = 240
BEFORE: Final = 60
"""Characters that are shown before the first match, about."""
MOST_RANGES: Final = 40
# What is two units in UTF-16.
_beyond = re.compile("[\U00010000-\U0010ffff]")


def snippet(text: str, ranges: Ranges, longest: int = LONGEST) -> Snippet:
    """A piece of a text around most of its matches. The ranges are of the composed text."""
    text = composed(text)
    start, end = _window(text, ranges, longest)
    before, after = "…" if start > 0 else "", "…" if end < len(text) else ""
    shift = len(before) - start
    inside = [
        (max(first, start) + shift, min(last, end) + shift)
        for first, last in ranges
        if first < end and last > start
    ]
    piece = before + text[start:end] + after
    return Snippet(piece, in_utf16(piece, inside[:MOST_RANGES]))


def _window(text: str, ranges: Ranges, longest: int) -> tuple[int, int]:
    first = _densest(ranges, longest - BEFORE)
    above = _line_above(text, first)
    if len(text) <= longest:
        return above, len(text)
    start = max(0, min(first - BEFORE, len(text) - longest))
    if start > 0:
        start = _after_blank(text, start, first)
    start = max(start, above)
    end = min(len(text), start + longest)
    if end < len(text):
        blank = max(text.rfind(" ", start + longest // 2, end), text.rfind("\n", start, end))
        end = blank if blank > first else end
    return start, end


def _line_above(text: str, place: int) -> int:
    """Where the line before the one of a place begins: a hit has room for two lines, or four."""
    end = text.rfind("\n", 0, place)
    return text.rfind("\n", 0, end) + 1 if end > 0 else 0


def _densest(ranges: Ranges, width: int) -> int:
    """Where the window with most matches begins."""
    best, most, last = 0, 0, 0
    for place, (start, _) in enumerate(ranges):
        while last < len(ranges) and ranges[last][1] <= start + width:
            last += 1
        if last - place > most:
            best, most = start, last - place
    return best if most else (ranges[0][0] if ranges else 0)


def _after_blank(text: str, start: int, before: int) -> int:
    blank = text.find(" ", start, before)
    return blank + 1 if blank >= 0 else start


def in_utf16(text: str, ranges: Ranges) -> Ranges:
    """Places of Python's characters as JavaScript counts them."""
    if not _beyond.search(text):
        return ranges
    units = [0]
    for each in text:
        units.append(units[-1] + (2 if each > "\uffff" else 1))
    return [(units[start], units[end]) for start, end in ranges]
