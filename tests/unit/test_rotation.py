"""Which backups stay, by days, weeks and months, and whether they were proven."""

from datetime import UTC, datetime, timedelta

import pytest

from messenger.backup.rotation import kept

NIGHT = datetime(2026, 11, 1, 2, 10, tzinfo=UTC)


def nights(*days: int, hour: int = 0) -> list[datetime]:
    return [NIGHT + timedelta(days=day - 1, hours=hour) for day in days]


@pytest.mark.parametrize(
    ("case", "proven", "others", "keep", "stay"),
    [
        ("nine days leave seven", nights(*range(1, 10)), [], (7, 0, 0), nights(*range(3, 10))),
        ("days without a good one push none out", nights(1, 2, 3, 9), [], (4, 0, 0),
         nights(1, 2, 3, 9)),
        ("the newest of a day", nights(1) + nights(1, hour=5), [], (7, 0, 0), nights(1, hour=5)),
        ("an unproven one takes no proven one's place", nights(1, 2), nights(3), (2, 0, 0),
         nights(1, 2, 3)),
        ("an older unproven one goes", nights(1, 3), nights(2), (7, 0, 0), nights(1, 3)),
        ("all unproven", [], nights(1, 2, 3), (2, 0, 0), nights(2, 3)),
        ("one of each week", nights(*range(1, 30)), [], (2, 3, 0), nights(15, 22, 28, 29)),
        ("one of each month", nights(-20, 1, 2, 3), [], (1, 0, 2), nights(-20, 3)),
        ("nothing", [], [], (7, 4, 12), []),
    ],
)  # fmt: skip
def test_what_stays(
    case: str,
    proven: list[datetime],
    others: list[datetime],
    keep: tuple[int, int, int],
    stay: list[datetime],
) -> None:
    assert kept(proven, others, *keep) == set(stay), case
