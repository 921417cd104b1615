"""What PostgreSQL looks for in texts, so that only those come that may have what is wanted.

Regular expressions that ask neither for a locale nor for its letters: what is not plain Russian or
English is let through, and `matching` decides.
"""

import re
from collections.abc import Sequence
from typing import Final

from messenger.search.expanding import Wanting

PLAIN: Final = "0-9A-Za-zА-Яа-яЁё"
"""What words consist of, mostly."""
UNUSUAL: Final = (
    "\u00aa\u00ad\u00b2\u00b3\u00b5\u00b9\u00ba\u00bc-\u00be\u00c0-\u0400\u0402-\u040f"
    "\u0450\u0452-\u1fff\u200b-\u200d\u2060-\u209f\u20d0-\u2115\u2117-\u2121\u2123-\u218f"
    "\u2460-\u24ff\u2776-\u2793\u2c00-\u2dff\u2e2f\u3005-\ufdff\ufe10-\ufeff\uff10-\uffff"
    "\U00010000-\U0001efff\U0001f100-\U0001f10f\U0001fbf0-\U0010ffff"
)
"""What else is of words, or hides in them; hardly any punctuation, of no signs and pictures."""


def of_phrases(wanted: Sequence[Wanting]) -> list[str]:
    """A text must have all of these where it has the phrases of a query."""
    return [
        f"(^|[^{PLAIN}])({'|'.join(_phrase(each.phrase) for each in wanting.options)})"
        f"($|[^{PLAIN}])|[{UNUSUAL}]"
        for wanting in wanted
        if not wanting.negated and all(each.phrase for each in wanting.options)
    ]


def _phrase(forms: Sequence[str]) -> str:
    return f"[^{PLAIN}]+".join("".join(map(_letter, form)) for form in forms)


def _letter(letter: str) -> str:
    """It, small or large."""
    if letter == "е":
        return "[еЕёЁ]"
    large = letter.upper()
    return f"[{letter}{large}]" if large != letter and len(large) == 1 else letter


def of_words(words: Sequence[str]) -> list[str]:
    """A text must have these where it has these words in this order, as written or as sentences
    begin; parts of words, too.
    """
    escaped = [re.sub(r"([^\w\s])", r"\\\1", word) for word in words]
    lowered = [word.lower() for word in escaped]
    first = [lowered[0].capitalize(), *lowered[1:]]
    forms = (escaped, lowered, first, [word.upper() for word in escaped])
    joined = dict.fromkeys(".*".join(form) for form in forms)
    return ["|".join(re.sub("[её]", ".", form, flags=re.IGNORECASE) for form in joined)]
