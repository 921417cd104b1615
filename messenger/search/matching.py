"""Looks at a text: whether it has what a query wants, how well, and where.

The index gives candidates; what counts is the text as it stands now, so that nothing is found by
what an edit has taken away. Hundreds of texts are looked at for one answer: of each only the words
that have a wanted key are kept.
"""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

import msgspec

from messenger.search.expanding import Group, Option, Wanting
from messenger.search.vocabulary import IRREGULAR
from messenger.search.words import UNUSUAL, Part, composed, compounds, is_single, parts_of

Ranges = list[tuple[int, int]]

SAME: Final = 1.1
"""Times what a key is worth, where the word stands in the very form that was typed."""
OTHER: Final = 0.55
"""The same for a verb of what was typed as a noun, or the other way round: both have one stem."""
LETTERS: Final = frozenset("abcdefghijklmnopqrstuvwxyzабвгдежзийклмнопрстуфхцчшщъыьэюя")
_verbs_ending = re.compile(r"[аеиоуыюя]?(?:(?:л[аои]?|т|ть|ти|шь)(?:с[ья])?|с[ья])")


ADJACENT: Final = 0.5
"""With one word between at the most."""


class Match(msgspec.Struct, frozen=True):
    """`worth`: of the keys, 0..1.3. `near`: how close together they stand, 0..1. `part`: of the
    text's words, those that are wanted. `as_typed`: in the forms that were typed, and where they
    are several, side by side but for a word. The ranges are of the composed text.
    """

    worth: float
    near: float
    part: float
    ranges: Ranges
    as_typed: bool = False


Kept = tuple[tuple[int, Part], ...]
NOTHING: Final[tuple[int, Kept]] = (1, ())


class Words(dict[str, tuple[int, Kept]]):
    """What one query has to know of words, by how they are written: most are met again.

    How many words it is, and those that may be wanted with their places among them.
    """

    def __init__(self, keys: frozenset[str], *, whole: bool) -> None:
        super().__init__()
        self._keys = keys
        # Of a phrase all words count, whatever their keys.
        self._whole = whole
        # Stems begin as their words do: those that begin with these are not wanted.
        self._others = frozenset() if whole else LETTERS - {key[0] for key in keys}

    def __missing__(self, written: str) -> tuple[int, Kept]:
        is_other = _beginning(written) in self._others
        known = self[written] = NOTHING if is_other else self.read(written)
        return known

    def read(self, written: str) -> tuple[int, Kept]:
        parts = parts_of(written)
        kept = tuple(
            (place, (first, last, form, tuple(key for key in keys if key in self._keys)))
            for place, (first, last, form, keys) in enumerate(parts)
            if self._whole or not self._keys.isdisjoint(keys)
        )
        return (len(parts), kept) if kept or len(parts) != 1 else NOTHING


@lru_cache(16384)
def _beginning(written: str) -> str:
    """The first letter of the stem of a single word; nothing of what may have several keys."""
    lowered = written.lower().replace("ё", "е")
    return lowered[0] if is_single(written) and lowered not in IRREGULAR else ""


class Text:
    """What of a text may be wanted: by key and, where a phrase is, by form.

    `said`: the forms of the words that may be wanted, by place.
    """

    __slots__ = ("by_key", "count", "forms", "said", "spans")

    def __init__(self, text: str, words: Words) -> None:
        self.by_key: dict[str, list[int]] = {}
        self.spans: dict[int, tuple[int, int]] = {}
        self.forms: list[str] = []
        self.said: dict[int, str] = {}
        count = 0
        for compound in compounds(text):
            looked = words[compound[0]]
            if looked is NOTHING:
                count += 1
                continue
            start = compound.start()
            for place, (first, last, form, keys) in looked[1]:
                at = count + place
                self.forms.append(form)
                self.spans[at] = (start + first, start + last)
                for key in keys:
                    self.by_key.setdefault(key, []).append(at)
                    self.said[at] = form
            count += looked[0]
        self.count = count


class Matcher:
    """What a query wants."""

    def __init__(self, wanted: Sequence[Wanting]) -> None:
        self.wanted = wanted
        options = [option for wanting in wanted for option in wanting.options]
        keys = frozenset(key for option in options for group in option.groups for key in group)
        self._words = Words(keys, whole=any(option.phrase for option in options))
        # What a text must have, one of each list's phrases.
        self._needed = [
            [_side_by_side(option.phrase) for option in wanting.options]
            for wanting in wanted
            if not wanting.negated and all(option.phrase for option in wanting.options)
        ]

    def _may_have_phrases(self, text: str) -> bool:
        """Whether to look closer: few of the texts that have a phrase's words have the phrase."""
        if not self._needed:
            return True
        lowered = text.lower().replace("ё", "е")
        return UNUSUAL.search(lowered) is not None or all(
            any(phrase.search(lowered) for phrase in phrases) for phrases in self._needed
        )

    def match(self, text: str) -> Match | None:
        """None where the text has not all that is wanted, or something that is not."""
        text = composed(text)
        if not self._may_have_phrases(text):
            return None
        seen = Text(text, self._words)
        worths: list[float] = []
        places: list[list[int]] = []
        for wanting in self.wanted:
            looked = (_option(each, seen) for each in wanting.options)
            found = [each for each in looked if each is not None]
            if wanting.negated:
                if found:
                    return None
                continue
            if not found:
                return None
            worths.append(max(worth for worth, _ in found))
            places.append(sorted({place for _, all_ in found for place in all_}))
        hit = sorted({place for each in places for place in each})
        near = _nearness(places)
        return Match(
            worth=sum(worths) / len(worths) if worths else 0.0,
            near=near,
            as_typed=bool(worths) and min(worths) >= SAME and near >= ADJACENT,
            part=len(hit) / seen.count if seen.count else 0.0,
            ranges=_joined([seen.spans[place] for place in hit]),
        )


def _side_by_side(phrase: Sequence[str]) -> re.Pattern[str]:
    written = r"[\W_]+".join(map(re.escape, phrase))
    return re.compile(rf"(?<![^\W_]){written}(?![^\W_])")


def _option(option: Option, seen: Text) -> tuple[float, list[int]] | None:
    """What an option is worth in a text, and the words that are it."""
    if option.phrase:
        places = _phrases(option.phrase, seen.forms)
        return (1.3, places) if places else None
    worth, places = 0.0, []
    for group in option.groups:
        there = [key for key in group if key in seen.by_key]
        if not there:
            return None
        worth += max(_worths(option, group, there, seen))
        places += [place for key in there for place in seen.by_key[key]]
    return (worth / len(option.groups), places) if option.groups else None


def _worths(option: Option, group: Group, there: Sequence[str], seen: Text) -> Iterator[float]:
    for key in there:
        typed = option.typed.get(key)
        if typed is None:
            yield group[key]
        else:
            yield max(group[key] * likeness(key, typed, seen.said[at]) for at in seen.by_key[key])


def likeness(stem: str, typed: str, form: str) -> float:
    """How much a word is what was typed, when both have this stem."""
    if typed == form:
        return SAME
    return 1.0 if _is_verb(stem, typed) == _is_verb(stem, form) else OTHER


def _is_verb(stem: str, form: str) -> bool:
    """Whether it ends like one; what is irregular does not say."""
    return form.startswith(stem) and _verbs_ending.fullmatch(form, len(stem)) is not None


def _phrases(phrase: Sequence[str], forms: Sequence[str]) -> list[int]:
    found: list[int] = []
    wanted = list(phrase)
    for start in range(len(forms) - len(wanted) + 1):
        if forms[start] == wanted[0] and forms[start : start + len(wanted)] == wanted:
            found += range(start, start + len(wanted))
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
    """Without what overlaps: parts of one compound may be one range."""
    found: Ranges = []
    for start, end in ranges:
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found
