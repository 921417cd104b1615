"""A message's text without its marks: a notification shows no formatting. Pure."""

import re
from functools import lru_cache
from typing import Final

FENCE: Final = re.compile(r"^\s*(```|~~~)[^\n]*$", re.MULTILINE)
CODE: Final = re.compile(r"(`+)(.+?)\1", re.DOTALL)
LINK: Final = re.compile(r"!?\[([^\]\n]{1,500})\]\([^)\s]{1,2000}\)")
STRONG: Final = re.compile(r"(\*\*|__|~~)(?=\S)(.{1,1000}?)(?<=\S)\1", re.DOTALL)
SLANTED: Final = re.compile(r"(?<![\w*])([*_])(?=\S)([^*_\n]{1,1000}?)(?<=\S)\1(?![\w*])")
QUOTE: Final = re.compile(r"^[ \t]{0,3}>[ \t]?", re.MULTILINE)
LONGEST: Final = 1000
"""Characters that are looked at: no platform shows more."""
REMEMBERED: Final = 32
"""Texts: the same one is told to everybody in its chat."""


def plain(text: str) -> str:
    """The words of a text, in one or more lines."""
    return _plain(text[:LONGEST])


@lru_cache(maxsize=REMEMBERED)
def _plain(text: str) -> str:
    text = FENCE.sub("", text)
    text = CODE.sub(r"\2", text)
    text = LINK.sub(r"\1", text)
    text = STRONG.sub(r"\2", text)
    text = SLANTED.sub(r"\2", text)
    text = QUOTE.sub("", text)
    return re.sub(r"\n{2,}", "\n", text).strip()
