"""Turns operators and parameters into what the index is asked for: marks, and bounds of time.

A filter that cannot be read (nobody is called so, no day) finds nothing, and says so; while it is
being typed, with nothing after its colon, it asks for nothing.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import msgspec

from messenger.model import Identity
from messenger.model.search import SearchFilter, SearchKind
from messenger.search import codes, marks
from messenger.search.days import Days, read_days
from messenger.search.marks import Flag, Kind
from messenger.search.operators import ME, NO_DUE, OVERDUE, VALUES
from messenger.search.query import Operator
from messenger.search.snippets import in_utf16
from messenger.search.words import keys_of, normal
from messenger.store.db import Database, Row
from messenger.store.rows import users

ALWAYS: Final = datetime(1970, 1, 1, tzinfo=UTC)
NEVER: Final = datetime(9000, 1, 1, tzinfo=UTC)
MOST_DUE: Final = 400
"""Days that `due:` looks through."""
MOST_PEOPLE: Final = 20

HAS: Final = {
    "file": Flag.HAS_FILE,
    "image": Flag.HAS_IMAGE,
    "link": Flag.HAS_LINK,
    "task": Flag.HAS_TASK,
}
IS: Final = {"pinned": Flag.PINNED, "task": Flag.TASK, "open": Flag.OPEN, "done": Flag.DONE}


class Sieve(msgspec.Struct):
    """Marks: all of `every`, one of each of `anys`, none of `none`; `since <= at < upto`."""

    every: list[str] = []
    anys: list[list[str]] = []
    none: list[str] = []
    since: datetime = ALWAYS
    upto: datetime = NEVER
    kind: SearchKind | None = None
    impossible: bool = False
    in_chats: bool = False
    filters: list[SearchFilter] = []


class Asker(NamedTuple):
    """Who asks, the chats they may read, and what day it is for them."""

    identity: Identity
    chats: dict[int, Row]
    zone: ZoneInfo
    today: date


class Marked(NamedTuple):
    """How a value is told, and the marks of which one is wanted, or all; None: not understood."""

    value: str
    any: list[str] | None
    every: tuple[str, ...] = ()


async def sieve(database: Database, asker: Asker, q: str, operators: Sequence[Operator]) -> Sieve:
    """What the operators of a query ask for."""
    found = Sieve()
    for operator in operators:
        value = operator.value.strip()
        if not value:
            continue
        understood, told = True, value
        if operator.name in ("before", "after", "on"):
            days = read_days(value, asker.today)
            understood = days is not None and _bound(found, asker, operator, days)
            told = days.first.isoformat() if days else value
        elif operator.name == "type":
            kind = VALUES["type"].get(normal(value))
            understood, told = kind is not None and not operator.negated, kind or value
            found.kind = kind if understood else found.kind  # type: ignore[assignment]
        else:
            marked = await _marked(database, asker, operator.name, value)
            understood, told = marked.any is not None, marked.value
            _add(found, marked, operator)
        found.impossible |= not understood and not operator.negated
        [(start, end)] = in_utf16(q, [(operator.start, operator.end)])
        found.filters.append(
            SearchFilter(
                name=operator.name,
                value=told,
                negated=operator.negated,
                start=start,
                end=end,
                understood=understood,
            )
        )
    return found


def _add(sieve: Sieve, marked: Marked, operator: Operator) -> None:
    if marked.any is None:
        return
    if operator.negated:
        sieve.none += marked.any
    elif len(marked.any) == 1:
        sieve.every += marked.any
    else:
        sieve.anys.append(marked.any)
    if not operator.negated:
        sieve.every += marked.every
        sieve.in_chats |= operator.name == "in"


def _bound(sieve: Sieve, asker: Asker, operator: Operator, days: Days) -> bool:
    """Narrow the time; whether that could be done."""
    first, past = start_of(days.first, asker.zone), start_of(days.last, asker.zone, 1)
    name = operator.name
    if operator.negated:
        if name == "on":
            return False
        name = "after" if name == "before" else "before"
    if name in ("after", "on"):
        sieve.since = max(sieve.since, first)
    if name == "before":
        sieve.upto = min(sieve.upto, first)
    if name == "on":
        sieve.upto = min(sieve.upto, past)
    return True


def start_of(day: date, zone: ZoneInfo, later: int = 0) -> datetime:
    return datetime.combine(day + timedelta(later), time(), zone).astimezone(UTC)


async def _marked(database: Database, asker: Asker, name: str, value: str) -> Marked:
    match name:
        case "from":
            people = await people_called(database, asker.identity, value)
            found = [codes.of_sender(id) for id in people]
            return Marked(",".join(map(str, people)) or "none", found or None)
        case "in":
            chats = await _chats_called(database, asker, value)
            found = [marks.mark(Kind.CHAT, id) for id in chats]
            return Marked(",".join(map(str, chats)) or "none", found or None)
        case "has" | "is":
            return _flagged(asker, name, VALUES[name].get(normal(value)), value)
        case "label":
            return Marked(value, [marks.label(value)])
        case _:
            return _due(asker, value)


def _flagged(asker: Asker, name: str, known: str | None, value: str) -> Marked:
    if known is None:
        return Marked(value, None)
    if known == "mine":
        me = asker.identity.user_id
        return Marked(known, [codes.of_sender(me), marks.mark(Kind.ASSIGNEE, me)])
    return Marked(known, [marks.flag((HAS if name == "has" else IS)[known])])


def _due(asker: Asker, value: str) -> Marked:
    is_open = (marks.flag(Flag.OPEN),)
    plain = normal(value)
    if plain in NO_DUE:
        return Marked("none", [marks.flag(Flag.NEVER_DUE)], is_open)
    if plain in OVERDUE:
        past = [asker.today - timedelta(1 + ago) for ago in range(MOST_DUE)]
        return Marked("overdue", [marks.due(day) for day in past], is_open)
    days = read_days(value, asker.today, ahead=True)
    if days is None:
        return Marked(value, None)
    count = min((days.last - days.first).days + 1, MOST_DUE)
    found = [marks.due(days.first + timedelta(each)) for each in range(count)]
    told = days.first.isoformat()
    return Marked(told if count == 1 else f"{told}..{days.last.isoformat()}", found, is_open)


async def people_called(database: Database, identity: Identity, value: str) -> list[int]:
    """People by `me`, an id, a user name, or a part of the shown name."""
    plain = normal(value.strip().removeprefix("@"))
    if not plain:
        return []
    if plain in ME:
        return [identity.user_id]
    if plain.isdigit() and len(plain) < 16:
        return [user.id for user in await users.seen(database, identity, [int(plain)])]
    found = await users.search(database, identity, value.strip().removeprefix("@"), MOST_PEOPLE)
    if not found:
        # In another case of the language, as `от:Анны`.
        wanted = set(keys_of(plain))
        start = plain[: max(3, len(plain) - 2)]
        near = await users.search(database, identity, start, MOST_PEOPLE)
        found = [
            user for user in near if wanted <= set(keys_of(f"{user.display_name} {user.username}"))
        ]
    exact = [user.id for user in found if normal(user.username) == plain]
    return exact or [user.id for user in found]


async def _chats_called(database: Database, asker: Asker, value: str) -> list[int]:
    """Of the chats that may be read: by id, of a person, or with all these words in the title."""
    if value.isdigit():
        return [int(value)] if int(value) in asker.chats else []
    if value.startswith("@"):
        people = set(await people_called(database, asker.identity, value))
        me = asker.identity.user_id
        return [
            chat.id
            for chat in asker.chats.values()
            if chat.user_ids
            and people & {*chat.user_ids}
            and (people - {me} or people == {*chat.user_ids})
        ]
    wanted = set(keys_of(value))
    plain = normal(value)
    titled = [chat for chat in asker.chats.values() if chat.title]
    exact = [chat.id for chat in titled if wanted and wanted <= set(keys_of(chat.title))]
    return exact or [chat.id for chat in titled if plain in normal(chat.title)]
