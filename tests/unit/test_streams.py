import pytest

from messenger.errors import ValidationFailed
from messenger.rules.streams import FURTHEST, check_epoch, out_of_reach


@pytest.mark.parametrize(
    ("cursor", "head", "first"),
    [(0, 0, 0), (0, 3, 1), (3, 3, 0), (3, 3, 9), (4, 9, 5), (1, 1 + FURTHEST, 1)],
)
def test_a_cursor_the_log_goes_on_from_is_within_reach(cursor: int, head: int, first: int) -> None:
    assert not out_of_reach(cursor, head, first)


@pytest.mark.parametrize(
    ("cursor", "head", "first"),
    [(4, 3, 1), (3, 9, 5), (0, 3, 2), (0, 3, 0), (0, 1 + FURTHEST, 1)],
)
def test_a_cursor_past_the_head_or_before_the_log_is_out_of_reach(
    cursor: int, head: int, first: int
) -> None:
    assert out_of_reach(cursor, head, first)


def test_without_the_first_event_only_the_numbers_are_judged() -> None:
    assert not out_of_reach(3, 9)
    assert out_of_reach(9, 3)


def test_cursors_name_their_epoch_unless_they_stand_at_a_beginning() -> None:
    check_epoch(7, [3])
    check_epoch(None, [0, None])
    with pytest.raises(ValidationFailed):
        check_epoch(None, [0, 3])
