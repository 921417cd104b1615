"""What an entry has most of, as single characters: its words, and who wrote it.

An entry is looked up by its characters (`store.rows.search`), and most of them are one, two or
three bytes long: words come in the order in which they were first met, so that common ones have
low numbers. The characters are no text; what is not one character is a mark (`search.marks`).
"""

from functools import lru_cache
from typing import Final

Spans = tuple[tuple[int, int], ...]

WORDS: Final[Spans] = ((0x1, 0x80), (0x80, 0x600), (0x800, 0xC000), (0x10000, 0x110000))
"""Of one byte in UTF-8, of two, of three, of four. Without NUL, which PostgreSQL does not take."""
SENDERS: Final[Spans] = ((0x600, 0x800), (0xC000, 0xD800), (0xE000, 0x10000))
"""Without surrogates, which are no characters."""


@lru_cache(20_000)
def of_word(number: int) -> str:
    """The character of a word, by its number, from 1 on.

    After the first million words, new ones share the characters of earlier rare ones: more may be
    found in the index than has the word, and the text decides.
    """
    rest = number - 1
    for first, past in WORDS:
        if rest < past - first:
            return chr(first + rest)
        rest -= past - first
    first, past = WORDS[-1]
    return chr(first + rest % (past - first))


def of_sender(user_id: int) -> str:
    """The character of a person; of those with high ids a mark."""
    rest = user_id
    for first, past in SENDERS:
        if rest < past - first:
            return chr(first + rest)
        rest -= past - first
    return f"s{user_id}"
