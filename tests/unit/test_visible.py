import unicodedata

import pytest

from messenger.errors import ValidationFailed
from messenger.model import ChecklistItem
from messenger.rules import accounts, tasks, text
from messenger.rules.visible import has_visible

NOTHING = [
    "\ufeff", "\u3164", "\u200b", "\u2800", "\u202e", "\u115f", "\u1160", "\uffa0", "\u00ad",
    "\u200d", "\u2060", "\u2064", "\u2066", "\u061c", "\u180e", "\u034f", "\u17b4", "\ufe0f",
    "\U000e0041", "\U000e0100", "\U0001d159", "\U0001d173", "\u0301", "\u00a0\u2003", "\ufffc",
    "\u3164\u200b\ufeff", "\ue000", "\ufdd0", "\uffff",
]  # fmt: skip
SOMETHING = ["a", "я", "漢", "1", ".", "-", "👍", "❤️", "\u200ba", "e\u0301", "\U0001fae9", "☃", "؟"]


@pytest.mark.parametrize("blank", NOTHING, ids=ascii)
@pytest.mark.parametrize(
    "check",
    [
        lambda given: text.check_text(given, 5000),
        text.check_title,
        accounts.check_display_name,
        lambda given: tasks.check_labels([given]),
        lambda given: tasks.check_checklist([ChecklistItem(id="a", text=given)]),
    ],
    ids=["text", "title", "name", "label", "item"],
)
def test_what_shows_nothing_is_no_text_and_no_name(check: object, blank: str) -> None:
    assert not has_visible(blank)
    with pytest.raises(ValidationFailed):
        check(blank)  # type: ignore[operator]


@pytest.mark.parametrize("written", SOMETHING, ids=ascii)
def test_one_character_that_shows_is_enough(written: str) -> None:
    assert has_visible(written)
    text.check_text(written, 5000)
    text.check_title(written)
    tasks.check_labels([written])


def test_every_letter_digit_and_sign_is_seen_but_for_those_that_are_listed() -> None:
    """Nobody is kept from writing in their own script."""
    unseen = {
        char
        for char in map(chr, range(0x110000))
        if unicodedata.category(char)[0] in "LNPS" and not has_visible(char)
    }
    assert unseen <= set("\u115f\u1160\u3164\uffa0\u2800\ufffc\U0001d159\U00013441\U00013442")
