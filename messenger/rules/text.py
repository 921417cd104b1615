"""What people may write: messages, drafts, titles."""

import re
import unicodedata
from typing import Final

from messenger.errors import ValidationFailed
from messenger.rules.visible import has_visible, is_visible

TITLE_MAX: Final = 200
FIRST_LINE_MAX: Final = 120
"""Characters of a title that is taken from a message: what a card shows in three lines."""
DRAFTS_BYTES: Final = 500_000
"""All drafts of one person together: they come in one answer to a socket."""
TEXT_READ: Final = 5000
"""Of a text, what is looked at for a title."""
LINES_READ: Final = 50
LINE_READ: Final = 1000
"""Of a longer line, what is looked at: links are longer than the words they leave."""
OVERRIDES: Final = "\u202d\u202e"
"""They turn round what follows, in the lines beside it as well."""

# What stands before the words: heading, quote, list and checkbox markers, and whom it is for.
_leading = re.compile(
    r"(?:\#{1,6}\s+ | >\s? | [-*+•]\s+ | \d{1,3}[.)]\s+ | \[[ xXхХ]\]\s+"
    r"| @\w[\w.\-]*[,:;!]?(?:\s+[-–—]+)?(?:\s+|$) )",
    re.VERBOSE,
)
_span = re.compile(
    r"""
      (?<!`)(?P<ticks>`++)(?P<code>.{1,300}?)(?<!`)(?P=ticks)(?!`)
    | !?\[(?P<link>[^\]\[]{1,300})\]\([^()\s]*+(?:\([^()\s]*+\)[^()\s]*+)*+(?:\s++"[^"]*+")?\)
    | (?P<stars>(?<!\*)\*{1,3}(?!\*)|~~)(?=\S)(?P<starred>.{1,300}?)(?<=\S)(?P=stars)
    | (?<!\w)(?P<lines>_{1,3})(?=[^\s_])(?P<lined>.{1,300}?)(?<=[^\s_])(?P=lines)(?!\w)
    """,
    re.VERBOSE,
)
"""What is marked reaches 300 characters, of which a title shows 120: so the time stays linear."""
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


def check_raw(text: str, longest: int, field: str) -> None:
    """Whole characters, and however padded, no more than twice what may stand there."""
    if len(text) > 2 * longest:
        raise ValidationFailed(
            f"`{field}` has {len(text)} characters, space around it included; "
            f"up to {longest} are allowed.",
            field=field,
            limit=longest,
        )
    check_characters(text, field)


def check_text(text: str, longest: int, field: str = "text", *, optional: bool = False) -> None:
    """A message's text: 1 to `longest` characters after trimming, one of which can be seen.

    An `optional` one, beside files, may be empty.
    """
    check_raw(text, longest, field)
    trimmed = text.strip()
    if not has_visible(trimmed) and not (optional and not trimmed):
        raise ValidationFailed(
            f"`{field}` is empty; write something that can be seen.", field=field
        )
    if len(trimmed) > longest:
        raise ValidationFailed(
            f"`{field}` has {len(trimmed)} characters; up to {longest} are allowed.",
            field=field,
            limit=longest,
        )


def check_draft(text: str, longest: int) -> None:
    """What is being written is kept as it is; it may be empty."""
    if len(text) > longest:
        raise ValidationFailed(
            f"`text` has {len(text)} characters; up to {longest} are allowed.",
            field="text",
            limit=longest,
        )
    check_characters(text, "text")


def check_drafts(text: str, others: int) -> None:
    """All drafts of a user come with every first load: together they have a bound."""
    if others + len(text.encode()) > DRAFTS_BYTES:
        raise ValidationFailed(
            "You have too many long drafts: send or empty some of them.",
            field="text",
            limit=DRAFTS_BYTES,
        )


def check_title(title: str) -> None:
    check_text(title, TITLE_MAX, "title")
    check_line(title.strip())


def check_line(text: str, field: str = "title") -> None:
    """What names something is one line, and is read in the direction it is written in."""
    if any(map(_breaks_line, text)):
        raise ValidationFailed(f"`{field}` is one line, without control characters.", field=field)


def _breaks_line(char: str) -> bool:
    return char in OVERRIDES or unicodedata.category(char) in ("Cc", "Zl", "Zp")


def first_line(text: str) -> str:
    """A title out of a message: its first line with words, without Markdown and leading mentions.

    Where nothing else is left, the text as it is; never longer than `FIRST_LINE_MAX`.
    """
    text = _from_visible(text)[:TEXT_READ]
    for line in text.splitlines()[:LINES_READ]:
        line = line.strip()
        if _rule.fullmatch(line):
            continue
        start = 0
        while marker := _leading.match(line, start):
            start = marker.end()
        title = _from_visible(_folded(_plain(line[start : start + LINE_READ])))
        if any(character.isalnum() and is_visible(character) for character in title):
            return _cut(title)
    return _cut(_folded(text))


def _from_visible(text: str) -> str:
    """Leave out what shows nothing at the beginning, so that cutting leaves what can be seen."""
    first = next((place for place, each in enumerate(text) if is_visible(each)), 0)
    return text[first:]


def _plain(line: str, depth: int = 3) -> str:
    """A line as a reader sees it: emphasis without its marks, links as their words."""

    def shown(span: re.Match[str]) -> str:
        inner = span["link"] or span["starred"] or span["lined"]
        # Bounded: a text of nothing but nested marks must not run into the recursion limit.
        return _plain(inner, depth - 1) if inner and depth else inner or span["code"]

    return _span.sub(shown, line)


def _folded(text: str) -> str:
    """One line: a run of space or control characters becomes a single space."""
    spaced = (" " if _breaks_line(character) else character for character in text)
    return " ".join("".join(spaced).split())


def _cut(title: str) -> str:
    """Shorten after a whole word, where there is one to end with."""
    if len(title) <= FIRST_LINE_MAX:
        return title
    kept = title[: FIRST_LINE_MAX - 1]
    if title[FIRST_LINE_MAX - 1] != " " and " " in kept:
        kept = kept[: kept.rindex(" ")]
    return kept.rstrip(" ,;:.-–—") + "…"
