"""How much of the time what reads the log leaves to chats. Pure."""

from typing import Final

import msgspec

BUSY: Final = 0.35, 0.6
"""Of a core, what others use of this process during a rest: from there on the next one is longer,
up to there."""


class Rests(msgspec.Struct, frozen=True, kw_only=True):
    """How many times as long as it worked a consumer rests, and for how many seconds at the most.

    A fifth of the time at the most is taken from chats, unless something else is said.
    """

    turn: float = 4.0
    """After all that was heard by then."""
    turn_at_most: float = 2.0
    page: float = 4.0
    """After a page of the log, in the middle of a turn;"""
    page_when_busy: float = 4.0
    """the same where others have no time to spare."""
    page_at_most: float = 2.0
    """What is said then waits, if a page took long."""

    def after_turn(self, worked: float) -> float:
        return min(self.turn * worked, self.turn_at_most)

    def after_page(self, worked: float, times: float) -> float:
        return min(times * worked, self.page_at_most)

    def times(self, busy: float) -> float:
        """How many times as long it rests after the next page, by how much of a core others use."""
        low, high = BUSY
        share = min(max((busy - low) / (high - low), 0), 1)
        return self.page + (self.page_when_busy - self.page) * share
