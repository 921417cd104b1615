"""What both kinds of actor share: an exclusive change of what is stored.

The key is looked up, the decision made on a state that nothing else can change
meanwhile, committed in one transaction, applied, published, answered.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial

import msgspec

from messenger import errors
from messenger.actors.actor import Actor, Envelope
from messenger.actors.context import ActorContext
from messenger.actors.stream import UNKNOWN
from messenger.decision import Decision, RequestKey
from messenger.model import Event
from messenger.storage import Duplicate, Keyed, NotStored, StaleHead

PATIENCE = 200
"""Looks, ten milliseconds apart, at whether others' events have been published here."""
TRIES = 4
"""Decisions on a stream to which other servers, or the command line, write meanwhile; the last one
is made while they are kept from it."""
KEY_TAKEN = "request_keys_pkey"
EXISTS = {
    "users_username_key_key": ("This user name is taken; choose another.", "username"),
    "users_email_key_key": ("An account with this e-mail exists already.", "email"),
}


class _Repeated(Exception):
    """The same request was committed while this one was being decided."""


class StreamActor(Actor):
    """An actor that owns a stream; subclasses say how to `decide`."""

    def __init__(self, id: int, context: ActorContext) -> None:
        super().__init__()
        self.id = id
        self.context = context
        self.stream = context.streams.stream(id)
        # Whether the log was looked for and is not there.
        self.absent = False

    def rested(self) -> None:
        if self.absent:
            # The id was made up: nothing is kept for it.
            self.context.forget(self)

    async def decide(self, envelope: Envelope) -> Decision:
        """What is to be done for a command; raises what refuses it."""
        raise NotImplementedError

    def apply(self, events: list[Event]) -> None:
        """Bring the state up to what was committed."""

    def check_repeat(self, envelope: Envelope) -> None:
        """Refuse the answer of a repeat to people who may not see it any more."""

    def head(self) -> tuple[int, int] | None:
        """The own stream and its `seq`, where decisions rest on all that came before."""
        return None

    def place(self) -> int:
        """Up to where the log is in what decisions rest on."""
        return self.stream.seq

    async def bring_up(self) -> None:
        if self.context.shared:
            await self.refresh()
        else:
            await super().bring_up()

    async def refresh(self) -> None:
        """Load what another process wrote.

        Alone, once it is published here: then `head` is its number. Where several servers write,
        there may be something newer each time it is loaded. It is as good as its `place`, which the
        commit looks at.
        """
        stream = self.stream
        if self.context.shared:
            before = self._changed
            await self.load()
            self.loaded = self._changed == before
            return
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

    async def outdated(self) -> bool:
        """Whether another server wrote to the stream what this one has not heard of yet.

        Asked before a refusal, or that there is nothing to do: no commit holds them against what
        is stored. Who was added by way of the other server a moment ago is no stranger here.
        """
        streams = self.context.streams
        if not self.context.shared or self.stream.seq == UNKNOWN:
            return False
        changed = await self.context.store.changed(self.id)
        if changed <= self.place():
            return False
        self.reload()
        streams.learn(self.id, changed, changed)
        return True

    async def known_head(self) -> tuple[int, int] | None:
        """The head that the state in memory is of; asked before deciding, never after.

        What others wrote while this turn waited is not in the state yet: decided on it, all would
        be for nothing.
        """
        if not self.loaded:
            await self.refresh()
        return self.head()

    async def change(self, envelope: Envelope) -> None:
        """Decide and commit; a request key makes it once, and its repeat cheap."""
        key = request_key(envelope)
        if await self._answer_if_repeat(envelope, key):
            return
        self.context.check_rate(envelope.identity, envelope.command)
        try:
            decision, events = await self._decide_on_what_is_so(envelope, key)
        except _Repeated:
            await self._answer_if_repeat(envelope, key)
            return
        self.apply(events)
        self.context.streams.publish(events)
        for command in decision.follow_ups:
            self.context.follow_up(command)
        try:
            await self.complete(envelope, decision)
        finally:
            self.answer(envelope, decision, events)

    async def _decide_on_what_is_so(
        self, envelope: Envelope, key: RequestKey | None
    ) -> tuple[Decision, list[Event]]:
        """Decide anew as often as somebody else wrote to this stream an instant before."""
        for tries_left in reversed(range(TRIES)):
            with contextlib.suppress(StaleHead):
                return await self._decide_and_commit(envelope, key, alone=not tries_left)
            await self.refresh()
        raise NotStored

    async def complete(self, envelope: Envelope, decision: Decision) -> None:
        """What a committed change still needs before the asker hears of it, come what may."""

    async def _decide_and_commit(
        self, envelope: Envelope, key: RequestKey | None, alone: bool
    ) -> tuple[Decision, list[Event]]:
        """Decide and commit; raises StaleHead, and _Repeated when the key was taken meanwhile."""

        async def decide() -> Decision:
            head = await self.known_head()
            decision = await self.decide(envelope)
            if not decision.entries and await self.outdated():
                raise StaleHead
            return msgspec.structs.replace(decision, head=head).under(key)

        try:
            return await self.commit_decision(decide, alone)
        except Duplicate as duplicate:
            if duplicate.constraint == KEY_TAKEN:
                raise _Repeated from None
            message, field = EXISTS.get(duplicate.constraint, (None, None))
            raise errors.AlreadyExists(message, field=field) from None

    async def commit_decision(
        self, decide: Callable[[], Awaitable[Decision]], alone: bool
    ) -> tuple[Decision, list[Event]]:
        """Commit what is decided, where it is anything; the decision, and its events.

        `alone`: on what is stored now, and others are kept from the stream until the commit. It
        takes a connection meanwhile, and makes messages wait, so it is no way to begin with.
        """
        context = self.context
        if not alone:
            decision = await decide()
            nothing = not (decision.entries or decision.writes or decision.keys)
            return decision, [] if nothing else await context.commit(decision, self.id)
        made: list[Decision] = []

        async def afresh() -> Decision:
            self.reload()
            made[:] = [await decide()]
            return made[0]

        events = await context.commit_alone(afresh, self.id)
        return made[0], events

    def answer(self, envelope: Envelope, decision: Decision, events: list[Event]) -> None:
        """Answer with what the decision came to, once its own event was delivered."""
        answer = decision.answer_for(events)
        own = [event.seq for event in events if event.stream == self.id]
        if own:
            self.stream.when_delivered(own[-1], partial(envelope.reply.answer, answer))
        else:
            envelope.reply.answer(answer)

    async def _answer_if_repeat(self, envelope: Envelope, key: RequestKey | None) -> bool:
        """Answer a repeat; whether it was one."""
        if key is None:
            return False
        asked = key.user_id, key.key
        used = await self.context.store.find_keys([asked])
        if asked not in used:
            return False
        await self.answer_repeat(envelope, key, used[asked])
        return True

    async def answer_repeat(self, envelope: Envelope, key: RequestKey, used: Keyed) -> None:
        """Answer a repeat with the subject as it now stands; raises what refuses it."""
        if used.digest != key.digest:
            raise errors.IdempotencyMismatch()
        self.check_repeat(envelope)
        answer = None
        if used.subject is not None:
            answer = await self.context.store.subject(*used.subject)
        envelope.reply.answer(answer)


def request_key(envelope: Envelope) -> RequestKey | None:
    """The idempotency key a command came with."""
    command = envelope.command
    if command.key is None:
        return None
    return RequestKey(user_id=envelope.identity.user_id, key=command.key, digest=command.digest())
