"""Reads a due date out of a message where it is plain, in Russian and English."""

import re
from datetime import date, datetime, timedelta

from messenger.model import Due

_iso = re.compile(r"(?<![\w.\-/])(\d{4})-(\d{2})-(\d{2})(?![\w\-/])")
_words = {"сегодня": 0, "today": 0, "завтра": 1, "tomorrow": 1, "послезавтра": 2}
_relative = re.compile(rf"\b({'|'.join(_words)})\b", re.IGNORECASE)


def due_in(text: str, now: datetime) -> Due | None:
    """The due date a message names; `now` is aware, in the person's own zone."""
    if found := _relative.search(text):
        return Due(date=(now.date() + timedelta(days=_words[found[1].lower()])).isoformat())
    if found := _iso.search(text):
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
        return Due(date=day.isoformat()) if day >= now.date() else None
    return None
