"""Sending and marking: turns that do not wait for the commit."""

import asyncio
from collections.abc import Awaitable, Sequence
from functools import partial

from messenger import errors
from messenger.actors.actor import Envelope
from messenger.actors.chat.entries import created
from messenger.actors.chat.membership import reveal
from messenger.actors.chat.receipts import Receipts
from messenger.actors.chat.state import ChatState
from messenger.actors.commands import Resend
from messenger.actors.context import ActorContext
from messenger.actors.stream import Stream
from messenger.model import Event, File, SentMessage
from messenger.protocol.commands import MarkRead, SendMessage
from messenger.rules import chats as rules
from messenger.rules import tasks as task_rules
from messenger.rules import text as texts
from messenger.storage import Marked, Marking, NotStored, Posting, StaleHead, Stored


class Outbound:
    """A chat's messages and marks on their way through the journal, which answers here."""

    __slots__ = (
        "_drained", "context", "in_journal", "outdated", "receipts", "state", "store", "stream",
    )  # fmt: skip

    def __init__(self, context: ActorContext, state: ChatState, stream: Stream) -> None:
        self.context = context
        self.store = context.store
        self.state = state
        self.stream = stream
        self.receipts = Receipts(state, stream, context.streams)
        # State: the messages and marks in the journal now, and what waits for them to come back;
        # those that were not stored, for another server changed the chat, in their order.
        self.in_journal = 0
        self.outdated: list[Envelope] = []
        self._drained: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<Outbound of {self.state.id}, {self.in_journal} in the journal>"

    async def drain(self) -> None:
        """Return when nothing is in the journal."""
        while self.in_journal:
            if self._drained is None:
                self._drained = asyncio.get_running_loop().create_future()
            await self._drained

    def _returned(self, count: int) -> None:
        """So many have come back from the journal."""
        self.in_journal -= count
        if self.in_journal == 0 and self._drained is not None:
            self._drained.set_result(None)
            self._drained = None

    # Messages

    def send(self, envelope: Envelope) -> Awaitable[None] | None:
        """Hand a message to the journal; publish and answer once it is stored."""
        command: SendMessage = envelope.command
        self.state.member(envelope.identity)
        settings = self.context.settings
        texts.check_text(command.text, settings.message_max_length, optional=bool(command.file_ids))
        if command.file_ids:
            rules.check_files(command.file_ids)
        sender = self.state.id, envelope.identity.user_id
        wait = self.context.message_rate.enter(sender, settings.message_rate_limit[0])
        if wait > 0:
            return self._repeat_or_refuse(envelope, wait)
        if has_subjects(command) or self.state.hidden_from():
            return self._prepare(envelope)
        # The turn does not wait for the commit: a chat that did would be bound to one message a
        # flush.
        self.post(envelope)
        return None

    def post(self, envelope: Envelope, files: Sequence[File] = ()) -> None:
        command: SendMessage = envelope.command
        mentions, everyone = self.state.mentioned(command.text)
        posting = Posting(
            command.chat_id,
            envelope.identity.user_id,
            command.client_message_id,
            command.digest().hex(),
            command.text.strip(),
            command.reply_to,
            command.task_id,
            mentions,
            everyone,
            files=list(files),
            head=self.state.at,
        )
        self.hand_over(envelope, posting)

    def hand_over(self, envelope: Envelope, posting: Posting) -> None:
        """Give a message to the journal; `stored` gets the result."""
        self.in_journal += 1
        self.store.post(posting, self, envelope, envelope.until)

    async def _prepare(self, envelope: Envelope) -> None:
        """The rarer sends: what they refer to must exist; first messages."""
        command: SendMessage = envelope.command
        who, ids = envelope.identity.user_id, command.file_ids
        at = self.context.clock()
        files = await self.store.take_files(who, self.state.id, ids, at) if ids else []
        if len(files) < len(ids):
            # A repeat is answered, whatever has become of its files since.
            found = await self._sent_before(envelope)
            if found is None:
                rules.check_files_found(ids, files)
            envelope.reply.answer(found)
            return
        if command.reply_to is not None:
            chat_id, seq = self.state.id, command.reply_to
            message = await self.store.message(chat_id, seq)
            rules.check_there(message or await self.store.archived(chat_id, seq))
        if command.task_id is not None:
            task_rules.check_commented(await self.store.task(command.task_id), self.state.id)
        try:
            await self.reveal()
        except StaleHead:
            self._outdate(envelope)
            return
        self.post(envelope, files)

    async def reveal(self) -> None:
        """Let the other one of a direct chat in, just before its first message."""
        if self.state.hidden_from():
            await self.drain()
            await reveal(self.context, self.state, self.place())

    def place(self) -> int:
        """Up to where the log is in the state: a server that is alone knows all of it, another one
        what it has loaded and made since."""
        return self.state.at if self.context.shared else self.stream.seq

    async def _repeat_or_refuse(self, envelope: Envelope, wait: float) -> None:
        """A repeat is answered whatever the rate; anything else has to wait."""
        found = await self._sent_before(envelope)
        if found is None:
            raise errors.RateLimited(round(wait * 1000) + 1, "Too many messages; wait a moment.")
        envelope.reply.answer(found)

    async def _sent_before(self, envelope: Envelope) -> SentMessage | None:
        """What the same command was answered before."""
        command: SendMessage = envelope.command
        return await self.store.sent_message(
            envelope.identity.user_id, command.client_message_id, command.digest().hex()
        )

    def stored(self, results: list[tuple[Envelope, Posting, Stored | Exception]], at: str) -> None:
        """Publish what was stored, in `seq` order, then answer: own events precede the ack."""
        events: list[Event] = []
        doubtful = False
        head = self.stream.seq
        for envelope, posting, result in results:
            if isinstance(result, Stored):
                # Stored just before a connection was lost, it may have been read from the log
                # already.
                if not result.duplicate and result.seq > head:
                    head = result.seq
                    events.append(created(posting, result, at))
            elif isinstance(result, StaleHead):
                if posting.source is None:
                    self.context.message_rate.give_back((self.state.id, posting.sender_id))
                self._outdate(envelope)
            elif not isinstance(result, NotStored):
                unknown = isinstance(result, errors.Unavailable)
                doubtful = doubtful or unknown or not isinstance(result, errors.DomainError)
        if events:
            self.context.streams.publish_run(self.state.id, events)
        if doubtful:
            self.context.streams.doubt({self.state.id})
        delivered = self.stream.delivered
        for envelope, posting, result in results:
            if isinstance(result, Stored) and result.seq > delivered:
                answer = partial(self._answer, envelope, posting, result)
                self.stream.when_delivered(result.seq, answer)
            elif not isinstance(result, StaleHead):
                self._answer(envelope, posting, result)
        self._returned(len(results))

    def _outdate(self, envelope: Envelope) -> None:
        """It was allowed in a chat that is another one by now; to be asked again, in its order."""
        if not self.outdated:
            self.context.follow_up(Resend(chat_id=self.state.id))
        self.outdated.append(envelope)

    def _answer(self, envelope: Envelope, posting: Posting, result: Stored | Exception) -> None:
        reply = envelope.reply
        if not isinstance(result, Stored):
            domain = isinstance(result, errors.DomainError)
            reply.refuse(result if domain else errors.Unavailable())  # type: ignore[arg-type]
            return
        if result.duplicate and posting.source is None:
            # A repeat costs the sender nothing of the rate.
            self.context.message_rate.give_back((self.state.id, posting.sender_id))
        reply.answer(
            SentMessage(
                result.chat_id,
                result.seq,
                result.n,
                result.created_at,
                posting.client_message_id,
                result.duplicate,
            )
        )

    # Marks

    def mark(self, envelope: Envelope) -> Awaitable[None] | None:
        """Move the asker's marks; they travel in the journal's next batch."""
        command: MarkRead = envelope.command
        self.state.member(envelope.identity)
        if max(command.read_seq or 0, command.received_seq or 0) > self.stream.seq:
            return self._mark_ahead(envelope)
        rules.check_marks(command.read_seq, command.received_seq, self.stream.seq)
        self._move(envelope, command)
        return None

    async def _mark_ahead(self, envelope: Envelope) -> None:
        """What was read on another server may not have come to this one yet."""
        command: MarkRead = envelope.command
        heads = await self.store.heads([self.state.id])
        head = max(self.stream.seq, heads.get(self.state.id, 0))
        rules.check_marks(command.read_seq, command.received_seq, head)
        self._move(envelope, command)

    def _move(self, envelope: Envelope, command: MarkRead) -> None:
        self.in_journal += 1
        marking = Marking(
            self.state.id,
            envelope.identity.user_id,
            command.read_seq or 0,
            command.received_seq or 0,
        )
        self.store.mark(marking, self, envelope, envelope.until)

    def marked(self, results: list[tuple[Envelope, Marked | Exception]]) -> None:
        for envelope, result in results:
            if isinstance(result, Marked):
                seat = self.state.seats.get(result.user_id)
                if seat is not None and (seat.read_seq, seat.received_seq) != (
                    result.read_seq,
                    result.received_seq,
                ):
                    seat.read_seq, seat.received_seq = result.read_seq, result.received_seq
                    self.receipts.moved(result, envelope.identity.session_id)
                    self.context.streams.marked(self.state.id, result.user_id, result.read_seq)
                # Read outside of any turn.
                self.context.streams.spawn(self._answer_mark(envelope))
            elif isinstance(result, errors.DomainError):
                envelope.reply.refuse(result)
            else:
                envelope.reply.refuse(errors.Unavailable())
        self._returned(len(results))

    async def _answer_mark(self, envelope: Envelope) -> None:
        """Answer a mark with the asker's own state of the chat."""
        chat_id = self.state.id
        try:
            found = await self.store.my(envelope.identity.user_id, [chat_id])
        except errors.DomainError as error:
            envelope.reply.refuse(error)
            return
        mine = found.get(chat_id)
        envelope.reply.answer({"my": mine and mine.my()})


def has_subjects(command: SendMessage) -> bool:
    """Whether it refers to what must be there."""
    return bool(command.file_ids) or command.reply_to is not None or command.task_id is not None
