"""When digests and weekly mails come: by the reader's own clock, and never in their rest."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from messenger.model import NotifySettings, QuietHours
from messenger.rules.mailing import is_digest_due, week_due

MOSCOW = ZoneInfo("Europe/Moscow")
QUIET = QuietHours(start="22:00", end="08:00")
LAST_SEEN = datetime(2026, 11, 30, 0, tzinfo=UTC)
"""Three in the morning of a Monday in Moscow."""


def at(hours: float) -> datetime:
    return LAST_SEEN + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("choice", "hours", "told", "more", "due"),
    [
        ("off", 100, None, {}, False),
        ("1h", 0.9, None, {}, False),
        ("1h", 1, None, {}, True),
        ("1h", 2, 1.5, {}, False),
        ("1h", 2.5, 1.5, {}, True),
        ("8h", 7.9, None, {}, False),
        ("8h", 8, None, {}, True),
        # Nine o'clock there is six in UTC.
        ("daily", 5.9, None, {}, False),
        ("daily", 6, None, {}, True),
        ("daily", 20, 6, {}, False),
        ("daily", 30, 6, {}, True),
        ("1h", 2, None, {"quiet": QUIET}, False),
        ("1h", 5, None, {"quiet": QUIET}, True),
        ("1h", 12, None, {"quiet": QuietHours(whole_days=[1])}, False),
        ("1h", 12, None, {"until": "2026-11-30T13:00:00.000Z"}, False),
        ("1h", 14, None, {"until": "2026-11-30T13:00:00.000Z"}, True),
    ],
)
def test_digest_is_due(
    choice: Any, hours: float, told: float | None, more: dict[str, Any], due: bool
) -> None:
    settings = NotifySettings(mail_digest=choice, **more)
    told_at = None if told is None else at(told)
    assert is_digest_due(settings, MOSCOW, LAST_SEEN, told_at, at(hours)) is due


@pytest.mark.parametrize(
    ("wanted", "hours", "last", "more", "day"),
    [
        (False, 6, None, {}, None),
        (True, 5.9, None, {}, None),
        (True, 6, None, {}, date(2026, 11, 30)),
        (True, 6, date(2026, 11, 23), {}, date(2026, 11, 30)),
        (True, 7, date(2026, 11, 30), {}, None),
        # Tuesday.
        (True, 30, None, {}, None),
        (True, 6, None, {"quiet": QuietHours(start="08:00", end="10:00")}, None),
        (True, 7, None, {"quiet": QuietHours(start="08:00", end="10:00")}, date(2026, 11, 30)),
    ],
)
def test_tasks_of_the_week_are_due(
    wanted: bool, hours: float, last: date | None, more: dict[str, Any], day: date | None
) -> None:
    settings = NotifySettings(mail_weekly=wanted, **more)
    assert week_due(settings, MOSCOW, last, at(hours)) == day
