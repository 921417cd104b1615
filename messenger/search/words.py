"""Words of a text: where they stand, and under which keys the index has them.

A key is the stem of a word (Snowball's, Russian for Cyrillic letters, English for Latin ones), and
besides it what is written together: `123-45`, `sales@firma.ru`, `report.docx`, `getUserName`. One
text is read once, from its first character to its last.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Final, NamedTuple

from messenger.search.vocabulary import IRREGULAR, STEMS, STOP

LONGEST: Final = 64
"""Characters of a key; a longer word is found by its beginning."""
MOST: Final = 20_000
"""Words of one text that are indexed."""

_JOINTS: Final = r"[-\u2010-\u2015._@/+&'’:\\]"
# Accents on letters (`за́мок`) and what is not seen: where a word may be hyphenated, or not broken.
_SILENT: Final = r"[\u00ad\u0300-\u036f\u200b-\u200d\u2060]"
_LETTERS: Final = rf"[^\W_](?:{_SILENT}*[^\W_])*"
_compound = re.compile(rf"{_LETTERS}(?:(?:{_JOINTS}|_+){_LETTERS})*")
# The same where nothing is silent, as nearly everywhere: it takes half the time.
_audible = re.compile(rf"[^\W_]+(?:(?:{_JOINTS}|_++)[^\W_]++)*+")
_part = re.compile(_LETTERS)
_silent = re.compile(_SILENT)
# Humps of an identifier, and where letters and digits meet.
_hump = re.compile(r"[^\W\d_a-zа-яё]+(?![a-zа-яё])|[^\W\d_]?[a-zа-яё]+|\d+|[^\W\d_]+")
_hyphens = re.compile(r"[\u2010-\u2015]")
_cyrillic = re.compile(r"[а-я]")
_latin = re.compile(r"[a-z]+")
_plain = re.compile(r"[\x00-\x7fа-я]*")


UNUSUAL: Final = re.compile(rf"[^\x00-\x7fа-я\W]|{_SILENT}")
"""What in a lowered text without `ё` may make a word's form another than what stands there."""


class Word(NamedTuple):
    """One word: its place in the text, its form as compared in phrases, its keys."""

    start: int
    end: int
    form: str
    keys: tuple[str, ...]


def composed(text: str) -> str:
    """The text in which words have their places: letters and their marks are one character."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


Part = tuple[int, int, str, tuple[str, ...]]
"""Of what is written together: where it stands in it, its form, its keys."""


def words_of(text: str) -> Iterator[Word]:
    """The words of a composed text. What is written together comes part by part."""
    for start, parts in placed(text):
        for first, last, form, keys in parts:
            yield Word(start + first, start + last, form, keys)


def placed(text: str) -> Iterator[tuple[int, tuple[Part, ...]]]:
    """The same, compound by compound, with where each begins."""
    for compound in compounds(text):
        yield compound.start(), parts_of(compound[0])


def compounds(text: str) -> Iterator[re.Match[str]]:
    """What is written together in a composed text, one word or several."""
    return _written(text).finditer(text)


def _written(text: str) -> re.Pattern[str]:
    heard = text.isascii() or not _silent.search(text)
    return _audible if heard else _compound


def parts_of(written: str) -> tuple[Part, ...]:
    """The words of what is written together."""
    return (_parts if len(written) <= LONGEST else _apart)(written)


def _apart(written: str) -> tuple[Part, ...]:
    """What a compound consists of."""
    if is_single(written):
        return ((0, len(written), *read(written)),)
    whole = whole_key(written)
    found: list[Part] = []
    for part in _part.finditer(written):
        form, keys = read(part[0])
        more = tuple(key for hump in _humps(part[0]) for key in read(hump)[1])
        found.append((part.start(), part.end(), form, (*keys, *more, *whole)))
    return tuple(found)


_parts = lru_cache(8192)(_apart)


def keys_of(text: str) -> list[str]:
    """Every key of a text, each once, in their order."""
    text = composed(text)
    if len(text) <= MOST:
        # It cannot have too many words, and nobody asks where they stand.
        written = _written(text).findall(text)
        short = max(map(len, written), default=0) <= LONGEST
        read_all = map(_keys if short else _keys_apart, written)
        return list(dict.fromkeys(chain.from_iterable(read_all)))
    words = islice(words_of(text), MOST)
    return list(dict.fromkeys(key for word in words for key in word.keys))


def _keys_apart(written: str) -> tuple[str, ...]:
    """The keys of what is written together."""
    return tuple(key for *_, keys in _apart(written) for key in keys)


# Of what is short alone, as `_parts`: thousands of long ones would be many megabytes.
_keys = lru_cache(8192)(_keys_apart)


def whole_key(written: str) -> tuple[str, ...]:
    """The key of what is written together; none for a single word."""
    if _part.fullmatch(written):
        return ()
    form = normal(_hyphens.sub("-", written))
    return (form[:LONGEST],) if len(form) <= 2 * LONGEST else ()


@lru_cache(1024)
def read(written: str) -> tuple[str, tuple[str, ...]]:
    """A word's normal form and its keys: none for a stop word."""
    form = normal(written)
    return form, () if form in STOP else (stem(form),)


def normal(written: str) -> str:
    """Compatibility forms, case, `ё` and accents make no difference."""
    if written.isascii():
        return written.lower()
    form = unicodedata.normalize("NFKC", written).casefold().replace("ё", "е")
    return form if _plain.fullmatch(form) else _unaccented(form)


def _unaccented(form: str) -> str:
    """Without marks, but for the one that makes `й` of `и`, and without what is not seen."""
    kept = [
        each
        for each in unicodedata.normalize("NFD", form)
        if not unicodedata.combining(each) or each == "\u0306"
    ]
    form = unicodedata.normalize("NFC", "".join(kept))
    return form if _plain.fullmatch(form) else _silent.sub("", form)


def stem(form: str) -> str:
    """The key of a normal form."""
    form = IRREGULAR.get(form, form)
    if form in STEMS:
        return STEMS[form]
    if _cyrillic.search(form):
        form = str(_stemmers()[0].stemWord(form))
    elif _latin.fullmatch(form):
        form = str(_stemmers()[1].stemWord(form))
    return form[:LONGEST]


@lru_cache(1)
def _stemmers() -> tuple[Any, Any]:
    # Imported with the first message: a server at rest has none of it.
    import Stemmer

    # Without its cache, which takes three times as long to keep as a stem to make.
    return Stemmer.Stemmer("russian", 0), Stemmer.Stemmer("english", 0)


def is_single(written: str) -> bool:
    """Whether it is one word of letters alone, without humps."""
    return written.isalpha() and (written.islower() or written.isupper() or written[1:].islower())


def _humps(part: str) -> list[str]:
    """Parts of an identifier, or of letters and digits in a row; none where there is but one."""
    part = _silent.sub("", part)
    if part.islower() and part.isalpha():
        return []
    found = _hump.findall(part)
    return [each for each in found if len(each) > 1] if len(found) > 1 else []
