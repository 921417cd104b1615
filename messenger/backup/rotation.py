"""Which backups may go. Pure: by their moments, and whether they were proven.

Days are counted that have a proven backup, not days of the calendar: a week of failures removes
nothing. One that was not proven is never kept in the place of one that was.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any


def kept(
    proven: Iterable[datetime], others: Iterable[datetime], days: int, weeks: int, months: int
) -> set[datetime]:
    """The moments of those that stay: the newest of each of so many days, weeks and months."""
    good = sorted(proven, reverse=True)
    stay = _newest(good, days, lambda at: at.date())
    stay |= _newest(good, weeks, lambda at: at.isocalendar()[:2])
    stay |= _newest(good, months, lambda at: (at.year, at.month))
    # What is newer than all that is proven may be all there is of these days.
    fresh = [at for at in others if not good or at > good[0]]
    return stay | _newest(sorted(fresh, reverse=True), max(days, 1), lambda at: at.date())


def _newest(moments: list[datetime], most: int, of: Callable[[datetime], Any]) -> set[datetime]:
    """The newest moment of each of the newest `most` periods."""
    found: dict[Any, datetime] = {}
    for moment in moments:
        if of(moment) not in found and len(found) < most:
            found[of(moment)] = moment
    return set(found.values())
