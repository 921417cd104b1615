import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.errors import ValidationFailed
from messenger.rules import text
from messenger.rules.emoji import check_emoji

LONGEST = 20


@pytest.mark.parametrize(
    "written", ["a", "a" * LONGEST, "  a  ", "a" * LONGEST + " " * LONGEST, "😀"]
)
def test_text_of_allowed_length_passes(written: str) -> None:
    text.check_text(written, LONGEST)


@pytest.mark.parametrize("written", ["", " ", "\n\t\u00a0\u2003", "a" * (LONGEST + 1)])
def test_text_is_measured_after_trimming(written: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        text.check_text(written, LONGEST)
    assert refused.value.details is not None
    assert refused.value.details["field"] == "text"


@pytest.mark.parametrize("pad", [" ", "\n", "\u3000"])
def test_however_padded_a_text_has_twice_its_length(pad: str) -> None:
    text.check_text("a" + pad * (2 * LONGEST - 1), LONGEST)
    text.check_title("a" + " " * 399)
    for check in (lambda written: text.check_text(written, LONGEST), text.check_title):
        with pytest.raises(ValidationFailed) as refused:
            check("a" + pad * 400)
        assert refused.value.details is not None
        assert refused.value.details["limit"] in (LONGEST, 200)


def test_text_that_is_too_long_is_told_the_limit() -> None:
    with pytest.raises(ValidationFailed) as refused:
        text.check_text("a" * 21, LONGEST)
    assert refused.value.details == {"field": "text", "limit": LONGEST}


@pytest.mark.parametrize("written", ["a\x00b", "\x00", "a\ud800b", "\udfff", "\udc00\ud800"])
@pytest.mark.parametrize(
    "check",
    [
        lambda written: text.check_text(written, LONGEST),
        lambda written: text.check_draft(written, LONGEST),
        text.check_title,
        check_emoji,
    ],
    ids=["text", "draft", "title", "emoji"],
)
def test_nul_and_unpaired_surrogates_are_refused_everywhere(check: object, written: str) -> None:
    with pytest.raises(ValidationFailed):
        check(written)  # type: ignore[operator]


@given(st.text(max_size=30))
def test_what_passes_can_be_stored_and_is_within_bounds(written: str) -> None:
    try:
        text.check_text(written, LONGEST)
    except ValidationFailed:
        return
    assert b"\x00" not in written.encode()
    assert 1 <= len(written.strip()) <= LONGEST


def test_draft_may_be_empty_but_not_longer_than_a_message() -> None:
    text.check_draft("", LONGEST)
    text.check_draft(" " * LONGEST, LONGEST)
    with pytest.raises(ValidationFailed):
        text.check_draft(" " * (LONGEST + 1), LONGEST)


@pytest.mark.parametrize("title", ["x", "Общий чат", "a" * 200, " padded ", "C++ & <b>"])
def test_title_of_one_line_passes(title: str) -> None:
    text.check_title(title)


@pytest.mark.parametrize("title", ["", "  ", "a" * 201, "a\nb", "a\rb", "a\u2028b", "a\x1b[2Jb"])
def test_title_is_one_short_line(title: str) -> None:
    with pytest.raises(ValidationFailed):
        text.check_title(title)


@pytest.mark.parametrize(
    "emoji",
    ["👍", "❤️", "👨‍👩‍👧‍👦", "👍🏽", "🇷🇺", "🏴\U000e0067\U000e007f", "1️⃣", "#️⃣", "‼️", "⁉️", "™️", "✅"],
)  # fmt: skip
def test_emoji_of_every_kind_pass(emoji: str) -> None:
    check_emoji(emoji)


@pytest.mark.parametrize(
    "emoji",
    ["", "a", "ok", "1", "да", "👍 ", "👍a", "👍\n", "👍" * 17, "\u200d", "\ufe0f", "漢", "<b>"],
)
def test_a_word_is_no_emoji(emoji: str) -> None:
    with pytest.raises(ValidationFailed):
        check_emoji(emoji)
