import json
from pathlib import Path
from typing import Any

import pytest

from messenger.errors import ValidationFailed
from messenger.rules.emoji import EMOJI_MAX, check_emoji, emoji_key

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "vectors" / "emoji.json").read_text()
)


@pytest.mark.parametrize(("written", "kept"), VECTORS["one"], ids=ascii)
def test_one_emoji_has_one_way_it_is_written(written: str, kept: str) -> None:
    check_emoji(written)
    assert emoji_key(written) == kept
    assert emoji_key(kept) == kept
    assert emoji_key(kept.replace("\ufe0f", "")) == kept


@pytest.mark.parametrize("written", VECTORS["none"], ids=ascii)
def test_what_is_not_one_emoji_is_refused(written: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        check_emoji(written)
    assert refused.value.details == {"field": "emoji"}


@pytest.mark.parametrize("joined", ["\u200d", "\ufe0f", "\U000e0067", "\u200d\u2764"])
def test_an_emoji_without_end_is_none(joined: str) -> None:
    for times in (EMOJI_MAX, 2 * EMOJI_MAX, 100_000):
        with pytest.raises(ValidationFailed):
            check_emoji("\U0001f3f4" + joined * times + "\U000e007f")
