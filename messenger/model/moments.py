"""Moments as the contract writes them."""

from datetime import UTC, datetime

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def timestamp(moment: datetime) -> str:
    """Write a moment as the contract has it: UTC, exactly three decimals, Z.

    A moment that UTC pushes past the ends of the calendar becomes its first or last one.
    """
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = FIRST if moment.year == 1 else LAST
    # Not strftime, which leaves out the zeros of a year before 1000.
    return moment.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"
