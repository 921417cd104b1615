"""Whether people of a chat are told of something: asks for what is known of them, and the rules."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from messenger.model import NotifySettings, Verdict
from messenger.rules.notify import Happening, Reader, decide, named
from messenger.store.db import Database
from messenger.store.reads import pushing
from messenger.store.reads.pushing import Facts

log = logging.getLogger(__name__)

ASKED: Final = 100
"""People who are asked about at once: a row takes some microseconds, and messages wait."""
AT_ONCE: Final = 25
"""Decisions in a row: a few tenths of a millisecond that messages wait."""
AtDesk = Callable[[int, int], bool]
"""Whether a person looks at a chat now."""


@lru_cache(maxsize=1000)
def zone_of(name: str) -> ZoneInfo:
    """A person's zone; UTC where this machine does not know it (any more)."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        log.warning("time zone %s is unknown here", name)
        return ZoneInfo("UTC")


@lru_cache(maxsize=1000)
def settings_of(stored: str | None) -> NotifySettings:
    return msgspec.json.decode(stored or "{}", type=NotifySettings)


def reader_of(facts: Facts, at_desk: bool) -> Reader:
    return Reader(
        user_id=facts.user_id,
        level=facts.level,
        muted_until=facts.muted_until,
        read_seq=facts.read_seq,
        there=facts.there,
        at_desk=at_desk,
        zone=zone_of(facts.time_zone),
        settings=settings_of(facts.notifications),
    )


class Deciding:
    """Decides on one happening for many: once for all of whom the same is known."""

    def __init__(self, happened: Happening, now: datetime) -> None:
        self.happened = happened
        self.now = now
        # Those whom it names are no others' like; None: everybody is.
        self._named = named(happened)
        self._alike: dict[tuple[object, ...], Verdict] = {}

    def verdict(self, facts: Facts, at_desk: bool) -> Verdict:
        happened = self.happened
        if self._named is None or facts.user_id in self._named or facts.user_id == happened.by:
            return decide(happened, reader_of(facts, at_desk), self.now)
        read = happened.seq <= facts.read_seq
        known = (facts.level, facts.muted_until, facts.there, facts.time_zone, facts.notifications)
        key = (read, at_desk, *known)
        found = self._alike.get(key)
        if found is None:
            found = self._alike[key] = decide(happened, reader_of(facts, at_desk), self.now)
        return found


class Decided(NamedTuple):
    """What was decided of one happening for a person."""

    happened: Happening
    verdict: Verdict


async def verdicts(
    database: Database,
    happenings: Sequence[Happening],
    chat_id: int,
    users: Iterable[int],
    at_desk: AtDesk,
    clock: Callable[[], datetime],
) -> AsyncIterator[tuple[int, list[Decided]]]:
    """What is decided for each of them, the newest first; who was never in the chat is left out.

    What is older than something that is heard is not asked about.
    """
    newest_first, everybody = list(reversed(happenings)), list(users)
    number = 0
    for start in range(0, len(everybody), ASKED):
        some = everybody[start : start + ASKED]
        deciding = [Deciding(each, clock()) for each in newest_first]
        for facts in await pushing.facts(database, chat_id, some):
            there = at_desk(facts.user_id, chat_id)
            found: list[Decided] = []
            for each in deciding:
                found.append(Decided(each.happened, each.verdict(facts, there)))
                if found[-1].verdict.telling == "alert":
                    break
            yield facts.user_id, found
            number += 1
            if number % AT_ONCE == 0:
                await asyncio.sleep(0)
