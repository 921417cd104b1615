"""The actor of one chat: the owner of its log.

Everything that changes the chat comes through its mailbox, and leaves it in
the order of `seq`. Knows neither sockets nor SQL. `posting` sends and marks
without waiting for the commit, every other change is exclusive and stands in
the table below.
"""

from collections.abc import Awaitable

from messenger import errors
from messenger.actors.actor import Envelope
from messenger.actors.batching import commit_batch, take_batch
from messenger.actors.chat import (
    accounts,
    columns,
    forwarding,
    invitations,
    membership,
    messages,
    settings,
    task_creation,
    task_files,
    tasks,
    tidying,
)
from messenger.actors.chat.posting import Outbound
from messenger.actors.chat.state import ChatState
from messenger.actors.commands import EnterDirect, Receive, Resend
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Deciders
from messenger.actors.stream_actor import StreamActor
from messenger.decision import Decision, RequestKey
from messenger.model import Event, Identity
from messenger.protocol import accounts as account_commands
from messenger.protocol import commands
from messenger.rules import permissions
from messenger.storage import Keyed

DECIDERS: Deciders = {
    **messages.DECIDERS,
    **settings.DECIDERS,
    **membership.DECIDERS,
    **tidying.DECIDERS,
    **task_creation.DECIDERS,
    **forwarding.DECIDERS,
    **tasks.DECIDERS,
    **task_files.DECIDERS,
    **columns.DECIDERS,
    **accounts.DECIDERS,
    **invitations.DECIDERS,
}


def shares_commit(envelope: Envelope) -> bool:
    """Whether its change may be stored with others': it rests on the board alone."""
    shares: bool = envelope.command.shares_commit
    return shares


class ChatActor(StreamActor):
    """The owner of one chat's log."""

    at_once = commands.SendMessage, commands.MarkRead
    """What the turn only hands to the journal, as a rule."""

    def __init__(self, id: int, context: ActorContext) -> None:
        super().__init__(id, context)
        # State: the chat, and what of it is in the journal.
        self.state = ChatState(id, context.usernames)
        self.outbound = Outbound(context, self.state, self.stream)

    def __repr__(self) -> str:
        return (
            f"<ChatActor {self.id} at {self.stream.seq}, {len(self.state.seats)} seats, "
            f"{self.waiting} waiting, {self.outbound.in_journal} in the journal>"
        )

    @property
    def idle(self) -> bool:
        return super().idle and self.outbound.in_journal == 0

    async def load(self) -> None:
        record = await self.context.store.chat(self.id)
        self.absent = record is None
        if record is None:
            raise errors.NotFound()
        self.state.take(record)
        self.stream.start(record.seq)
        self.stream.learn(record.seq)

    def turn(self, envelope: Envelope) -> Awaitable[None] | None:
        if self.outbound.outdated:
            return self._resend(envelope)
        return self._turn(envelope)

    async def _resend(self, envelope: Envelope) -> None:
        """Ask again for what another server's change has made doubtful, before all that waits."""
        await self.outbound.drain()
        outdated, self.outbound.outdated = self.outbound.outdated, []
        await self.refresh()
        for each in outdated:
            if not self.refused_as_late(each):
                await self._asked(each)
        await self._asked(envelope)

    async def _asked(self, envelope: Envelope) -> None:
        try:
            pending = self._turn(envelope)
            if pending is not None:
                await pending
        except errors.DomainError as error:
            envelope.reply.refuse(error)

    def _turn(self, envelope: Envelope) -> Awaitable[None] | None:
        match envelope.command:
            case commands.SendMessage():
                # Before all others, for most of what comes is this.
                return self.outbound.send(envelope)
            case Resend():
                envelope.reply.answer(None)
                return None
            case commands.MarkRead():
                return self.outbound.mark(envelope)
            case commands.ForwardMessages():
                return forwarding.forward(self.context, self.state, envelope)
            case Receive():
                return forwarding.receive(self.outbound, envelope)
            case commands.Type():
                self.type(envelope.identity)
                envelope.reply.answer(None)
                return None
            case command if command.shares_commit:
                return self._batched(envelope)
            case _:
                return self._exclusive(envelope)

    async def _exclusive(self, envelope: Envelope) -> None:
        """Let the chat's own sends in the journal finish, then change what is stored."""
        await self.outbound.drain()
        await self.change(envelope)

    async def _batched(self, envelope: Envelope) -> None:
        """One commit for all who move and change cards at this moment."""
        await self.outbound.drain()
        await commit_batch(self, take_batch(self, envelope, shares_commit))

    async def stop(self) -> None:
        await super().stop()
        await self.outbound.drain()

    def head(self) -> tuple[int, int] | None:
        return self.id, self.place()

    def place(self) -> int:
        return self.outbound.place()

    async def decide(self, envelope: Envelope) -> Decision:
        decider = DECIDERS[type(envelope.command)]
        return await decider.run(self.context, self.state, envelope.identity, envelope.command)

    def apply(self, events: list[Event]) -> None:
        self.state.apply(events)

    def check_repeat(self, envelope: Envelope) -> None:
        """A repeat is answered with what the subject has become: not to those who have left."""
        command, who = envelope.command, envelope.identity
        if isinstance(command, account_commands.AddUser | commands.DeleteChat | EnterDirect):
            return
        if isinstance(command, account_commands.UpdateUser):
            permissions.check_update_user(who, command)
        elif isinstance(command, account_commands.CreateInvite | account_commands.RevokeInvite):
            permissions.check_invite(who)
        elif not (isinstance(command, commands.RemoveMember) and command.user_id == who.user_id):
            self.state.member(who)

    async def answer_repeat(self, envelope: Envelope, key: RequestKey, used: Keyed) -> None:
        """An invitation is in no log, so its repeat is answered by its own id."""
        if (
            isinstance(envelope.command, account_commands.CreateInvite)
            and used.digest == key.digest
        ):
            self.check_repeat(envelope)
            id = invitations.invite_id(key.user_id, key.key)
            envelope.reply.answer(await self.context.store.invite(id))
            return
        await super().answer_repeat(envelope, key, used)

    def type(self, who: Identity) -> None:
        """Pass on that a user is typing; it is not stored."""
        self.state.member(who)
        self.outbound.receipts.typing(who.user_id)
