"""How a command is decided: the facts are loaded, then a pure function says what is to be done."""

from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

import msgspec

from messenger.actors.context import ActorContext
from messenger.config import Settings
from messenger.decision import Decision
from messenger.model import SYSTEM_ID, Identity


class Facts(msgspec.Struct, frozen=True):
    """What a decision rests on besides the state: who asks, the settings, and what was read."""

    who: Identity
    settings: Settings

    @property
    def maker(self) -> int | None:
        """Who makes the change, as the log says it: null is the server."""
        return None if self.who.user_id == SYSTEM_ID else self.who.user_id


class Decider(NamedTuple):
    """The two steps, and a third one where something new needs ids.

    `load(context, state, who, command) -> facts` reads, and completes the state where it is
    read on demand. It refuses only what must not be read, or cannot be.
    `decide(state, facts, command, at) -> Decision` is pure and raises what refuses the command.
    `allocate(context, state, facts, command) -> facts` takes ids. It is called once the command
    was decided without them, so that what is refused takes none; then it is decided again.
    """

    load: Callable[..., Awaitable[Any]]
    decide: Callable[..., Decision]
    allocate: Callable[..., Awaitable[Any]] | None = None

    async def run(self, context: ActorContext, state: Any, who: Identity, command: Any) -> Decision:
        """All of it, on a state that nothing else changes meanwhile."""
        facts = await self.load(context, state, who, command)
        decision = self.decide(state, facts, command, context.clock())
        if self.allocate is not None:
            facts = await self.allocate(context, state, facts, command)
            decision = self.decide(state, facts, command, context.clock())
        return decision


Deciders = dict[type[Any], Decider]
"""By the type of the command."""


async def load_nothing(context: ActorContext, state: Any, who: Identity, command: Any) -> Facts:
    """For what is decided on the state alone."""
    return Facts(who, context.settings)
