"""One person's own stream: chats they open, their settings of chats, their sessions."""

from messenger import errors
from messenger.actors import chat_creation, preferences, reminders, sessions
from messenger.actors.actor import Envelope
from messenger.actors.deciding import Deciders
from messenger.actors.stream_actor import StreamActor
from messenger.decision import Decision, PasswordSet, RequestKey
from messenger.protocol import accounts
from messenger.rules.accounts import check_signed_in
from messenger.storage import Keyed

OF_CHATS = ("chat.", "notify.", "draft.")
"""Types of events whose subject is a chat, or the person's own settings of it."""

DECIDERS: Deciders = {
    **chat_creation.DECIDERS,
    **preferences.DECIDERS,
    **sessions.DECIDERS,
    **reminders.DECIDERS,
}


class UserActor(StreamActor):
    """The owner of one person's log."""

    def __repr__(self) -> str:
        return f"<UserActor {self.id} at {self.stream.seq}, {self.waiting} waiting>"

    async def load(self) -> None:
        heads = await self.context.store.heads([self.id])
        self.absent = self.id not in heads
        if self.absent:
            raise errors.NotFound()
        self.stream.start(heads[self.id])
        self.stream.learn(heads[self.id])

    async def turn(self, envelope: Envelope) -> None:
        check_signed_in(envelope.identity)
        await self.change(envelope)

    async def decide(self, envelope: Envelope) -> Decision:
        decider = DECIDERS[type(envelope.command)]
        return await decider.run(self.context, self.id, envelope.identity, envelope.command)

    async def answer_repeat(self, envelope: Envelope, key: RequestKey, used: Keyed) -> None:
        """What a chat has become is for those alone who are still in it."""
        if used.subject is not None and used.digest == key.digest:
            type, _, subject = used.subject
            chat_id = subject if type.startswith(OF_CHATS) else None
            if chat_id is not None and not await self.context.store.access(self.id, [chat_id]):
                raise errors.NotFound()
        await super().answer_repeat(envelope, key, used)

    async def complete(self, envelope: Envelope, decision: Decision) -> None:
        """After a new password: people sign in with it alone before they hear that it is set."""
        for write in decision.writes:
            if isinstance(write, PasswordSet):
                if not write.one_time:
                    self.context.identities.lift_password_change(self.id)
                command: accounts.SetPassword = envelope.command
                await self._end_sessions(command.keep_session)

    async def _end_sessions(self, keep: str | None) -> None:
        """End what signed in with the old password while the new one was being stored."""
        ids = await self.context.store.sessions(self.id, keep)
        if ids:
            decision = sessions.end(self.id, ids)
            self.context.streams.publish(await self.context.commit(decision, self.id))
