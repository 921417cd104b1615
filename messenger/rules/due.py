"""Reads when something is wanted out of a message, where it is plain; Russian and English.

A wrong date on a task is worse than none, so each form has what forbids it. dateparser 1.5 reads
68 of the 126 plain days in `tests/unit/test_due.py`, 5 wrongly, and a day out of 35 of the 86
sentences that name none (55 as it comes); it costs 23 MiB, 0.4 s and 2 ms a sentence.
A week ends on Sunday, "next week" is its Monday, a weekday is the next such day after today.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, time
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from messenger.model import Due, timestamp
from messenger.rules.due_forms import FORMS, Form, end_of_day

ZONES: Final = {"мск": "Europe/Moscow", "msk": "Europe/Moscow", "utc": "UTC", "gmt": "UTC"}
MANY: Final = 30
"""A text that names so many days is a list of dates and not one task; nor is it worth the time."""

TEXT_READ: Final = 2000
"""Characters of a text that are looked at, for a setting may allow a million."""
CLAUSE_READ: Final = 300
"""Characters of a clause before and after a day; a longer one is none."""

# These are no due dates: code, what is struck out, another's words, addresses.
_hidden = re.compile(
    r"```.*?(?:```|\Z)|`[^`\n]+`|~~.*?~~|^[^\S\n]*+>[^\n]*|https?://\S+", re.S | re.M
)
_blank = re.compile(r"\s{2,}")
_emphasis = re.compile(r"[*_]+")
_clause = re.compile(r"[!?;,()\n]|[.…](?=\s|$)|\s[-–—]\s")
_sentence = re.compile(r"[!?;\n]|(?<![ap]\.m)[.…](?=\s|$)")
_refused_after = re.compile(
    r"""(?<!\w)(?:с|со|от|после|за|не|не\s+ранее|раньше|всем|состоянию\s+на|from|since|after|as\s+of|last
    |was|were|see\s+you|not(?:\s+(?:before|until|on|by))?|увидимся|улиц\w+|ул\.|п\.|пункт\w*|раздел\w*)\s*$""",
    re.I | re.X,
)
_repeated = re.compile(r"\b(?:кажд\w+|every|each)\b", re.I)
_figures = re.compile(
    r"обнов|верси|релиз \d|upgrad|updat|version|ubuntu|debian|python|node|цен[аыуе]\b|курс", re.I
)
# A clause in the past tense tells what was, unless it also says what is wanted ("решили сдать в
# пятницу"). Left out in front are nouns and imperatives that look like a verb in the past.
_past = re.compile(
    r"""\b(?!(?:от|раз|пре)?дел[аоуе]?м?\b|недел|цел[иье]|модел|детал|квартал|канал|портал|журнал
        |материал|персонал|филиал|сигнал|терминал|оригинал|начал|сначал|мало|правил|сил|шкал|зал
        |(?:уда|выде|разде|опреде|обну)ли\b)
    (?:\w+[аеиуыяё]л(?:[аои]|ся|ась|ось|ись)?|\w*ш(?:ел|ёл|л[ао])(?:ся|ась|ось)?
    |\w*(?:лег|мог|нес|вез)л[аои]|\w*(?:лёг|мог|нёс|вёз)|was|were|had|did|went|met|sent|fell|broke
    |came|got|said|told|took|made|built|saw|ran|[a-z]{2,}[^\We]ed)\b""",
    re.I | re.X,
)
_wanted = re.compile(
    r"""\bчтоб|\bбы\b|\bнадо|нужн|долж|пожалуйста|прошу|please
    |\b(?:must|should|will|needs?|needed|let['’]s|be)\b""",
    re.I | re.X,
)
_infinitive = re.compile(
    r"""\b\w{2,}(?:ть(?:ся)?|йти|ести|чь)\b
    |\bto\s+(?!the|an?\b|my|our|h|th|you|us)\w""",
    re.I | re.X,
)
_clock = re.compile(
    r"""(?<![\w:.,/+-])(?:(?:(?P<lead>в|к|до)|(?P<from>с|от|после|from|since|after))\s+)?
    (?:(?P<noon>полдень|noon)|(?P<hour>\d{1,2})
      (?::(?P<minute>[0-5]\d)|\.(?P<dotted>00|15|[2345]0|45))?
      (?:\s*(?:час(?:ов|а)?\s+)?(?P<half>утра|дня|вечера|[ap]\.?m\b)|\s*(?P<hours>час(?:ов|а)?))?)
    (?![\w:%]|[.,/–-]\d)(?P<alone>(?=\s*(?:$|[.,;!?)]|в\s|на\s)))?
    (?:\.?\s*(?P<zone>мск|msk|utc|gmt|(?-i:[A-Z]{2,3}T))\b)?""",
    re.I | re.X,
)


class Span(NamedTuple):
    """Where a text names a day; None where the words around it forbid to take it."""

    start: int
    end: int
    day: date | None
    strength: int


def due_in(text: str, now: datetime) -> Due | None:
    """What a message says of when it is wanted; `now` is aware, in the person's own zone.

    One day, or one deadline among other days, is plain; anything else is None.
    """
    text = _blank.sub(_one_blank, text.lstrip()[:TEXT_READ])
    text = _emphasis.sub("", _hidden.sub(" ", text))
    spans = list(_spans(text, now))
    ahead = [span for span in spans if span.day is not None and _is_ahead(span.day, now)]
    strength = max((span.strength for span in ahead), default=0)
    days = {span.day: span for span in ahead if span.strength == strength}
    if len(days) != 1:
        return None
    [(day, span)] = days.items()
    assert day is not None
    zone = getattr(now.tzinfo, "key", "UTC")
    if not isinstance(day, datetime):
        left, right = _around(text, span, _sentence)
        at, stated_zone = _time_in(_without(spans, text)[left:right])
        if at is None:
            return Due(date=day.isoformat())
        zone = stated_zone or zone
        day = datetime.combine(day, at, ZoneInfo(zone))
    return Due(at=timestamp(day), zone=zone) if day > now else None


def _one_blank(run: re.Match[str]) -> str:
    """Nothing that is read hangs on how many they are, but for the time it takes."""
    return "\n" if "\n" in run[0] else " "


def _spans(text: str, now: datetime) -> Iterator[Span]:
    """What names a day; of readings that overlap, the longest."""
    found = [(form, match) for form in FORMS for match in form.pattern.finditer(text)]
    if len(found) > MANY:
        return
    taken: list[tuple[int, int]] = []
    for form, match in sorted(found, key=lambda one: one[1].start() - one[1].end()):
        start, end = match.span()
        if any(start < other_end and other_start < end for other_start, other_end in taken):
            continue
        taken.append((start, end))
        firm = match.groupdict().get("firm") is not None
        strength = 0 if form.read is end_of_day else 2 if firm else 1
        span = Span(start, end, form.read(match, now), strength)
        yield span._replace(day=None) if _is_forbidden(text, span, form, firm) else span


def _is_forbidden(text: str, span: Span, form: Form, firm: bool) -> bool:
    left, right = _around(text, span, _clause)
    clause = text[left:right]
    return bool(
        (form.narrative and not firm and _tells(clause, text[left : span.start]))
        or _refused_after.search(text[max(0, span.start - 40) : span.start])
        or _repeated.search(clause)
        or (form.figure and _figures.search(clause))
    )


def _tells(clause: str, before: str) -> bool:
    return bool(
        _past.search(clause) and not _wanted.search(clause) and not _infinitive.search(before)
    )


def _is_ahead(day: date, now: datetime) -> bool:
    return day > now if isinstance(day, datetime) else day >= now.date()


def _around(text: str, span: Span, ends: re.Pattern[str]) -> tuple[int, int]:
    """Where the clause or the sentence begins and ends that a span stands in."""
    first, last = max(0, span.start - CLAUSE_READ), min(len(text), span.end + CLAUSE_READ)
    left = max((end.end() for end in ends.finditer(text, first, span.start)), default=first)
    right = ends.search(text, span.end, last)
    return left, right.start() if right else last


def _without(spans: list[Span], text: str) -> str:
    for span in spans:
        text = text[: span.start] + " " * (span.end - span.start) + text[span.end :]
    return text


def _time_in(sentence: str) -> tuple[time | None, str | None]:
    """The one time of day that a sentence names, and the zone where it says one."""
    found = [(at, match) for match in _clock.finditer(sentence) if (at := _time(match))]
    if len(found) != 1:
        return None, None
    at, match = found[0]
    zone = ZONES.get((match["zone"] or "").lower())
    plain = match["from"] is None and (zone or not match["zone"])
    return (at, zone) if plain else (None, None)


def _time(match: re.Match[str]) -> time | None:
    """Hours alone are plain in Russian, and from nine on: before, it may be the evening."""
    if match["noon"]:
        return time(12)
    hour, half = int(match["hour"]), (match["half"] or "").lower().replace(".", "")
    if half:
        plain = hour <= 12 and (match["lead"] or half in ("am", "pm"))
        hour = hour % 12 + (12 if half in ("pm", "дня", "вечера") else 0)
    elif match["minute"]:
        plain = True
    else:
        whole = hour >= 9 and (match["alone"] is not None or match["hours"])
        plain = match["lead"] and (match["dotted"] or whole)
    minute = int(match["minute"] or match["dotted"] or 0)
    return time(hour, minute) if plain and hour < 24 else None
