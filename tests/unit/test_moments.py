from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messenger.errors import ValidationFailed
from messenger.model import timestamp
from messenger.model.moments import exactly
from messenger.rules.moments import checked_day, checked_moment

OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda m: timezone(timedelta(minutes=m)))


@given(st.datetimes(timezones=OFFSETS))
def test_any_moment_is_written_in_the_contracts_form(moment: datetime) -> None:
    written = timestamp(moment)
    assert len(written) == len("2026-12-01T09:00:00.000Z")
    assert datetime.fromisoformat(written).tzinfo == UTC


@given(st.datetimes(timezones=OFFSETS).filter(lambda moment: 1 < moment.year < 9999))
def test_a_moment_is_written_to_the_microsecond_or_cut_off_after_the_millisecond(
    moment: datetime,
) -> None:
    assert datetime.fromisoformat(exactly(moment)) == moment
    cut = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert datetime.fromisoformat(timestamp(moment)) == cut


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 12, 1, 9, tzinfo=UTC), "2026-12-01T09:00:00.000Z"),
        (datetime(2026, 12, 1, 9, 0, 0, 999, UTC), "2026-12-01T09:00:00.000Z"),
        (datetime(73, 5, 6, 7, 8, 9, 10_999, UTC), "0073-05-06T07:08:09.010Z"),
        (datetime.min.replace(tzinfo=timezone(timedelta(hours=14))), "0001-01-01T00:00:00.000Z"),
        (datetime.max.replace(tzinfo=timezone(timedelta(hours=-9))), "9999-12-31T23:59:59.999Z"),
    ],
)
def test_the_ends_of_the_calendar_have_a_name(moment: datetime, written: str) -> None:
    assert timestamp(moment) == written


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2026-12-01T09:00:00Z", "2026-12-01T09:00:00.000Z"),
        ("2026-12-01t12:00:00.5+03:00", "2026-12-01T09:00:00.500Z"),
        ("2026-12-01 09:00Z", "2026-12-01T09:00:00.000Z"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
        ("2200-12-31T23:59:59.999999999Z", "2200-12-31T23:59:59.999Z"),
    ],
)
def test_a_moment_is_kept_in_utc(written: str, kept: str) -> None:
    assert timestamp(checked_moment(written, "until")) == kept


@pytest.mark.parametrize(
    "written",
    [
        "", "now", "2026-12-01", "2026-12-01T09:00:00", "20261201T090000Z", "2026-W49-2T09:00:00Z",
        "2026-12-01T24:00:00Z", "2026-12-01T23:59:60Z", "2026-12-01T09:00:00+99:99",
        "2026-12-01T09:00:00+03:00:30", "2026-02-30T09:00:00Z", "0073-01-01T00:00:00Z",
        "0001-01-01T00:00:00+14:00", "1969-12-31T23:59:59Z", "2201-01-01T00:00:00Z",
        "9999-12-31T23:59:59-14:00", "٢٠٢٦-12-01T09:00:00Z", "2026-12-01T09:00:00Z\n", "9" * 10_000,
    ],
)  # fmt: skip
def test_what_is_no_sensible_moment_is_refused_by_name(written: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        checked_moment(written, "until")
    assert refused.value.details == {"field": "until"}


@pytest.mark.parametrize(
    "written", ["", "1969-12-31", "2201-01-01", "0001-01-01", "20261201", "2026-02-30", "2026-W49"]
)
def test_what_is_no_sensible_day_is_refused_by_name(written: str) -> None:
    with pytest.raises(ValidationFailed) as refused:
        checked_day(written, "from")
    assert refused.value.details == {"field": "from"}
