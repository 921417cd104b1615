"""Brings letters to the mail server, one after the other, and tries again what it did not take.

A server that is away or hangs keeps all letters waiting and nothing else: this is a task of its
own, bound in time at every step. What one letter is refused for binds that letter alone.
"""

import asyncio
import logging
import random
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge

from messenger import errors
from messenger.config.mail_server import MailServer, Sender
from messenger.mail.contents import REST_AGAIN, Contents, Resting, Withheld
from messenger.mail.letter import message
from messenger.mail.smtp import Failed, Line
from messenger.rules.accounts import mailable
from messenger.store.db import Database
from messenger.store.rows import mails
from messenger.store.rows.mails import Ordered, Waiting

log = logging.getLogger(__name__)

AT_ONCE: Final = 50
"""Letters over one connection."""
LOOK_EVERY: Final = 20.0
"""Seconds between looks when nothing says that there is something to send."""
FIRST_PAUSE: Final = 5.0
LONGEST_PAUSE: Final = 600.0
"""Seconds between tries of a mail server that is away."""
AGAIN: Final = (60, 300, 1800, 7200, 14400)
"""Seconds until a letter that was refused for now is tried again; then as the last."""
OUTCOMES: Final = ("sent", "later", "refused", "withheld", "dropped")


class Figures:
    """What is counted of mail."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.mails = Counter(
            "messenger_mails", "Mails by what became of them.", ["outcome"], registry=registry
        )
        for outcome in OUTCOMES:
            self.mails.labels(outcome)
        self.waiting = Gauge("messenger_mails_waiting", "Mails that wait.", registry=registry)
        self.oldest = Gauge(
            "messenger_mails_oldest_seconds", "How long the oldest mail waits.", registry=registry
        )

    def count(self, outcome: str, number: int = 1) -> None:
        self.mails.labels(outcome).inc(number)


class Postman:
    """The queue's other end."""

    def __init__(
        self,
        database: Database,
        contents: Contents,
        server: MailServer,
        sender: Sender,
        registry: CollectorRegistry,
        clock: Callable[[], datetime],
        failed: Callable[[Exception], None] = lambda error: None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`failed` hears of a mail server that takes nothing."""
        self.database = database
        self.contents = contents
        self.server = server
        self.sender = sender
        self.clock = clock
        self.figures = Figures(registry)
        self.tls = tls
        self._failed = failed
        # State: failures of the mail server in a row; whether what a crash left was looked at.
        self.failures = 0
        self._recovered = False
        self._news = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Postman to {self.server}, {self.failures} failures>"

    async def order(self, letter: Ordered) -> bool:
        """Have a letter sent soon; False where too many wait already."""
        taken = await mails.put(self.database, letter, self.clock())
        if not taken:
            self.figures.count("dropped")
            log.warning("mail %s was not taken on: too much waits", letter.kind)
        self.wake()
        return taken

    def wake(self) -> None:
        self._news.set()

    async def run(self, well: Callable[[], None] = lambda: None) -> None:
        """Send what is due, for ever."""
        if not self._recovered:
            self.figures.count("dropped", await mails.recover(self.database))
            self._recovered = True
        well()
        try:
            await self._go_on(well)
        finally:
            # Of a letter under way nobody knows any more whether it was sent.
            self._recovered = False

    async def _go_on(self, well: Callable[[], None]) -> None:
        while True:
            self._news.clear()
            pause = await self._round(well)
            if pause is not None:
                await asyncio.sleep(pause)
                continue
            try:
                async with asyncio.timeout(LOOK_EVERY):
                    await self._news.wait()
            except TimeoutError:
                continue

    async def _round(self, well: Callable[[], None]) -> float | None:
        """Send what is due now; seconds to leave the mail server alone, where it is away."""
        now = self.clock()
        self.figures.count("dropped", await mails.forget(self.database, now))
        while batch := await mails.due(self.database, now, AT_ONCE):
            try:
                await self._send(batch)
            except Failed as error:
                return self._pause(error)
            finally:
                await self._measure()
            self.failures = 0
            well()
        await self._measure()
        return None

    def _pause(self, error: Failed) -> float:
        self.failures += 1
        self._failed(error)
        pause = min(FIRST_PAUSE * 2.0 ** min(self.failures - 1, 20), LONGEST_PAUSE)
        return pause * random.uniform(0.8, 1.2)

    async def _measure(self) -> None:
        waiting = await mails.queue(self.database)
        self.figures.waiting.set(waiting.count)
        age = self.clock() - waiting.oldest if waiting.oldest else timedelta()
        self.figures.oldest.set(max(age.total_seconds(), 0))

    async def _send(self, batch: list[Waiting]) -> None:
        """Raises Failed where the mail server takes nothing."""
        async with Line(self.server, self.tls) as line:
            for waiting in batch:
                try:
                    await self._send_one(line, waiting)
                except (Failed, errors.Unavailable):
                    raise
                except Exception:
                    # Whatever it was: one letter must not keep all others waiting.
                    log.exception("mail %d (%s) cannot be made", waiting.id, waiting.kind)
                    await self._end(waiting, "dropped")

    async def _send_one(self, line: Line, waiting: Waiting) -> None:
        try:
            addressed = await self.contents.of(waiting)
        except Withheld:
            await self._end(waiting, "withheld")
            return
        except Resting:
            due = self.clock() + REST_AGAIN
            await mails.again(self.database, waiting.id, due, tried=False)
            return
        recipient = mailable(addressed.address)
        if recipient is None:
            await self._end(waiting, "refused")
            return
        name, now = await self.contents.name(), self.clock()
        made = message(addressed.letter, self.sender, name, recipient, waiting.key, now)
        begin = partial(mails.begin, self.database, waiting.id, now)
        try:
            await line.send(made, self.sender.address, recipient, begin)
        except Failed as error:
            await self._refused(waiting, error)
            return
        await self._end(waiting, "sent")

    async def _refused(self, waiting: Waiting, error: Failed) -> None:
        if error.lasting:
            # The address is a person's own business: it is in no log.
            log.warning("mail %d (%s) was refused: %s", waiting.id, waiting.kind, error.code)
            await self._end(waiting, "refused")
            return
        if error.unsure:
            # It may have been taken. It stays as one that a crash left: sent once more at most.
            self.figures.count("dropped", await mails.recover(self.database))
            raise error
        seconds = AGAIN[min(waiting.tries, len(AGAIN) - 1)]
        pause = 0 if error.of_server else seconds
        due = self.clock() + timedelta(seconds=pause)
        await mails.again(self.database, waiting.id, due, tried=not error.of_server)
        self.figures.count("later")
        if error.of_server:
            raise error

    async def _end(self, waiting: Waiting, outcome: str) -> None:
        await mails.end(self.database, waiting.id)
        self.figures.count(outcome)
