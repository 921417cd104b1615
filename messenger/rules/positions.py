"""Places in an order that seldom needs renumbering: strings, compared byte by byte.

Between any two there is room for another. A position is a whole number of
variable length, whose first letter says how long it is (`a0`, `a1` … `az`,
`b00` …; downwards `Zz`, `Zy` …), and then, only where needed, a fraction. So
what is added at an end costs a character now and then, not with every card.
"""

from collections.abc import Sequence
from typing import Final

DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
ZERO: Final = "a0"
SMALLEST: Final = "A" + "0" * 26
LONGEST: Final = 64
"""Characters of a position, but for a moment: thousands of moves between the same two make more."""
SHORT: Final = LONGEST // 2
NEIGHBOURS: Final = 4
"""Those on each side that are looked at first for room."""


def between(low: str | None, high: str | None) -> str:
    """A position after `low` and before `high`; None is the end of the order.

    Raises ValueError unless `low` comes before `high`.
    """
    if low is not None and high is not None and low >= high:
        raise ValueError(f"{low!r} does not come before {high!r}")
    if low is None:
        return ZERO if high is None else _before(high)
    whole, fraction = _split(low)
    if high is None:
        following = _next(whole)
        return following if following is not None else whole + _middle(fraction, "")
    high_whole, high_fraction = _split(high)
    if whole == high_whole:
        return whole + _middle(fraction, high_fraction)
    following = _next(whole)
    if following is not None and following < high:
        return following
    return whole + _middle(fraction, "")


def spread(low: str | None, high: str | None, count: int) -> list[str]:
    """So many positions in order between two, none longer than need be."""
    if not count:
        return []
    middle, left = between(low, high), count // 2
    return [*spread(low, middle, left), middle, *spread(middle, high, count - left - 1)]


def shortened(order: Sequence[str], place: int) -> tuple[int, list[str]]:
    """Short positions for one of an order and the fewest around it; the place of their first."""
    reach = NEIGHBOURS
    while True:
        first, last = max(0, place - reach), min(len(order), place + reach + 1)
        low = order[first - 1] if first else None
        fresh = spread(low, order[last] if last < len(order) else None, last - first)
        if last - first == len(order) or max(map(len, fresh)) <= SHORT:
            return first, fresh
        reach *= 2


def _before(high: str) -> str:
    whole, fraction = _split(high)
    if whole == SMALLEST:
        return whole + _middle("", fraction)
    if whole < high:
        return whole
    preceding = _previous(whole)
    # The smallest number alone is no position: nothing would come before it.
    return SMALLEST + _middle("", "") if preceding in (None, SMALLEST) else preceding


def _split(position: str) -> tuple[str, str]:
    """The whole number and the fraction; raises ValueError for what is no position."""
    head = position[:1]
    if "a" <= head <= "z":
        length = ord(head) - ord("a") + 2
    elif "A" <= head <= "Z":
        length = ord("Z") - ord(head) + 2
    else:
        raise ValueError(f"{position!r} is no position")
    whole, fraction = position[:length], position[length:]
    # Before a fraction's last zero there is no room: `a00` comes right after `a0`.
    ends = position == SMALLEST or fraction.endswith(DIGITS[0])
    if len(whole) < length or ends or not set(position) <= set(DIGITS):
        raise ValueError(f"{position!r} is no position")
    return whole, fraction


def _next(whole: str) -> str | None:
    """The whole number after this one; None past the largest."""
    digits = list(whole[1:])
    for place in range(len(digits) - 1, -1, -1):
        if digits[place] != DIGITS[-1]:
            digits[place] = DIGITS[DIGITS.index(digits[place]) + 1]
            return whole[0] + "".join(digits)
        digits[place] = DIGITS[0]
    if whole[0] == "z":
        return None
    if whole[0] == "Z":
        return ZERO
    head = chr(ord(whole[0]) + 1)
    size = len(digits) + 1 if head > "a" else len(digits) - 1
    return head + DIGITS[0] * size


def _previous(whole: str) -> str | None:
    """The whole number before this one; None below the smallest."""
    digits = list(whole[1:])
    for place in range(len(digits) - 1, -1, -1):
        if digits[place] != DIGITS[0]:
            digits[place] = DIGITS[DIGITS.index(digits[place]) - 1]
            return whole[0] + "".join(digits)
        digits[place] = DIGITS[-1]
    if whole[0] == "A":
        return None
    if whole[0] == "a":
        return "Z" + DIGITS[-1]
    head = chr(ord(whole[0]) - 1)
    size = len(digits) + 1 if head < "Z" else len(digits) - 1
    return head + DIGITS[-1] * size


def _middle(low: str, high: str) -> str:
    """A fraction strictly between two; an empty `high` is one. Never ends in the lowest digit."""
    if high:
        same = 0
        while same < len(high) and (low[same : same + 1] or DIGITS[0]) == high[same]:
            same += 1
        if same:
            return high[:same] + _middle(low[same:], high[same:])
    first = DIGITS.index(low[0]) if low else 0
    last = DIGITS.index(high[0]) if high else len(DIGITS)
    if last - first > 1:
        return DIGITS[(first + last) // 2]
    if len(high) > 1:
        return high[0]
    return DIGITS[first] + _middle(low[1:], "")
