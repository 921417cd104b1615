"""Finds words in the text of a file, which may be a million characters long.

To read all of its words would take a tenth of a second. So a pattern of the keys' beginnings looks
for them in the lowered text, a piece at a time, and only what stands around the places is read as
words.
"""

import asyncio
import re
from collections.abc import Sequence
from typing import Final

from messenger.search.expanding import Option, Wanting
from messenger.search.matching import Match, Matcher
from messenger.search.words import composed

AROUND: Final = 400
"""Characters before and after a place that are read as words."""
LONGEST: Final = 1_000_000
PIECE: Final = 50_000
"""Characters that are searched in a row: more would keep others from their turn."""
OVERLAP: Final = 500
"""A phrase may go on in the next piece."""


async def match_contents(text: str, wanted: Sequence[Wanting]) -> tuple[str, Match] | None:
    """The piece of a text with what is wanted, and its match in that piece.

    Not all of it need stand in the piece. None where the text has not all, or what is unwanted.
    """
    text = composed(text[:LONGEST])
    lowered = text.lower().replace("ё", "е")
    places: list[int] = []
    for wanting in wanted:
        found = [await _place(each, lowered) for each in wanting.options]
        at = [place for place in found if place is not None]
        if wanting.negated:
            if at:
                return None
            continue
        if not at:
            return None
        places.append(min(at))
    if not places:
        return text[:AROUND], Match(0.0, 0.0, 0.0, [])
    first = max(0, min(places) - AROUND)
    piece = text[first : min(places) + AROUND]
    each = [Matcher([one]).match(piece) for one in wanted if not one.negated]
    ranges = sorted({place for found in each if found for place in found.ranges})
    worths = [found.worth for found in each if found]
    return piece, Match(sum(worths) / max(1, len(each)), 0.0, 0.0, ranges)


async def _place(option: Option, lowered: str) -> int | None:
    """Where the first of an option's words stands, if all of them are there."""
    if option.phrase:
        return await _first(r"(?<!\w)" + r"\W+".join(map(re.escape, option.phrase)), lowered)
    places = []
    for group in option.groups:
        starts = "|".join(sorted((re.escape(key) for key in group), key=len, reverse=True))
        found = await _first(rf"(?<![^\W_])(?:{starts})", lowered)
        if found is None:
            return None
        places.append(found)
    return min(places, default=None)


async def _first(pattern: str, text: str) -> int | None:
    compiled = re.compile(pattern)
    for start in range(0, max(1, len(text)), PIECE):
        await asyncio.sleep(0)
        found = compiled.search(text, start, start + PIECE + OVERLAP)
        if found is not None:
            return found.start()
    return None
