"""Subjects that the index hears of several times at once."""

from messenger.model import Me, User
from messenger.search.numbers import latest


def test_a_person_is_one_subject_also_where_they_are_told_of_themselves() -> None:
    at = "2026-11-21T09:30:00.000Z"
    public = User(id=5, username="a", display_name="A", role="user", created_at=at, rev=1)
    private = Me(
        id=5, username="a", display_name="B", role="user", created_at=at, rev=2,
        locale="ru", time_zone="UTC",
    )  # fmt: skip
    assert latest([public, private]) == [private]
