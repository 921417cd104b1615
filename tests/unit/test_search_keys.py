"""The keys of a text: those of its words, each once; what is long is not remembered."""

import pytest

from messenger.search import words
from messenger.search.words import LONGEST, composed, keys_of, words_of

TEXTS = (
    "The meeting moves to three; the October figures, and the plans of the new floors.",
    "Договор № 123-45 от за\u0301мка: sales@firma.ru, report_final__v2.docx и getUserName",
    "пере\u00adносы, не\u200bвидимое, NFD: и\u0306, c\u0327a, __init__, a__b, --, ''",
    "https://example.org/a/b?c=d&e=f  C:\\Users\\anna  1/2/2026  кто-нибудь-то",
    "",
)


@pytest.mark.parametrize("text", TEXTS)
def test_keys_are_those_of_the_words_in_their_order(text: str) -> None:
    read = [key for word in words_of(composed(text)) for key in word.keys]
    assert keys_of(text) == list(dict.fromkeys(read))


@pytest.mark.parametrize("text", TEXTS[:2])
def test_where_nothing_is_silent_the_same_stands_together(text: str) -> None:
    heard = words._silent.sub("", text)
    assert words._audible.findall(heard) == words._compound.findall(heard)


def test_what_is_long_is_not_remembered() -> None:
    words._keys.cache_clear()
    keys_of("short")
    keys_of(" ".join(letter * (LONGEST + 1) for letter in "abcd"))
    assert words._keys.cache_info().currsize == 1
