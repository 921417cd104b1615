"""Places in an order: always room between two, never a renumbering."""

import json
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.rules.positions import DIGITS, SHORT, SMALLEST, between, shortened, spread

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "positions.json").read_text())
ENDS = st.sampled_from(("front", "back"))


def after(low: str | None) -> str:
    return between(low, None)


def before(high: str | None) -> str:
    return between(None, high)


def ascending(order: list[str]) -> bool:
    """As the database and every client compare them: byte by byte."""
    return all(low.encode() < high.encode() for low, high in pairwise(order))


def sound(position: str) -> bool:
    return set(position) <= set(DIGITS) and between(position, None) > position


@given(st.lists(st.floats(0, 1), max_size=80))
def test_whatever_is_put_wherever_stands_between_its_neighbours(places: list[float]) -> None:
    order: list[str] = []
    for place in places:
        index = round(place * len(order))
        low = order[index - 1] if index else None
        high = order[index] if index < len(order) else None
        order.insert(index, between(low, high))
    assert ascending(order)
    assert all(sound(position) for position in order)


@given(st.lists(ENDS, max_size=40), st.data())
def test_between_any_two_there_is_room_on_both_sides(ends: list[str], data: st.DataObject) -> None:
    order = ["a0"]
    for end in ends:
        order = [before(order[0]), *order] if end == "front" else [*order, after(order[-1])]
    low, high = order[0], order[-1] if len(order) > 1 else after(order[0])
    for _ in range(20):
        middle = between(low, high)
        assert low.encode() < middle.encode() < high.encode()
        low, high = data.draw(st.sampled_from(((low, middle), (middle, high))))


def test_the_digits_stand_in_the_order_of_their_bytes() -> None:
    assert ascending(list(DIGITS))
    assert len(DIGITS) == 62


@pytest.mark.parametrize("beyond", [after, before])
def test_ten_thousand_at_one_end_stay_short(beyond: object) -> None:
    order: list[str | None] = [None]
    for _ in range(10_000):
        order.append(beyond(order[-1]))  # type: ignore[operator]
    placed = [position for position in order if position is not None]
    assert ascending(placed if beyond is after else placed[::-1])
    assert max(map(len, placed)) <= 4


def test_a_gap_takes_hundreds_at_a_character_for_every_five() -> None:
    """The worst there is: always into the same gap, at the side that has just become narrow."""
    chance = random.Random(1)
    low, high = "a0", "a1"
    for turn in range(500):
        middle = between(low, high)
        low, high = (low, middle) if chance.random() < 0.5 else (middle, high)
        assert len(middle) <= 4 + turn / 5


def test_no_position_ends_in_the_lowest_digit_of_a_fraction() -> None:
    """Nothing would fit between `a0` and `a00`."""
    chance = random.Random(2)
    order = [after(None)]
    for _ in range(3000):
        index = chance.randrange(len(order) + 1)
        low = order[index - 1] if index else None
        high = order[index] if index < len(order) else None
        order.insert(index, between(low, high))
    assert not [position for position in order if len(position) > 3 and position.endswith("0")]
    assert ascending(order)


def test_the_way_down_has_no_last_step() -> None:
    lowest: str | None = SMALLEST[:-1] + "2"
    for _ in range(100):
        lower = before(lowest)
        assert lower < str(lowest)
        lowest = lower


def test_the_way_up_has_no_last_step() -> None:
    highest: str | None = "z" * 26 + "y"
    for _ in range(100):
        higher = after(highest)
        assert higher > str(highest)
        highest = higher


@pytest.mark.parametrize(
    ("low", "high"),
    [("a1", "a0"), ("a0", "a0"), ("a0V", "a0"), ("b00", "a0"), ("a0", "Zz")],
)
def test_what_is_in_the_wrong_order_is_refused(low: str, high: str) -> None:
    with pytest.raises(ValueError, match="does not come before"):
        between(low, high)


BAD = ["", "a", "b0", "0", "-", "a0-", "a0 ", "é0", "a0é", "Z", "Y0", "a00", "a0V0", SMALLEST]


@pytest.mark.parametrize("bad", BAD)
def test_what_is_no_position_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="is no position"):
        between(bad, None)
    with pytest.raises(ValueError, match="is no position"):
        between(None, bad)


ANYTHING = st.text(alphabet="01VzabZY-é", max_size=6)


@given(ANYTHING, ANYTHING)
def test_any_two_strings_are_refused_or_have_one_between_them(low: str, high: str) -> None:
    try:
        middle = between(low, high)
    except ValueError:
        return
    assert low < middle < high


@pytest.mark.parametrize("count", [0, 1, 2, 7, 1000])
@pytest.mark.parametrize(("low", "high"), [(None, None), ("a1", None), (None, "a1"), ("a0", "a1")])
def test_spread_positions_are_short_and_in_order(
    low: str | None, high: str | None, count: int
) -> None:
    found = spread(low, high, count)
    bounds = [*([low] if low else []), *found, *([high] if high else [])]
    assert len(found) == count
    assert ascending(bounds)
    assert all(map(sound, found))
    assert max(map(len, found), default=0) <= 8


@pytest.mark.parametrize("moves", [100, 4000])
@pytest.mark.parametrize("ahead", [0, 3, 500])
def test_room_is_made_with_the_fewest_neighbours(ahead: int, moves: int) -> None:
    order = spread(None, None, ahead + 20)
    place = ahead
    for _ in range(moves):
        order[place + 1 : place + 1] = [between(order[place], order[place + 1])]
        del order[place + 2]
    first, fresh = shortened(order, place + 1)
    eased = [*order[:first], *fresh, *order[first + len(fresh) :]]
    assert len(eased) == len(order)
    assert ascending(eased)
    assert len(fresh) <= 20
    assert max(map(len, fresh)) <= SHORT


@pytest.mark.parametrize(("low", "high", "expected"), VECTORS["between"])
def test_positions_are_those_of_the_client(
    low: str | None, high: str | None, expected: str
) -> None:
    assert between(low, high) == expected


@pytest.mark.parametrize(("low", "high"), VECTORS["refused"])
def test_an_order_that_is_none_is_refused(low: str | None, high: str | None) -> None:
    with pytest.raises(ValueError, match=r"is no position|does not come before"):
        between(low, high)
