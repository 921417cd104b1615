"""What both kinds of actor share: an exclusive change of what is stored.

The key is looked up, the decision made on a state that nothing else can change
meanwhile, committed in one transaction, applied, published, answered.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from messenger import errors
from messenger.actors.actor import Actor, Letter
from messenger.decision import Decision, RequestKey
from messenger.model import Event
from messenger.storage import Keyed, Moved, Storage, Taken

if TYPE_CHECKING:
    from messenger.actors.directory import Directory

Decide = Callable[[Any, Letter], Awaitable[Decision]]
PATIENCE = 200
"""Looks, ten milliseconds apart, at whether others' events have been published here."""
KEY_TAKEN = "request_keys_pkey"
EXISTS = {
    "users_username_key_key": ("This user name is taken; choose another.", "username"),
    "users_email_key_key": ("An account with this e-mail exists already.", "email"),
}


class _Repeated(Exception):
    """The same request was committed while this one was being decided."""


class Owner(Actor):
    """An actor that owns a stream."""

    def __init__(self, id: int, directory: "Directory") -> None:
        super().__init__()
        self.id = id
        self.directory = directory
        # Whether the log was looked for and is not there.
        self.absent = False

    @property
    def store(self) -> Storage:
        return self.directory.store

    def now(self) -> datetime:
        return self.directory.clock()

    def rested(self) -> None:
        if self.absent:
            # Somebody made the id up: nothing is kept for it.
            self.directory.forget(self)

    def apply(self, events: list[Event]) -> None:
        """Bring the state up to what was committed."""

    def check_repeat(self, letter: Letter) -> None:
        """Refuse the answer of a repeat to who may not see it any more."""

    def head(self) -> tuple[int, int] | None:
        """The own stream and its `seq`, where decisions rest on all that came before."""
        return None

    async def refresh(self) -> None:
        """Load what somebody else wrote, once it is published here: then `head` is its number."""
        stream = self.directory.stream(self.id)
        patience = PATIENCE
        while patience:
            before = self._changed
            await self.load()
            while stream.seq < stream.known and patience:
                patience -= 1
                await asyncio.sleep(0.01)
            if self._changed == before and stream.seq >= stream.known:
                self.loaded = True
                return
            patience = max(0, patience - 1)
        raise errors.Unavailable()

    async def known_head(self) -> tuple[int, int] | None:
        """The head that the state in memory is of; asked before deciding, never after.

        What others wrote while this turn waited is published and counted by now, and not yet
        in the state: a decision on the old state would pass for one on the new.
        """
        if not self.loaded:
            await self.refresh()
        return self.head()

    async def change(self, letter: Letter, decide: Decide) -> None:
        """Decide and commit; a request key makes it once, and its repeat cheap."""
        key = request_key(letter)
        if await self._repeated(letter, key):
            return
        self.directory.check_pace(letter)
        try:
            decision, events = await self._decided(letter, decide, key)
        except Moved:
            # The command line wrote to this stream an instant ago: decide on what is so now.
            await self.refresh()
            decision, events = await self._decided(letter, decide, key)
        except _Repeated:
            await self._repeated(letter, key)
            return
        self.apply(events)
        self.directory.publish(events)
        try:
            await self.complete(letter)
        finally:
            self.answer(letter, decision, events)

    async def complete(self, letter: Letter) -> None:
        """What a committed change still needs before the asker hears of it, come what may."""

    async def _decided(
        self, letter: Letter, decide: Decide, key: RequestKey | None
    ) -> tuple[Decision, list[Event]]:
        """Decide and commit; raises Moved, and _Repeated when the key was taken meanwhile."""
        head = await self.known_head()
        decision = await decide(self, letter)
        if not decision.entries and not decision.writes and key is None:
            return decision, []
        decision = msgspec.structs.replace(decision, head=head).under(key)
        try:
            return decision, await self.commit(decision)
        except Taken as taken:
            if taken.constraint == KEY_TAKEN:
                raise _Repeated from None
            message, field = EXISTS.get(taken.constraint, (None, None))
            raise errors.AlreadyExists(message, field=field) from None

    async def commit(self, decision: Decision) -> list[Event]:
        """Store a decision; raises Taken, Moved, and Unavailable where nobody knows."""
        try:
            return await self.store.commit(decision, self.now())
        except errors.Unavailable:
            # Perhaps it was committed: whatever the log holds is published from there.
            self.directory.doubt({entry.stream for entry in decision.entries} | {self.id})
            raise

    def answer(self, letter: Letter, decision: Decision, events: list[Event]) -> None:
        """Answer with what the decision came to, once its own event was told."""
        answer = decision.result
        if decision.answer is not None and events:
            answer = events[decision.answer].data
        own = [event.seq for event in events if event.stream == self.id]
        if own:
            stream = self.directory.stream(self.id)
            stream.when_told(own[-1], partial(letter.reply.answer, answer))
        else:
            letter.reply.answer(answer)

    async def _repeated(self, letter: Letter, key: RequestKey | None) -> bool:
        """Answer a repeat; whether it was one."""
        if key is None:
            return False
        asked = key.user_id, key.key
        found = await self.store.find_keys([asked])
        if asked not in found:
            return False
        await self.answer_repeat(letter, key, found[asked])
        return True

    async def answer_repeat(self, letter: Letter, key: RequestKey, found: Keyed) -> None:
        """Answer a repeat with the subject as it now stands; raises what refuses it."""
        if found.digest != key.digest:
            raise errors.IdempotencyMismatch()
        self.check_repeat(letter)
        answer = None
        if found.subject is not None:
            answer = await self.store.subject(*found.subject)
        letter.reply.answer(answer)


def request_key(letter: Letter) -> RequestKey | None:
    """The idempotency key a command came with."""
    command = letter.command
    if command.key is None:
        return None
    return RequestKey(user_id=letter.identity.user_id, key=command.key, digest=command.digest())
