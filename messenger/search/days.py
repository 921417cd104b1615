"""Days and spans of days as people name them in a query: `вчера`, `10 ноября`, `last week`, `2025`.

What is not told by its own words here is read as a due date is (`rules.due_forms`). In a search a
weekday or a month without a year is the last one, in a due date the next.
"""

import calendar
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple

from messenger.rules.due_forms import COUNTS, FORMS, MONTHS, WEEKDAYS

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 2200


class Days(NamedTuple):
    """From one day to another, both included."""

    first: date
    last: date


_NEAR: Final = {
    "позавчера": -2, "вчера": -1, "yesterday": -1, "сегодня": 0, "today": 0, "завтра": 1,
    "tomorrow": 1, "послезавтра": 2,
}  # fmt: skip
_numbers = re.compile(r"(\d{1,2})[./](\d{1,2})(?:[./](\d{4}|\d{2}))?")
_iso = re.compile(r"(\d{4})-(\d\d)(?:-(\d\d))?")
_year = re.compile(r"((?:19|20|21)\d\d)(?:\s*(?:г|год|году)\.?)?")
_month = re.compile(r"(?:в\s+|in\s+)?([a-zа-я]{3,8})\.?(?:\s+(\d{4}))?")
_named = re.compile(r"(\d{1,2})(?:-?го|st|nd|rd|th)?\s+([a-zа-я]{3,8})\.?(?:\s+(\d{4}))?")
_named_first = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,?\s+(\d{4}))?")
_ago = re.compile(r"(?:(\d{1,3}|[a-zа-я]+)\s+)?([a-zа-я]+)\s+(?:назад|ago)")
_span = re.compile(
    r"(?:(?:на|в|за)\s+)?(эт\w+|прошл\w+|последн\w+|следующ\w+|this|last|next)\s+([a-zа-я]+)"
)
_weekday = re.compile(r"(?:в\s+|во\s+|on\s+)?([a-zа-я]{2,12})")
_FULL_WEEKDAYS: Final = re.compile(
    r"(?:понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)[а-я]{0,2}|(?:mon|tues|wednes"
    r"|thurs|fri|satur|sun)day|пн|вт|ср|чт|пт|сб|вс|mon|tue|wed|thu|fri|sat|sun"
)


def read_days(written: str, today: date, *, ahead: bool = False) -> Days | None:
    """Which days are meant; None where none are. `ahead`: it is of what is to come."""
    text = " ".join(written.lower().replace("ё", "е").split())[:64]
    for read in _READERS:
        try:
            found = read(text, today, ahead)
        except (ValueError, OverflowError):
            continue
        if found and found.first.year >= FIRST_YEAR and found.last.year <= LAST_YEAR:
            return found
    return None


def _near(text: str, today: date, ahead: bool) -> Days | None:
    return _one(today + timedelta(_NEAR[text])) if text in _NEAR else None


def _in_numbers(text: str, today: date, ahead: bool) -> Days | None:
    if found := _iso.fullmatch(text):
        year, month = int(found[1]), int(found[2])
        return _one(date(year, month, int(found[3]))) if found[3] else _of_month(year, month)
    if found := _numbers.fullmatch(text):
        return _dated(int(found[1]), int(found[2]), found[3], today, ahead)
    if found := _year.fullmatch(text):
        return Days(date(int(found[1]), 1, 1), date(int(found[1]), 12, 31))
    return None


def _by_name(text: str, today: date, ahead: bool) -> Days | None:
    if (found := _named.fullmatch(text)) and (month := _month_of(found[2])):
        return _dated(int(found[1]), month, found[3], today, ahead)
    if (found := _named_first.fullmatch(text)) and (month := _month_of(found[1])):
        return _dated(int(found[2]), month, found[3], today, ahead)
    if (found := _month.fullmatch(text)) and (month := _month_of(found[1])):
        year = int(found[2]) if found[2] else today.year
        if not found[2] and not ahead and month > today.month:
            year -= 1
        if not found[2] and ahead and month < today.month:
            year += 1
        return _of_month(year, month)
    return None


def _before_now(text: str, today: date, ahead: bool) -> Days | None:
    found = _ago.fullmatch(text)
    if found is None:
        return None
    count = int(found[1]) if found[1] and found[1].isdigit() else COUNTS.get(found[1] or "one")
    unit = _unit(found[2])
    if count is None or unit is None:
        return None
    if unit in ("day", "week"):
        return _one(today - timedelta(count * (7 if unit == "week" else 1)))
    months = today.year * 12 + today.month - 1 - count * (12 if unit == "year" else 1)
    last = calendar.monthrange(months // 12, months % 12 + 1)[1]
    return _one(date(months // 12, months % 12 + 1, min(today.day, last)))


def _spanning(text: str, today: date, ahead: bool) -> Days | None:
    found = _span.fullmatch(text)
    if found is None or (unit := _unit(found[2])) is None:
        return None
    step = 0 if found[1][:2] in ("эт", "th") else 1 if found[1][:2] in ("сл", "ne") else -1
    if unit == "day":
        return _one(today + timedelta(step))
    if unit == "week":
        monday = today - timedelta(today.weekday()) + timedelta(weeks=step)
        return Days(monday, monday + timedelta(6))
    if unit == "year":
        return Days(date(today.year + step, 1, 1), date(today.year + step, 12, 31))
    month = today.year * 12 + today.month - 1 + step
    return _of_month(month // 12, month % 12 + 1)


def _by_weekday(text: str, today: date, ahead: bool) -> Days | None:
    found = _weekday.fullmatch(text)
    if found is None or not _FULL_WEEKDAYS.fullmatch(found[1]):
        return None
    wanted = WEEKDAYS[found[1][:2]]
    if ahead:
        return _one(today + timedelta((wanted - today.weekday() - 1) % 7 + 1))
    return _one(today - timedelta((today.weekday() - wanted) % 7))


def _as_due(text: str, today: date, ahead: bool) -> Days | None:
    now = datetime.combine(today, time(), UTC)
    for form in FORMS:
        match = form.pattern.fullmatch(text)
        day = match and form.read(match, now)
        if day:
            return _one(day.date() if isinstance(day, datetime) else day)
    return None


_READERS: Final[tuple[Callable[[str, date, bool], Days | None], ...]] = (
    _near,
    _in_numbers,
    _by_name,
    _before_now,
    _spanning,
    _by_weekday,
    _as_due,
)


def _one(day: date) -> Days:
    return Days(day, day)


def _of_month(year: int, month: int) -> Days:
    return Days(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def _dated(day: int, month: int, year: str | None, today: date, ahead: bool) -> Days:
    if year is not None:
        return _one(date(int(year) + (2000 if len(year) == 2 else 0), month, day))
    found = date(today.year, month, day)
    if found > today and not ahead:
        return _one(date(today.year - 1, month, day))
    if found < today and ahead:
        return _one(date(today.year + 1, month, day))
    return _one(found)


def _month_of(word: str) -> int | None:
    """By its first three letters, where the whole looks like a month's name."""
    number = MONTHS.get(word[:3]) or (5 if word.startswith("май") else None)
    return number if number and _MONTHS[number - 1].fullmatch(word) else None


_MONTHS: Final = [
    re.compile(names)
    for names in (
        "янв(?:ар[ьяе])?|jan(?:uary)?", "фев(?:рал[ьяе])?|feb(?:ruary)?",
        "мар(?:т[ае]?)?|mar(?:ch)?", "апр(?:ел[ьяе])?|apr(?:il)?", "ма[йяе]|may",
        "июн[ьяе]?|june?", "июл[ьяе]?|july?", "авг(?:уст[ае]?)?|aug(?:ust)?",
        "сент?(?:ябр[ьяе])?|sept?(?:ember)?", "окт(?:ябр[ьяе])?|oct(?:ober)?",
        "нояб?(?:р[ьяе])?|nov(?:ember)?", "дек(?:абр[ьяе])?|dec(?:ember)?",
    )
]  # fmt: skip


def _unit(word: str) -> str | None:
    for start, unit in (
        ("дн", "day"), ("ден", "day"), ("day", "day"), ("нед", "week"), ("week", "week"),
        ("мес", "month"), ("mon", "month"), ("год", "year"), ("лет", "year"), ("year", "year"),
    ):  # fmt: skip
        if word.startswith(start):
            return unit
    return None
