"""What a word may have been meant to be: the other keyboard layout, other letters, a relative.

Only proposals: what counts is which of them the index has.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

_LATIN: Final = "`qwertyuiop[]asdfghjkl;'zxcvbnm,.~QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>"
_RUSSIAN: Final = "ёйцукенгшщзхъфывапролджэячсмитьбюЁЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮ"
_TO_RUSSIAN: Final = str.maketrans(_LATIN, _RUSSIAN)
_TO_LATIN: Final = str.maketrans(_RUSSIAN, _LATIN)

# Longer ones first. What has several readings is tried in each, up to `READINGS`.
_LETTERS: Final = {
    "shch": "щ", "sch": "щ|сч", "iya": "ия", "ia": "ия", "ij": "ий", "zh": "ж",
    "kh": "х", "ts": "ц", "ch": "ч", "sh": "ш", "yu": "ю",
    "ju": "ю", "ya": "я", "ja": "я", "yo": "е", "jo": "е", "ye": "е", "je": "е", "ph": "ф",
    "iy": "ий", "yy": "ый", "ks": "кс", "x": "кс", "a": "а", "b": "б", "c": "ц|к", "d": "д",
    "e": "е|э", "f": "ф", "g": "г", "h": "х|г", "i": "и", "j": "й|ж|дж", "k": "к", "l": "л",
    "m": "м", "n": "н", "o": "о", "p": "п", "q": "к", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в", "w": "в", "y": "ы|й|и", "z": "з", "'": "ь",
}  # fmt: skip
_letter = re.compile("|".join(_LETTERS))
READINGS: Final = 24
_ROMAN: Final = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ж": "zh", "з": "z", "и": "i",
    "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "sch",
    "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip

_verb = re.compile(
    r"(?<=...)(?:овыва|евыва|ован|еван|ова|ева|ыва|ива|ени|ани|ен|ан|и|а|я|е)$|(?<=.....)(?:ет|ит)$"
)
_small = re.compile(r"(?<=...)(?:очек|ечек|очк|ечк|еньк|оньк|чик|ик|ок|ек|ушк|юшк|к|ов|ев|ин)$")
_perfective = re.compile(r"^(?:по(?!д)(?=....)|на(?!д)(?=...)|с(?=дел))")
_by = re.compile(r"^по(?!д)(?=....)")


def other_layout(typed: str) -> str | None:
    """The same keys in the other layout; None where it would be the same."""
    latin = sum(each.isascii() and each.isalpha() for each in typed)
    russian = sum("а" <= each <= "я" or each == "ё" for each in typed.lower())
    if latin and russian:
        return None
    found = typed.translate(_TO_LATIN if russian else _TO_RUSSIAN)
    return found if found != typed else None


def in_other_letters(form: str) -> list[str]:
    """A Latin word in Cyrillic letters, or the other way round; the likeliest first."""
    if form.isascii():
        return _in_cyrillic(form) if form.isalpha() else []
    return ["".join(_ROMAN.get(each, each) for each in form)]


def _in_cyrillic(form: str) -> list[str]:
    parts, at = [], 0
    while at < len(form):
        match = _letter.match(form, at)
        if match is None:
            return []
        parts.append(_LETTERS[match[0]].split("|"))
        at = match.end()
    return list(_readings(parts))


def _readings(parts: list[list[str]]) -> Iterator[str]:
    while _count(parts) > READINGS:
        # The last letters keep their readings: endings are what differs most.
        next(part for part in parts if len(part) > 1)[1:] = []
    for letters in product(*parts):
        yield "".join(letters)


def _count(parts: list[list[str]]) -> int:
    count = 1
    for part in parts:
        count *= len(part)
    return count


@lru_cache(8192)
def root(stem: str) -> str:
    """What relatives of a Russian stem share: aspects, diminutives, nouns of verbs.

    `проверя`, `проверк` → `провер`; `согласовыва`, `согласован` → `соглас`; `файлик` → `файл`.
    Other words are their own root.
    """
    if not stem or not "а" <= stem[0] <= "я":
        return stem
    found = _verb.sub("", stem)
    if found != stem:
        found = _perfective.sub("", found)
        # `отправл`, `обновл`: the л that labials get.
        if len(found) > 4 and found.endswith(("пл", "бл", "мл", "вл", "фл")):
            found = found[:-1]
    else:
        found = _by.sub("", _small.sub("", stem))
    return _alternated(found)


def _alternated(found: str) -> str:
    """`оплач` and `оплат`, `утвержд` and `утверд`, `табл` of both `таблиц` and `табличк`."""
    if len(found) < 4:
        return found
    for written, one in (("жд", "д"), ("иц", ""), ("ич", ""), ("ч", "т"), ("ц", "т")):
        if found.endswith(written) and len(found) - len(written) >= 3:
            return found[: -len(written)] + one
    return found


def is_near(typed: str, word: str) -> bool:
    """Whether one slip of the fingers makes one of the other: a letter more, less, other, or two
    that changed places. Two in words of eight letters and more. A few letters may follow.
    """
    allowed = 2 if len(typed) >= 8 else 1
    return _distance(typed, word, allowed) <= allowed


def _distance(typed: str, word: str, allowed: int) -> int:
    """Damerau and Levenshtein's (of adjacent letters), of the typed word's best beginning."""
    best = allowed + 1
    earlier: list[int] = []
    above = list(range(len(word) + 1))
    # What follows may be an ending that the stem has not.
    ending = 2 if len(word) >= 4 else 0
    for i, letter in enumerate(typed, 1):
        row = [i]
        for j, other in enumerate(word, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == word[j - 2] and typed[i - 2] == other:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
        if len(typed) - i <= ending:
            best = min(best, row[-1])
        if min(row) > allowed and min(above) > allowed:
            break
        earlier, above = above, row
    return best
