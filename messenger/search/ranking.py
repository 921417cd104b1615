"""How well what was found fits: by its match, by how new it is, by how close its chat is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final

from messenger.search.looking import Sight

MONTH: Final = timedelta(days=30)
YEAR: Final = timedelta(days=365)
POOR: Final = 0.65
"""Below that worth, what matched is a relative, a verb of the same stem, or a guess."""
BELOW: Final = 2.0
"""What a poor match is worth less: newness and closeness together are not as much."""
AS_TYPED: Final = 1.0


def score(sight: Sight, now: datetime, me: int, chats: Mapping[int, Any]) -> float:
    """More is better; to three decimals, so that pages agree on it."""
    best = sight.match
    worth = 2.0 * best.worth + 0.8 * best.near + 0.5 * min(1.0, 2 * best.part)
    if best.worth < POOR:
        worth -= BELOW
    if best.as_typed:
        worth += AS_TYPED
    if sight.title is not None and sight.title.ranges:
        worth += 0.6
    worth += newness(sight.key[0], now) + closeness(sight, me, chats)
    return round(worth, 3)


def newness(at: datetime, now: datetime) -> float:
    """1.3 now, half as much in a month, and never nothing."""
    age = max(timedelta(0), now - at)
    return float(0.9 * 2 ** -(age / MONTH) + 0.4 * 2 ** -(age / YEAR))


def closeness(sight: Sight, me: int, chats: Mapping[int, Any]) -> float:
    """0..0.5: one's own words, talks of two, and small groups are nearer than the common room."""
    chat = chats.get(sight.key[1])
    own = 0.1 if sight.sender == me else 0.0
    if chat is None:
        return own
    if chat.kind == "direct":
        return 0.4 + own
    count = chat.member_count or 1000
    return own + (0.3 if count <= 12 else 0.2 if count <= 50 else 0.1)
