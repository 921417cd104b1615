"""What people may write: messages, titles, emoji."""

import re
import unicodedata
from typing import Final

from messenger.errors import ValidationFailed

TITLE_MAX: Final = 200
EMOJI_MAX: Final = 16
"""Code points: a family with skin tones has ten."""
FIRST_LINE_MAX: Final = 120
"""Characters of a title that is taken from a message: what a card shows in three lines."""
LINE_READ: Final = 1000
"""Of a longer line, what is looked at: links are longer than the words they leave."""

# What stands before the words: heading, quote, list and checkbox markers, and whom it is for.
_leading = re.compile(
    r"(?:\#{1,6}\s+ | >\s? | [-*+•]\s+ | \d{1,3}[.)]\s+ | \[[ xXхХ]\]\s+"
    r"| @\w[\w.\-]*[,:;!]?(?:\s+[-–—]+)?(?:\s+|$) )",
    re.VERBOSE,
)
_span = re.compile(
    r"""
      (?P<ticks>`+)(?P<code>.+?)(?P=ticks)
    | !?\[(?P<link>[^\]\[]+)\]\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+"[^"]*")?\)
    | (?P<stars>\*{1,3}|~~)(?=\S)(?P<starred>.+?)(?<=\S)(?P=stars)
    | (?<!\w)(?P<lines>_{1,3})(?=[^\s_])(?P<lined>.+?)(?<=[^\s_])(?P=lines)(?!\w)
    """,
    re.VERBOSE,
)
_rule = re.compile(r"(?:[-*_=]\s*){3,}|(?:`{3,}|~{3,})[\w+\-]*")


def check_characters(text: str, field: str) -> None:
    """NUL cannot be stored, and an unpaired surrogate is no character."""
    if "\x00" in text:
        raise ValidationFailed(f"`{field}` has a NUL character; leave it out.", field=field)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValidationFailed(
            f"`{field}` has an unpaired surrogate; send whole characters.", field=field
        ) from None


def check_text(text: str, longest: int, field: str = "text") -> None:
    """A message's text: 1 to `longest` characters after trimming."""
    check_characters(text, field)
    size = len(text.strip())
    if size == 0:
        raise ValidationFailed(f"`{field}` is empty; write something.", field=field)
    if size > longest:
        raise ValidationFailed(
            f"`{field}` has {size} characters; up to {longest} are allowed.",
            field=field,
            limit=longest,
        )


def check_draft(text: str, longest: int) -> None:
    check_characters(text, "text")
    if len(text) > longest:
        raise ValidationFailed(
            f"`text` has {len(text)} characters; up to {longest} are allowed.",
            field="text",
            limit=longest,
        )


def check_title(title: str) -> None:
    check_text(title, TITLE_MAX, "title")
    if any(unicodedata.category(character) in ("Cc", "Zl", "Zp") for character in title):
        raise ValidationFailed("`title` is one line, without control characters.", field="title")


def check_emoji(emoji: str) -> None:
    """An emoji, and not a word: a symbol, a flag or a keycap, with its modifiers."""
    check_characters(emoji, "emoji")
    kinds = {unicodedata.category(character) for character in emoji}
    keycap = emoji.endswith("\u20e3")
    if (
        not 1 <= len(emoji) <= EMOJI_MAX
        or not (kinds & {"So", "Sk", "Sm"} or keycap or "\u203c" in emoji or "\u2049" in emoji)
        or kinds & {"Lu", "Ll", "Lt", "Lo", "Zs", "Cc", "Zl", "Zp", "Co", "Cn"}
        or ("Nd" in kinds and not keycap)
    ):
        raise ValidationFailed("`emoji` is not an emoji.", field="emoji")


def first_line(text: str) -> str:
    """A title out of a message: its first line with words, without Markdown and leading mentions.

    Where nothing else is left, the text as it is; never longer than `FIRST_LINE_MAX`.
    """
    for line in text.splitlines():
        line = line.strip()
        if _rule.fullmatch(line):
            continue
        while marker := _leading.match(line):
            line = line[marker.end() :].lstrip()
        title = _folded(_plain(line[:LINE_READ]))
        if any(character.isalnum() for character in title):
            return _cut(title)
    return _cut(_folded(text))


def _plain(line: str, depth: int = 3) -> str:
    """A line as a reader sees it: emphasis without its marks, links as their words."""

    def shown(span: re.Match[str]) -> str:
        inner = span["link"] or span["starred"] or span["lined"]
        # Bounded: a text of nothing but nested marks must not run into the recursion limit.
        return _plain(inner, depth - 1) if inner and depth else inner or span["code"]

    return _span.sub(shown, line)


def _folded(text: str) -> str:
    """One line: a run of space or control characters becomes a single space."""
    spaced = (
        " " if unicodedata.category(character) in ("Cc", "Zl", "Zp") else character
        for character in text
    )
    return " ".join("".join(spaced).split())


def _cut(title: str) -> str:
    """Shorten after a whole word, where there is one to end with."""
    if len(title) <= FIRST_LINE_MAX:
        return title
    kept = title[: FIRST_LINE_MAX - 1]
    if title[FIRST_LINE_MAX - 1] != " " and " " in kept:
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip(" ,;:.-–—") + "…"
