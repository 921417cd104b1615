"""A mailbox and the one task that empties it.

A deque, and a drain task that exists only while there is mail: an idle actor
costs bytes. What needs no waiting is done where it comes in, if no mail is
before it. One turn at a time; only a turn touches the state. A domain error
goes back to the asker and the actor lives on; anything else fails the asker
with `unavailable` and the actor loads itself afresh before its next turn.

The asker hears within `DEADLINE`, also while a turn hangs on the store: the
turn goes on, for what it has begun may be stored.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from contextvars import Context
from itertools import islice
from time import monotonic
from types import MappingProxyType
from typing import Any, ClassVar, Protocol

from messenger import logs
from messenger.errors import DomainError, Unavailable
from messenger.model import Identity
from messenger.place import CURRENT

log = logging.getLogger(__name__)

MAILBOX = 1024
"""Envelopes that may wait; more than this is seconds of work, and better refused at once."""
DEADLINE = 15.0
"""Seconds from its arrival within which a command is answered."""
FAIRNESS = 64
"""Turns in a row before other actors and sockets get theirs."""
LOOK_APART = 0.1
"""Seconds between looks at who has waited for too long, at least."""


class Reply(Protocol):
    """Where the answer to an envelope goes; exactly one of the two is called."""

    def answer(self, result: Any) -> None: ...
    def refuse(self, error: DomainError) -> None: ...

    @property
    def trace(self) -> Mapping[str, Any]:
        """Whom the answer is for, as a line of the log names them."""


class FutureReply:
    """An answer that its asker awaits."""

    __slots__ = ("future", "trace")

    def __init__(self) -> None:
        self.future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self.trace: Mapping[str, Any] = logs.origin()

    def answer(self, result: Any) -> None:
        if not self.future.done():
            self.future.set_result(result)

    def refuse(self, error: DomainError) -> None:
        if not self.future.done():
            self.future.set_exception(error)


class NoReply:
    """For commands without an answer."""

    trace: Mapping[str, Any] = MappingProxyType({})

    def answer(self, result: Any) -> None:
        pass

    def refuse(self, error: DomainError) -> None:
        pass


class Envelope:
    """A command, who gives it and from where, and where the answer goes."""

    __slots__ = ("command", "identity", "place", "reply", "until")

    def __init__(self, identity: Identity, command: Any, reply: Reply) -> None:
        self.identity = identity
        self.command = command
        self.reply = reply
        self.place = CURRENT.get()
        self.until = monotonic() + DEADLINE

    def __repr__(self) -> str:
        return f"<Envelope {type(self.command).__name__} of {self.identity.user_id}>"

    @property
    def trace(self) -> Mapping[str, Any]:
        """For `extra=`: an actor works for many, so its lines name the one that they are about."""
        return self.reply.trace

    def give_up(self) -> None:
        """Answer that the outcome is unknown; later answers are dropped."""
        reply, self.reply = self.reply, NoReply()
        reply.refuse(Unavailable())


class Actor:
    """Subclasses say how to `load` their state and what a `turn` does."""

    at_once: ClassVar[tuple[type, ...]] = ()
    """Commands whose turn rarely has to wait: it is taken at once, where it can be."""

    def __init__(self) -> None:
        self.loaded = False
        # How often something else changed what is stored.
        self._changed = 0
        # Envelopes that wait, those of this turn, and the look at who has waited for too long.
        self._mail: deque[Envelope] = deque()
        self._taken: list[Envelope] = []
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        # Whether a turn is taken where its envelope came in.
        self._inside = False
        self._closing = False
        self.used = monotonic()

    @property
    def idle(self) -> bool:
        return self._task is None

    @property
    def waiting(self) -> int:
        return len(self._mail)

    def turn_of(self) -> list[Envelope]:
        """Whose turn it is, as long as nobody was answered for waiting too long."""
        return list(self._taken)

    async def load(self) -> None:
        """Bring the state from the store; a domain error refuses all that waits."""
        raise NotImplementedError

    def turn(self, envelope: Envelope) -> Awaitable[None] | None:
        """Act on one envelope; what it returns is awaited before the next turn."""
        raise NotImplementedError

    def tell(self, envelope: Envelope) -> None:
        """Put an envelope into the mailbox; full or closing means `unavailable`, at once."""
        if self._closing or len(self._mail) >= MAILBOX:
            envelope.reply.refuse(Unavailable())
            return
        first = None
        free = self._task is None and not self._mail and self.loaded and not self._inside
        if free and isinstance(envelope.command, self.at_once):
            pending = self._begin(envelope)
            if pending is None:
                return
            first = envelope, pending
        else:
            self._mail.append(envelope)
        loop = asyncio.get_running_loop()
        if self._task is None:
            # Not in the context of who comes first: what is logged is of whoever it is done for.
            self._task = loop.create_task(self._drain(first), context=Context())
        if self._timer is None:
            self._timer = loop.call_later(DEADLINE, self._look)

    def _begin(self, envelope: Envelope) -> Awaitable[None] | None:
        """Take a turn here and now, in its asker's context; what is left of it is to be awaited."""
        self._inside = True
        try:
            return self._logged_turn(envelope)
        except Exception as error:
            return _failed([error])
        finally:
            self._inside = False
            self.used = monotonic()

    def following(self, joins: Callable[[Envelope], bool], most: int) -> list[Envelope]:
        """Take the envelopes at hand that may share the turn of the one before them."""
        envelopes: list[Envelope] = []
        while self._mail and len(envelopes) < most and joins(self._mail[0]):
            envelope = self._mail.popleft()
            if not self.refused_as_late(envelope):
                envelopes.append(envelope)
        self._taken += envelopes
        return envelopes

    def reload(self) -> None:
        """Load afresh before the next turn: something else changed what is stored."""
        self.loaded = False
        self._changed += 1

    async def stop(self) -> None:
        """Take no more mail, and return when what waits is done. A query is never cancelled."""
        self._closing = True
        while self._task is not None:
            await asyncio.wait([self._task])

    async def _drain(self, first: tuple[Envelope, Awaitable[None]] | None) -> None:
        turns = 0
        try:
            if first is not None:
                await self._take(*first)
            while self._mail:
                envelope = self._mail.popleft()
                await self._take(envelope)
                turns += 1
                if turns % FAIRNESS == 0:
                    await asyncio.sleep(0)
        finally:
            self._task = None
            self.used = monotonic()
            self.rested()

    def rested(self) -> None:
        """All mail is done, for now."""

    async def _take(self, envelope: Envelope, begun: Awaitable[None] | None = None) -> None:
        """Take a turn, or what is left of one that was begun where its envelope came in."""
        if begun is None and self.refused_as_late(envelope):
            return
        self._taken = [envelope]
        try:
            try:
                if begun is None:
                    await self._turn_of(envelope)
                else:
                    CURRENT.set(envelope.place)
                    await begun
            except DomainError as error:
                if isinstance(error, Unavailable) or not await self.outdated():
                    raise
                # It was refused on a state that has passed.
                await self._turn_of(envelope)
        except DomainError as error:
            if isinstance(error, Unavailable):
                # The outcome may be unknown, so what is in memory may be too.
                self.reload()
            envelope.reply.refuse(error)
        except Exception:
            # Whatever it was, one asker hears of it, and the state is thrown away.
            log.exception("%r failed in %r", envelope, self, extra=envelope.trace)
            self.reload()
            envelope.reply.refuse(Unavailable())
        finally:
            self._taken = []

    async def _turn_of(self, envelope: Envelope) -> None:
        if not self.loaded:
            await self.bring_up()
        CURRENT.set(envelope.place)
        pending = self._logged_turn(envelope)
        if pending is not None:
            await pending

    def _logged_turn(self, envelope: Envelope) -> Awaitable[None] | None:
        if log.isEnabledFor(logging.DEBUG):
            log.debug("turn of %r", self, extra=envelope.trace)
        return self.turn(envelope)

    async def bring_up(self) -> None:
        """Load the state before a turn."""
        while not self.loaded:
            # What changed while it was read may not have been read.
            before = self._changed
            await self.load()
            self.loaded = self._changed == before

    async def outdated(self) -> bool:
        """Whether the state is not that of the store any more."""
        return False

    def _look(self) -> None:
        """Give up what waits for too long, and look again when the next may have."""
        self._timer = None
        now = monotonic()
        for envelope in [each for each in self._taken if each.until <= now]:
            self._taken.remove(envelope)
            envelope.give_up()
        while self._mail and self.refused_as_late(self._mail[0]):
            self._mail.popleft()
        waiting = [envelope.until for envelope in (*self._taken, *islice(self._mail, 1))]
        if waiting:
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(max(min(waiting) - now, LOOK_APART), self._look)

    def refused_as_late(self, envelope: Envelope) -> bool:
        """Whether its time is over; then its asker has heard of that."""
        late = monotonic() >= envelope.until
        if late:
            envelope.give_up()
        return late


async def _failed(errors: list[Exception]) -> None:
    # Not kept here: an error knows where it was raised, and would stay until the collector comes.
    raise errors.pop()
