"""Which small parts become one. Pure.

A chat where little is said has a part for every night. Once a month is past, those that end in it
become one: each line is written anew once, and a page is read from few files. A month, and not
more, so that what is as old as the archive is kept need not wait for what is younger.
"""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from messenger.store.archive.choosing import LINES
from messenger.store.archive.index import Part


def of_months(parts: Sequence[Part], cutoff: datetime) -> list[list[Part]]:
    """Groups of at least two parts, by their ranges; the month of the cutoff is not past yet."""
    groups: list[list[Part]] = []
    this_month = cutoff.year, cutoff.month
    plain = [part for part in parts if not part.late and not part.superseded]
    for (_, month), same in groupby(plain, key=lambda part: (part.stream_id, _month(part))):
        if month < this_month:
            groups += _following(list(same))
    return [group for group in groups if len(group) > 1]


def _month(part: Part) -> tuple[int, int]:
    return part.last_at.year, part.last_at.month


def _following(parts: list[Part]) -> list[list[Part]]:
    """Parts whose ranges have nothing between them, up to as many lines as one part has."""
    groups: list[list[Part]] = []
    lines = 0
    for part in parts:
        lines += part.lines
        if groups and groups[-1][-1].last_seq + 1 == part.first_seq and lines <= LINES:
            groups[-1].append(part)
        else:
            groups.append([part])
            lines = part.lines
    return groups
