"""Sending and marking: turns that do not wait for the commit."""

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat import membership
from messenger.model import Event, Message, SentMessage
from messenger.protocol.commands import MarkRead, SendMessage
from messenger.rules import chats as rules
from messenger.rules import mentions as mention_rules
from messenger.rules import tasks as task_rules
from messenger.rules import text as texts
from messenger.storage import Marked, NotStored, Posting, Stored

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor


class Sent:
    """A message in the journal: what is still needed when it comes back."""

    __slots__ = ("letter", "posting")

    def __init__(self, letter: Letter, posting: Posting) -> None:
        self.letter = letter
        self.posting = posting


def send(actor: "ChatActor", letter: Letter) -> Awaitable[None] | None:
    """Hand a message to the journal; publish and answer once it is stored."""
    command: SendMessage = letter.command
    actor.member(letter.identity)
    texts.check_text(command.text, actor.directory.settings.message_max_length)
    if command.file_ids:
        raise errors.NotFound("There is no such file in this chat.")
    wait = pace(actor, letter.identity.user_id)
    if wait > 0:
        return repeat_or_refuse(actor, letter, wait)
    if command.reply_to is not None or command.task_id is not None or membership.hidden_from(actor):
        return prepare(actor, letter)
    # The turn does not wait for the commit: a chat that did would be bound to one message a flush.
    post(actor, letter)
    return None


def post(actor: "ChatActor", letter: Letter) -> None:
    command: SendMessage = letter.command
    mentions, everyone = mentioned(actor, command.text)
    posting = Posting(
        command.chat_id,
        letter.identity.user_id,
        command.client_message_id,
        command.digest().hex(),
        command.text.strip(),
        command.reply_to,
        command.task_id,
        mentions,
        everyone,
    )
    hand_over(actor, letter, posting)


def hand_over(actor: "ChatActor", letter: Letter, posting: Posting) -> None:
    """Give a message to the journal; `stored` hears of it."""
    actor.posted += 1
    actor.store.post(posting, actor, Sent(letter, posting), letter.until)


async def prepare(actor: "ChatActor", letter: Letter) -> None:
    """The rarer sends: replies and comments, whose subjects must exist; a direct chat's first."""
    command: SendMessage = letter.command
    if command.reply_to is not None:
        rules.check_there(await actor.store.message(actor.id, command.reply_to))
    if command.task_id is not None:
        task_rules.check_commented(await actor.store.task(command.task_id), actor.id)
    if membership.hidden_from(actor):
        await actor.settled()
        await membership.reveal(actor)
    post(actor, letter)


def mentioned(actor: "ChatActor", text: str) -> tuple[list[int], bool]:
    """The present members a text names, and whether it names all."""
    names = mention_rules.mentioned(text)
    if not names:
        return [], False
    ids = [
        user_id
        for user_id, seat in actor.seats.items()
        if seat.present and seat.username.casefold() in names
    ]
    return sorted(ids), "all" in names


def pace(actor: "ChatActor", user_id: int) -> float:
    """Count a message; return for how long it comes too early, in seconds (0: it may)."""
    count, _ = actor.directory.settings.message_rate_limit
    return actor.directory.sends.enter((actor.id, user_id), count)


async def repeat_or_refuse(actor: "ChatActor", letter: Letter, wait: float) -> None:
    """A repeat is answered whatever the pace; anything else has to wait."""
    command: SendMessage = letter.command
    found = await actor.store.sent(
        letter.identity.user_id, command.client_message_id, command.digest().hex()
    )
    if found is None:
        raise errors.RateLimited(round(wait * 1000) + 1, "Too many messages; wait a moment.")
    letter.reply.answer(found)


def stored(actor: "ChatActor", results: list[tuple[Sent, Stored | Exception]], at: str) -> None:
    """Publish what was stored, in `seq` order, and then answer: own events precede the ack."""
    events: list[Event] = []
    doubtful = False
    head = actor.stream.seq
    for sent, result in results:
        if isinstance(result, Stored):
            # Stored just before a connection was lost, it may have been read from the log already.
            if not result.duplicate and result.seq > head:
                head = result.seq
                events.append(created(sent.posting, result, at))
        elif not isinstance(result, NotStored):
            unknown = isinstance(result, errors.Unavailable)
            doubtful = doubtful or unknown or not isinstance(result, errors.DomainError)
    if events:
        actor.directory.publish(events)
    if doubtful:
        actor.directory.doubt({actor.id})
    told = actor.stream.told
    for sent, result in results:
        if isinstance(result, Stored) and result.seq > told:
            actor.stream.when_told(result.seq, partial(answer, actor, sent, result))
        else:
            answer(actor, sent, result)
    actor.landed(len(results))


def created(posting: Posting, stored: Stored, at: str) -> Event:
    message = Message(
        chat_id=stored.chat_id,
        seq=stored.seq,
        n=stored.n,
        sender_id=posting.sender_id,
        client_message_id=posting.client_message_id,
        text=posting.text,
        reply_to=posting.reply_to,
        mentions=posting.mentions,
        mentions_all=posting.mentions_all,
        task_id=posting.task_id,
        created_at=stored.created_at,
        rev=stored.seq,
        forwarded_from=posting.source.forwarded_from if posting.source is not None else None,
    )
    return Event("message.created", stored.chat_id, stored.seq, at, posting.sender_id, message)


def answer(actor: "ChatActor", sent: Sent, result: Stored | Exception) -> None:
    reply = sent.letter.reply
    if not isinstance(result, Stored):
        domain = isinstance(result, errors.DomainError)
        reply.refuse(result if domain else errors.Unavailable())  # type: ignore[arg-type]
        return
    if result.duplicate and sent.posting.source is None:
        # A repeat costs the sender nothing of the rate.
        actor.directory.sends.give_back((actor.id, sent.posting.sender_id))
    reply.answer(
        SentMessage(
            result.chat_id,
            result.seq,
            result.n,
            result.created_at,
            sent.posting.client_message_id,
            result.duplicate,
        )
    )


def mark(actor: "ChatActor", letter: Letter) -> None:
    """Move one's marks; they travel in the journal's next batch."""
    command: MarkRead = letter.command
    actor.member(letter.identity)
    rules.check_marks(command.read_seq, command.received_seq, actor.stream.seq)
    actor.posted += 1
    actor.store.mark(
        actor.id,
        letter.identity.user_id,
        command.read_seq or 0,
        command.received_seq or 0,
        actor,
        letter,
        letter.until,
    )


def marked(actor: "ChatActor", results: list[tuple[Letter, Marked | Exception]]) -> None:
    for letter, result in results:
        if isinstance(result, Marked):
            seat = actor.seats.get(result.user_id)
            if seat is not None and (seat.read_seq, seat.received_seq) != (
                result.read_seq,
                result.received_seq,
            ):
                seat.read_seq, seat.received_seq = result.read_seq, result.received_seq
                actor.receipts.moved(result, letter.identity.session_id)
            actor.directory.answer_my(letter)
        elif isinstance(result, errors.DomainError):
            letter.reply.refuse(result)
        else:
            letter.reply.refuse(errors.Unavailable())
    actor.landed(len(results))
