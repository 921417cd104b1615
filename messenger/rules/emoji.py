"""What is one emoji, and the one way it is written (UTS #51, "fully qualified").

Keyboards and operating systems write the same emoji with and without its
variation selector: ❤ and ❤️ are one reaction. `tests/vectors/emoji.json` holds
server and clients to one definition.
"""

import functools
import re
from typing import Final

from messenger.errors import ValidationFailed
from messenger.rules.text import check_characters

EMOJI_MAX: Final = 16
"""Code points: a couple with skin tones has ten."""

KINDS_MAX: Final = 20
"""Different emoji on one message; more than these are not read."""

# Emoji that are shown as text unless U+FE0F follows. A closed list: Unicode adds no more of them.
_TEXTUAL: Final = (
    "©®‼⁉™ℹ↔-↙↩↪⌨⏏⏭-⏯⏱⏲⏸-⏺Ⓜ▪▫▶◀◻◼☀-☄☎☑☘☝☠☢☣☦☪☮☯☸-☺♀♂♟♠♣♥♦♨♻♾⚒⚔-⚗⚙⚛⚜⚠⚧⚰⚱⛈⛏⛑⛓⛩⛰⛱⛴⛷-⛹✂"
    "✈✉✌✍✏✒✔✖✝✡✳✴❄❇❣❤➡⤴⤵⬅-⬇〰〽㊗㊙🅰🅱🅾🅿🈂🈷🌡🌤-🌬🌶🍽🎖🎗🎙-🎛🎞🎟🏋-🏎🏔-🏟🏳🏵🏷🐿👁📽🕉🕊🕯🕰🕳-🕹🖇🖊-🖍🖐🖥🖨"
    "🖱🖲🖼🗂-🗄🗑-🗓🗜-🗞🗡🗣🗨🗯🗳🗺🛋🛍-🛏🛠-🛥🛩🛰🛳"
)
# Those that are pictures anyway, with the room that Unicode keeps for new ones.
_PICTURES: Final = (
    "⌚⌛⏩-⏬⏰⏳◽◾☔☕♈-♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓-❕❗➕-➗➰➿⬛⬜⭐⭕"
    "🀄🃏🆎🆑-🆚🈁🈚🈯🈲-🈶🈸-🈺🉐🉑\U0001f300-\U0001f6ff\U0001f7e0-\U0001f7ff\U0001f90c-\U0001faff"
)
_TONES: Final = "\U0001f3fb-\U0001f3ff"
_FLAG: Final = "[\U0001f1e6-\U0001f1ff]{2}|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
_PART: Final = f"(?:[{_TEXTUAL}](?:\ufe0f|[{_TONES}])|(?![{_TEXTUAL}])[{_PICTURES}][{_TONES}]?)"

# Compiled when they are first used: a millisecond of every start, and 0.1 MiB.
_SELECTOR: Final = "[\ufe0e\ufe0f]"
_UNSELECTED: Final = f"(?<=[{_TEXTUAL}])(?![{_TONES}])"
_KEYCAP: Final = "(?<=^[0-9#*])(?=\u20e3$)"
_ONE: Final = f"{_PART}(?:\u200d{_PART})*|{_FLAG}|[0-9#*]\ufe0f\u20e3"
_compiled = functools.cache(re.compile)


def emoji_key(emoji: str) -> str:
    """Write an emoji the one way it is kept; leaves alone what is none."""
    if len(emoji) > 2 * EMOJI_MAX:
        return emoji
    bare = _compiled(_SELECTOR).sub("", emoji)
    return _compiled(_KEYCAP).sub("\ufe0f", _compiled(_UNSELECTED).sub("\ufe0f", bare))


def check_emoji(emoji: str) -> None:
    """One emoji, however it is written: a picture, a flag or a keycap, with what joins it."""
    key = emoji_key(emoji)
    if len(key) > EMOJI_MAX or not _compiled(_ONE).fullmatch(key):
        check_characters(emoji, "emoji")
        raise ValidationFailed("`emoji` is not one emoji.", field="emoji")


def check_kinds(count: int) -> None:
    """Refuse one more kind of emoji on a message than these."""
    if count >= KINDS_MAX:
        raise ValidationFailed(
            f"A message carries up to {KINDS_MAX} different emoji.", field="emoji"
        )
