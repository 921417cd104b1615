"""Looks at a text: whether it has what a query wants, how well, and where.

The index gives candidates; what counts is the text as it stands now, so that nothing is found by
what an edit has taken away.
"""

from collections.abc import Sequence
from itertools import pairwise

import msgspec

from messenger.search.expanding import Option, Wanting
from messenger.search.words import Word, composed, words_of

Ranges = list[tuple[int, int]]


class Match(msgspec.Struct, frozen=True):
    """`worth`: of the keys, 0..1.3. `near`: how close together they stand, 0..1."""

    worth: float
    near: float
    part: float
    ranges: Ranges


def match(text: str, wanted: Sequence[Wanting]) -> Match | None:
    """None where the text has not all that is wanted, or something that is not. The ranges are
    of the composed text.
    """
    words = list(words_of(composed(text)))
    by_key: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        for key in word.keys:
            by_key.setdefault(key, []).append(place)
    worths: list[float] = []
    places: list[list[int]] = []
    for wanting in wanted:
        found = [
            each for each in (_option(each, words, by_key) for each in wanting.options) if each
        ]
        if wanting.negated:
            if found:
                return None
            continue
        if not found:
            return None
        worths.append(max(worth for worth, _ in found))
        places.append(sorted({place for _, all_ in found for place in all_}))
    hit = sorted({place for each in places for place in each})
    return Match(
        worth=sum(worths) / len(worths) if worths else 0.0,
        near=_nearness(places),
        part=len(hit) / len(words) if words else 0.0,
        ranges=_joined([(words[place].start, words[place].end) for place in hit]),
    )


def _option(
    option: Option, words: Sequence[Word], by_key: dict[str, list[int]]
) -> tuple[float, list[int]] | None:
    """What an option is worth in a text, and the words that are it."""
    if option.phrase:
        places = _phrases(option.phrase, words)
        return (1.3, places) if places else None
    worth, places = 0.0, []
    for group in option.groups:
        there = [key for key in group if key in by_key]
        if not there:
            return None
        worth += max(group[key] for key in there)
        places += [place for key in there for place in by_key[key]]
    return (worth / len(option.groups), places) if option.groups else None


def _phrases(phrase: Sequence[str], words: Sequence[Word]) -> list[int]:
    found: list[int] = []
    for start in range(len(words) - len(phrase) + 1):
        if all(words[start + i].form == form for i, form in enumerate(phrase)):
            found += range(start, start + len(phrase))
    return found


def _nearness(places: Sequence[Sequence[int]]) -> float:
    """1 where the clauses' words follow one another in their order, less the more is between."""
    if len(places) < 2:
        return 1.0 if places else 0.0
    total = 0.0
    for first, second in pairwise(places):
        # Both are sorted: one walk over the two.
        best, j = 1e9, 0
        for place in first:
            while j < len(second) and second[j] < place:
                j += 1
            if j < len(second) and second[j] != place:
                best = min(best, second[j] - place)
            if j > 0:
                best = min(best, place - second[j - 1] + 0.5)
        total += 1.0 / max(1.0, best)
    return total / (len(places) - 1)


def _joined(ranges: Ranges) -> Ranges:
    """Without what touches or overlaps: parts of one compound are one range."""
    found: Ranges = []
    for start, end in ranges:
        if found and start <= found[-1][1] + 1 and start - found[-1][1] <= 0:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
