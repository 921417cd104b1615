"""How much of the time a run is at work: the rest is its neighbours'."""

from time import monotonic, sleep
from typing import Final

AT_MOST: Final = 2.0
"""Seconds of one rest: what took long because the machine stood still is not paid for twice."""


class Pace:
    """Rests `share` times as long as it has worked since it last did; 0 never rests.

    By the clock, not by what was computed: who has waited for a busy machine works less on it.
    """

    def __init__(self, share: float = 0.0) -> None:
        self.share = share
        self._since = monotonic()

    def __repr__(self) -> str:
        return f"<Pace resting {self.share} of what it works>"

    def rest(self) -> None:
        """Sleep; to be called between pieces of some milliseconds, where nothing is locked."""
        if self.share:
            sleep(min(self.share * (monotonic() - self._since), AT_MOST))
            self._since = monotonic()


UNPACED: Final = Pace()
