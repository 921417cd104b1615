"""Moments and days that clients name: written as RFC 3339 has them, and within sensible years.

What lies outside is a slip or an attack, and breaks calendars further on.
"""

import re
from datetime import UTC, date, datetime
from typing import Final

from messenger.errors import ValidationFailed

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200
_DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_day = re.compile(_DAY)
# RFC 3339 §5.6, but for leap seconds, which no clock of a client shows. Seconds may be left out.
_moment = re.compile(
    _DAY + r"[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)


def checked_moment(written: str, field: str) -> datetime:
    """Read a moment, in UTC; raises ValidationFailed, naming the field."""
    try:
        if not _moment.fullmatch(written):
            raise ValueError
        moment = datetime.fromisoformat(written.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValidationFailed(
            f"`{field}` is a moment like 2026-12-01T09:00:00Z.", field=field
        ) from None
    _check_year(moment.year, field)
    return moment


def checked_day(written: str, field: str) -> date:
    """Read a day; raises ValidationFailed, naming the field."""
    try:
        if not _day.fullmatch(written):
            raise ValueError
        day = date.fromisoformat(written)
    except ValueError:
        raise ValidationFailed(f"`{field}` is a day like 2026-12-01.", field=field) from None
    _check_year(day.year, field)
    return day


def _check_year(year: int, field: str) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValidationFailed(
            f"`{field}` lies between the years {FIRST_YEAR} and {LAST_YEAR}.", field=field
        )
