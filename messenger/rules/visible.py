"""Whether a text shows anything at all: what names something has at least one such character."""

import unicodedata
from typing import Final

BLANKS: Final = frozenset(
    "\u115f\u1160\u3164\uffa0"  # fillers of Hangul
    "\u2800\ufffc\U0001d159\U00013441\U00013442"  # blank symbols, and the place of an object
)
"""Letters and symbols, to Unicode, that show nothing."""
# Control, format (joiners, directions, tags), half characters, private use; spaces; marks alone.
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zs", "Zl", "Zp", "Mn", "Mc", "Me"})


def has_visible(text: str) -> bool:
    """Whether at least one character of a text can be seen."""
    first = text[:1]
    # Letters and digits nearly always come first; every message is looked at.
    return (first.isalnum() and first not in BLANKS) or any(map(is_visible, text))


def is_visible(char: str) -> bool:
    """Whether a character alone shows something.

    What Unicode has assigned since this Python was built counts, for a new emoji
    is one; what it keeps for characters without a shape does not.
    """
    category = unicodedata.category(char)
    if category == "Cn":
        return not _is_never_shown(ord(char))
    return category not in _UNSEEN and char not in BLANKS


def _is_never_shown(code: int) -> bool:
    """Default_Ignorable_Code_Point of what is unassigned, and noncharacters."""
    return (
        code == 0x2065
        or 0xFFF0 <= code <= 0xFFF8
        or 0xE0000 <= code <= 0xE0FFF
        or 0xFDD0 <= code <= 0xFDEF
        or code & 0xFFFE == 0xFFFE
    )
