"""People who ask for a letter themselves: a new password, a proof of their address.

What is asked by strangers is only noted, and looked up afterwards: the answer is the same, and
takes as long, whether there is such an account or not.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from messenger.mail import links
from messenger.mail.postman import Postman
from messenger.rules.accounts import email_key, mailable, normal, username_key
from messenger.store.reads import mailing
from messenger.store.reads.mailing import Person
from messenger.store.rows.mails import Ordered

log = logging.getLogger(__name__)

MOST: Final = 1000
"""Askings that wait to be looked up; the oldest make room."""


class Asking:
    """What was asked for at the door, and has not been looked up yet."""

    def __init__(self, postman: Postman, clock: Callable[[], datetime]) -> None:
        self.postman = postman
        self.clock = clock
        # State: names that a new password was asked for.
        self.asked: deque[str] = deque(maxlen=MOST)
        self._news = asyncio.Event()

    def __repr__(self) -> str:
        return f"<Asking, {len(self.asked)} waiting>"

    def reset(self, login: str) -> None:
        """Somebody asks for a new password for a user name or an address."""
        self.asked.append(login)
        self._news.set()

    async def run(self, well: Callable[[], None] = lambda: None) -> None:
        """Look up what was asked, for ever."""
        well()
        while True:
            await self._news.wait()
            self._news.clear()
            while self.asked:
                await self._look_up(self.asked[0])
                self.asked.popleft()
            well()

    async def _look_up(self, login: str) -> None:
        is_email = "@" in login
        key = email_key(login) if is_email else username_key(normal(login))
        person = await mailing.by_key(self.postman.database, key, is_email=is_email)
        if person is None or person.email is None or not person.verified:
            log.info("no new password is mailed: no such account, or no proved address")
            return
        # Asked again within a minute it is one letter.
        minute = int(self.clock().timestamp()) // 60
        await self.postman.order(
            Ordered(
                key=f"reset:{person.id}:{minute}",
                kind="reset",
                user_id=person.id,
                until=self.clock() + links.LIVES["reset"],
            )
        )

    async def verify(self, person: Person) -> bool:
        """Mail a proof of their address; False where there is nothing to prove."""
        if person.email is None or person.verified or mailable(person.email) is None:
            return False
        minute = int(self.clock().timestamp()) // 60
        return await self.postman.order(
            Ordered(
                key=f"verify:{person.id}:{minute}",
                kind="verify",
                user_id=person.id,
                address=person.email,
                until=self.clock() + timedelta(days=1),
            )
        )

    async def invite(self, invite_id: str, address: str, until: datetime) -> bool:
        """Mail an invitation to its address; once, however often it is asked."""
        letter = Ordered(
            key=f"invite:{invite_id}",
            kind="invite",
            address=address,
            data={"invite": invite_id},
            until=until,
        )
        return await self.postman.order(letter)
