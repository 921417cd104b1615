"""What actors use: the store, the streams, and the rest that all of a process share."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from messenger import errors
from messenger.actors.commands import EnterDirect
from messenger.actors.identities import Identities
from messenger.actors.streams import Streams
from messenger.actors.usernames import Usernames
from messenger.config import Settings
from messenger.decision import Decision
from messenger.model import SYSTEM_ID, Event, Identity
from messenger.pace import MovingWindow
from messenger.protocol import accounts
from messenger.protocol.preferences import SetDraft
from messenger.storage import Storage

UNLIMITED = (accounts.RevokeSessions, accounts.SetPassword, EnterDirect)
"""What is no growth, and must not wait."""


class ActorContext:
    """One for all actors of a process."""

    __slots__ = (
        "ask", "clock", "follow_up", "forget", "identities", "message_rate", "settings", "store",
        "streams", "usernames", "write_rate",
    )  # fmt: skip

    def __init__(
        self,
        store: Storage,
        streams: Streams,
        identities: Identities,
        settings: Settings,
        clock: Callable[[], datetime],
        ask: Callable[[Identity, Any], Awaitable[Any]],
        follow_up: Callable[[Any], None],
        forget: Callable[[Any], None],
    ) -> None:
        self.store = store
        self.streams = streams
        self.identities = identities
        self.settings = settings
        self.clock = clock
        # Brings a command to another actor, outside of any turn; raises what that one refuses with.
        self.ask = ask
        # Has a command carried out in the name of the server; returns at once.
        self.follow_up = follow_up
        # Lets go of an actor whose chat or person does not exist.
        self.forget = forget
        self.usernames = Usernames()
        # Messages by chat and person, and every other change by person.
        self.message_rate = MovingWindow(settings.message_rate_limit[1])
        self.write_rate = MovingWindow(settings.write_rate_limit[1])

    def __repr__(self) -> str:
        return f"<ActorContext on {self.streams!r}>"

    @property
    def shared(self) -> bool:
        """Whether other servers write to the same streams."""
        return self.streams.tell is not None

    def keep_to_settings(self) -> None:
        """Count over the times that the settings say now; what was counted stays counted."""
        self.message_rate.seconds = self.settings.message_rate_limit[1]
        self.write_rate.seconds = self.settings.write_rate_limit[1]

    def check_rate(self, who: Identity, command: Any) -> None:
        """Count a change against its maker's rate; raises RateLimited.

        Drafts have a rate of their own: what is being written must not keep one from acting.
        """
        if who.user_id == SYSTEM_ID or isinstance(command, UNLIMITED):
            return
        key = isinstance(command, SetDraft), who.user_id
        self.write_rate.check(key, self.settings.write_rate_limit[0], command.weight())

    def check_upload_rate(self, who: Identity) -> None:
        """Count an upload as a change of its uploader's; raises RateLimited."""
        self.write_rate.check((False, who.user_id), self.settings.write_rate_limit[0])

    async def commit(self, decision: Decision, stream_id: int) -> list[Event]:
        """Store a decision of a stream's actor.

        Raises Duplicate, StaleHead, and Unavailable where the outcome is unknown.
        """
        try:
            return await self.store.commit(decision, self.clock())
        except errors.Unavailable:
            # Perhaps it was committed: whatever the log holds is published from there.
            self.streams.doubt({entry.stream for entry in decision.entries} | {stream_id})
            raise

    async def commit_alone(
        self, decide: Callable[[], Awaitable[Decision]], stream_id: int
    ) -> list[Event]:
        """Decide and store while nobody else writes to the stream; raises the same, and what
        `decide` does."""
        streams = {stream_id}

        async def noted() -> Decision:
            decision = await decide()
            streams.update(entry.stream for entry in decision.entries)
            return decision

        try:
            return await self.store.commit_alone(stream_id, noted, self.clock())
        except errors.Unavailable:
            self.streams.doubt(streams)
            raise
