"""Looks by the clock who has been away for as long as they said, and who wants their week's tasks.

How far a person's events were looked at is stored with the letter that tells of them, in one
transaction: each is told once. What the letter says is decided again when it is sent.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from messenger.actors.presence import Presence
from messenger.mail.contents import open_tasks
from messenger.mail.missed import missed
from messenger.mail.postman import Postman
from messenger.model import timestamp
from messenger.push.readers import zone_of
from messenger.rules import mailing as rules
from messenger.store.reads import mailing
from messenger.store.reads.mailing import Person
from messenger.store.rows import mails
from messenger.store.rows.mails import Ordered

PAGE: Final = 200
SETTLED: Final = timedelta(seconds=30)
"""How old an event is before it is looked at: by then a push service has taken it, or will not."""
DIGEST_LIVES: Final = timedelta(hours=12)
WEEK_LIVES: Final = timedelta(hours=24)


class Digests:
    """The job of both kinds of letters that nobody asks for at the door."""

    def __init__(
        self,
        postman: Postman,
        presence: Presence,
        clock: Callable[[], datetime],
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.postman = postman
        self.database = postman.database
        self.presence = presence
        self.clock = clock
        self.stopping = stopping

    def __repr__(self) -> str:
        return f"<Digests for {self.postman!r}>"

    async def run(self) -> None:
        """Order what is due now, for everybody who wants it."""
        after = 0
        while page := await mailing.wanting(self.database, after, PAGE):
            for person in page:
                if self.stopping():
                    return
                await self._look(person)
            after = page[-1].id
        self.postman.wake()

    async def _look(self, person: Person) -> None:
        now, zone = self.clock(), zone_of(person.time_zone)
        chosen = person.notifications
        day = rules.week_due(chosen, zone, person.weekly_on, now)
        if day is not None:
            tasks, _ = await open_tasks(self.database, person.id)
            letter = None
            if tasks:
                letter = Ordered(
                    key=f"weekly:{person.id}:{day}",
                    kind="weekly",
                    user_id=person.id,
                    until=now + WEEK_LIVES,
                )
            await mails.told_week(self.database, letter, person.id, day, now)
        if self.presence.is_online(person.id):
            return
        if rules.is_digest_due(chosen, zone, self._seen_at(person), person.digest_at, now):
            await self._look_back(person, now)

    def _seen_at(self, person: Person) -> datetime:
        """When they were last here; what is stored is a little older."""
        return max(self.presence.seen.get(person.id, person.seen_at), person.seen_at)

    async def _look_back(self, person: Person, now: datetime) -> None:
        until, since = now - SETTLED, self._seen_at(person)
        if person.looked_at is not None:
            since = max(since, person.looked_at)
        found = await missed(self.database, person, since, until, "")
        letter = None
        if found:
            letter = Ordered(
                key=f"digest:{person.id}:{timestamp(until)}",
                kind="digest",
                user_id=person.id,
                data={"since": timestamp(since), "until": timestamp(until)},
                until=now + DIGEST_LIVES,
            )
        await mails.told(self.database, letter, person.id, until, now)
