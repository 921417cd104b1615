"""The ways of naming a day that `due` reads: one form each, a pattern and its reading.

Only vocabulary and arithmetic of the calendar; which of the days found in a text
counts, and what forbids it, is for `due` to say.
"""

import calendar
import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

Read = Callable[[re.Match[str], datetime], date | None]


def _numbered(words: str, first: int) -> dict[str, int]:
    """Groups of words that mean the same number, counted up from the first."""
    groups = enumerate(words.split(), first)
    return {word: number for number, group in groups for word in group.split("|")}


WORDS: Final = _numbered("сег|tod|ton завтр|tom посл|the|day", 0)
WEEKDAYS: Final = _numbered("по|пн|mo вт|tu ср|we че|чт|th пя|пт|fr су|сб|sa во|вс|su", 0)
MONTHS: Final = _numbered(
    "янв|jan фев|feb мар|mar апр|apr мая|may июн|jun июл|jul авг|aug сен|sep окт|oct ноя|nov"
    " дек|dec",
    1,
)
COUNTS: Final = _numbered(
    "один|одну|a|an|one два|две|two три|three четыре|four пять|five шесть|six семь|seven"
    " восемь|eight девять|nine десять|ten",
    1,
)
WEEKDAY = r"""(?P<weekday>понедельник[ау]?|вторник[ау]?|сред[аыуе](?!\s+(?:разраб|испол|тест))
    |четверг[ау]?|пятниц[аыуе]|суббот[аыуе]|воскресень[еяю]|(?-i:пн|вт|ср|чт|пт|сб|вс)
    |(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|wed|thu|fri)"""
MONTH = r"""(?P<month>янв(?:аря)?|фев(?:раля)?|мар(?:та)?|апр(?:еля)?|мая|июня?|июля?
    |авг(?:уста)?|сент?(?:ября)?|окт(?:ября)?|нояб?(?:ря)?|дек(?:абря)?|jan(?:uary)?|feb(?:ruary)?
    |(?-i:Mar(?:ch)?|May)|apr(?:il)?|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?
    |nov(?:ember)?|dec(?:ember)?)\b\.?"""
DAY = r"(?P<day>\d{1,2})(?:-?(?:го|е|о?му)|st|nd|rd|th)?"
YEAR = r"(?:,?\s+(?P<year>20\d\d)(?!\d))?"
# A deadline; "by the end of Friday" is one as well.
FIRM = r"""(?:(?P<firm>до|ко?|не\s+поз(?:днее|же)|срок:?|дедлайн:?|by|before|until|till|due:?
    |deadline:?|no\s+later\s+than)\s+
    (?:(?:конц[ау]|вечер[ау]|утр[ау]|(?:the\s+)?end\s+of|eod|cob)\s+)?(?:on\s+)?(?:the\s+)?)"""
WHICH = r"""(?:(?:(?P<this>эт(?:от|у|о|ого|ой|ому)|this)|(?P<next>следующ\w+|next)|ближайш\w+
    |coming)\s+)?"""
# "On Friday, December 4": the date says which Friday.
BESIDE = rf"(?:(?:во?\s+|на\s+|on\s+)?{WEEKDAY},?\s+\(?)?"
# What a number is of, if it is no date.
UNIT = r"\s*(?:руб|р\.|₽|%|[$€£]|usd|eur|тыс|млн|кг|г\b|мб|гб|[kmg]b|м?с\b|сек|мин|шт|раз)"


def _word(match: re.Match[str], now: datetime) -> date | None:
    word = match["word"].lower()
    return now.date() + timedelta(next(WORDS[start] for start in WORDS if word.startswith(start)))


def _weekday(match: re.Match[str], now: datetime) -> date | None:
    """The coming such day; "this" and "next" are plain only where they mean that one too."""
    today = now.date().weekday()
    ahead = (WEEKDAYS[match["weekday"][:2].lower()] - today - 1) % 7 + 1
    if (match["this"] and today + ahead > 6) or (match["next"] and today + ahead <= 6):
        return None
    return now.date() + timedelta(ahead)


def _later(match: re.Match[str], now: datetime) -> date | None:
    count = COUNTS.get((match["count"] or "one").lower()) or int(match["count"])
    match match["unit"][:2].lower():
        case "ча" | "ho":
            return now + timedelta(hours=count)
        case "не" | "we":
            return now.date() + timedelta(weeks=count)
        case "ме" | "mo":
            return _in_month(now, count, now.day)
        case _:
            # "Через день" is every other day as well.
            return now.date() + timedelta(count) if match["count"] else None


def end_of_day(match: re.Match[str], now: datetime) -> date | None:
    """Today, unless a day is named beside it."""
    return now.date()


def _end(match: re.Match[str], now: datetime) -> date | None:
    later = 1 if match["next"] else 0
    match match["span"][:2].lower():
        case "не" | "we":
            return now.date() + timedelta(6 - now.date().weekday() + 7 * later)
        case "ме" | "mo":
            return _in_month(now, later, 31)
        case _:
            return date(now.year + later, 12, 31)


def _next_week(match: re.Match[str], now: datetime) -> date | None:
    return now.date() + timedelta(7 - now.date().weekday())


def _in_month(now: datetime, ahead: int, day: int) -> date:
    """A day of this month or a later one; its last where it has no such day."""
    year, month = divmod(now.year * 12 + now.month - 1 + ahead, 12)
    return date(year, month + 1, min(day, calendar.monthrange(year, month + 1)[1]))


def _date(match: re.Match[str], now: datetime) -> date | None:
    """A day of a month; where the year is left out, the nearest to today."""
    month, year = match["month"], match.groupdict().get("year")
    number = int(month) if month.isdigit() else MONTHS[month[:3].lower()]
    years = [2000 + int(year[-2:])] if year else range(now.year - 1, now.year + 2)
    days = [day for year in years if (day := _valid(year, number, match["day"]))]
    return min(days, key=lambda day: abs(day - now.date()), default=None)


def _day_alone(match: re.Match[str], now: datetime) -> date | None:
    """The coming day with this number."""
    for ahead in range(3):
        first = _in_month(now, ahead, 1)
        day = _valid(first.year, first.month, match["day"])
        if day and day >= now.date():
            return day
    return None


def _valid(year: int, month: int, day: str) -> date | None:
    try:
        return date(year, month, int(day))
    except ValueError:
        return None


def _iso(match: re.Match[str], now: datetime) -> date | None:
    try:
        if match["clock"] is None:
            return date.fromisoformat(match["day"])
        moment = datetime.fromisoformat(match["day"] + match["clock"])
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=now.tzinfo)


class Form(NamedTuple):
    """`read` gives the day of a match, a datetime where it is a moment.

    `narrative`: without a deadline's word it often tells of the past; `figure`: it may be a number.
    """

    pattern: re.Pattern[str]
    read: Read
    narrative: bool = False
    figure: bool = False


def _form(pattern: str, read: Read, **kinds: bool) -> Form:
    edged = rf"(?<![\w@.,:/\\#№$€£+–-])(?=\w){pattern}(?![\w/\\]|['’]s|\.\.|[.,:–-]\w)"
    return Form(re.compile(edged, re.IGNORECASE | re.VERBOSE), read, **kinds)


FORMS: Final = (
    _form(rf"{FIRM}?(?P<word>сегодня|today|tonight)", _word, narrative=True),
    _form(
        rf"""{FIRM}?(?P<word>завтра|завтрашн(?:ему|его)|послезавтра|tomorrow
        |(?:the\s+)?day\s+after\s+tomorrow)""",
        _word,
    ),
    _form(rf"(?:{FIRM}|на\s+|for\s+){WHICH}{WEEKDAY}", _weekday),
    _form(
        rf"(?:во?\s+|on\s+|(?=(?:this|next|coming)\s)){WHICH}{WEEKDAY}",
        _weekday,
        narrative=True,
    ),
    _form(
        rf"""(?:через|in|within|в\s+течение)\s+(?:(?P<count>\d{{1,3}}|{"|".join(COUNTS)})\s+)?
        (?P<unit>час(?:а|ов)?|hours?|день|дня|дней|days?|недел[юиь]|weeks?|месяц(?:а|ев)?|months?)
        (?!\s+(?:после|от|с|after|from|or|или)\b)""",
        _later,
        narrative=True,
    ),
    _form(
        r"""(?:(?P<firm>до|к|by|before|until)\s+|в\s+|at\s+)?(?:конц[ауе]|(?:the\s+)?end\s+of)\s+
        (?:the\s+|this\s+|эт(?:ой|ого)\s+|(?P<next>next|следующ(?:ей|его))\s+)?
        (?P<span>недели|week|месяца|month|года|year)""",
        _end,
        narrative=True,
    ),
    _form(
        r"(?:(?:до|к|в|by|before|until|at)\s+)?"
        r"(?:конц[ауе]\s+(?:рабочего\s+)?дня|(?:the\s+)?end\s+of\s+(?:the\s+)?day|(?-i:EOD|COB))",
        end_of_day,
        narrative=True,
    ),
    _form(r"(?:на|к|до)\s+следующей\s+неделе?и?|next\s+week", _next_week, narrative=True),
    _form(rf"{FIRM}?{BESIDE}{DAY}\s+(?:of\s+)?{MONTH}{YEAR}", _date),
    _form(rf"{FIRM}?{BESIDE}{MONTH}\s+{DAY}{YEAR}", _date),
    _form(rf"{FIRM}?{DAY}\s+числ[ау]", _day_alone),
    _form(rf"{FIRM}(?P<day>\d{{1,2}})(?:st|nd|rd|th)(?=\s*(?:$|[.,;!?)]))", _day_alone),
    _form(rf"{FIRM}?{BESIDE}(?P<day>\d{{1,2}})\.(?P<month>\d{{1,2}})\.(?P<year>20\d\d)", _date),
    _form(rf"{FIRM}?(?P<day>\d\d)\.(?P<month>\d\d)\.(?P<year>\d\d)(?!{UNIT})", _date, figure=True),
    _form(rf"{FIRM}(?P<day>\d{{1,2}})\.(?P<month>\d\d)(?!{UNIT})", _date, figure=True),
    _form(rf"(?P<day>0\d)\.(?P<month>\d\d)(?!{UNIT})", _date, figure=True),
    _form(
        rf"""{FIRM}?(?P<day>20\d\d-\d\d-\d\d)
        (?P<clock>T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?)?""",
        _iso,
    ),
)
