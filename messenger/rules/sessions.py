"""When a refresh token is good, good again, or a sign of theft. Pure."""

from datetime import datetime, timedelta
from typing import Final, Literal

Verdict = Literal["rotate", "repeat", "revoke"]

GRACE: Final = timedelta(seconds=10)
"""So long after its successor was used, an old token is a late tab and not a thief."""
CORRECTION: Final = timedelta(seconds=30)
"""A clock that is being corrected steps back by so much at the most.

After a longer step it is unknown how long ago it was: the grace must not last as long as the step.
"""


def judge_refresh(
    presented: int, generation: int, rotated_at: datetime, now: datetime
) -> Verdict:  # fmt: skip
    """Say what a presented refresh token means for its session.

    `generation` is the newest token issued, at `rotated_at`. The one before it
    gets the same successor again: its answer may have been lost. A restored
    backup may know fewer generations than were issued, so a newer one is as
    good as the newest.
    """
    if presented >= generation:
        return "rotate"
    if presented == generation - 1 or -CORRECTION <= now - rotated_at <= GRACE:
        return "repeat"
    return "revoke"
