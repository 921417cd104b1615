"""Whether people of a chat are told of something: asks for what is known of them, and the rules."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from datetime import datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from messenger.model import NotifySettings, Verdict
from messenger.rules.notify import Happening, Reader, decide
from messenger.store.db import Database
from messenger.store.reads import pushing
from messenger.store.reads.pushing import Facts

log = logging.getLogger(__name__)

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


def reader_of(facts: Facts, at_desk: bool) -> Reader:
    return Reader(
        user_id=facts.user_id,
        level=facts.level,
        muted_until=facts.muted_until,
        read_seq=facts.read_seq,
        there=facts.there,
        at_desk=at_desk,
        zone=zone_of(facts.time_zone),
        settings=msgspec.convert(facts.notifications or {}, NotifySettings),
    )


async def verdicts(
    database: Database,
    happened: Happening,
    chat_id: int,
    users: Iterable[int],
    at_desk: AtDesk,
    clock: Callable[[], datetime],
) -> AsyncIterator[tuple[int, Verdict]]:
    """What is decided for each of them; who was never in the chat is left out."""
    for number, facts in enumerate(await pushing.facts(database, chat_id, users), 1):
        reader = reader_of(facts, at_desk(facts.user_id, chat_id))
        yield facts.user_id, decide(happened, reader, clock())
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
