"""Forwarding: the chat that is forwarded from reads, each other chat posts its own copies.

A copy's key is made of the command's, so that a repeat of the command, also after a crash in the
middle of it, posts what is missing and no more.
"""

import asyncio
import hashlib
from collections.abc import Awaitable
from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat import membership, posting
from messenger.actors.chat.making import new_task
from messenger.actors.chat.tasks import entry, relinked
from messenger.decision import Decision
from messenger.model import Message, SentMessage, Task
from messenger.model.messages import ForwardedFrom
from messenger.protocol.command import ChatCommand, MessageChange
from messenger.protocol.commands import Forwarded, ForwardMessages
from messenger.rules import chats as rules
from messenger.storage import Posting, Source

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor
    from messenger.actors.directory import Directory


class Receive(ChatCommand, frozen=True, kw_only=True, tag="message.receive"):
    """Post one copy. Given by the chat that is forwarded from; no door takes it."""

    key: str
    asked: bytes
    text: str
    source: Source
    task: Task | None = None


class CopyTask(MessageChange, frozen=True, kw_only=True, tag="task.copy"):
    """Make a task like another one out of a copied message; no door takes it."""

    task: Task


async def forward(actor: "ChatActor", letter: Letter) -> None:
    """Read what is to be forwarded, and have it posted outside of this turn."""
    command: ForwardMessages = letter.command
    who = letter.identity.user_id
    actor.member(letter.identity)
    to = list(dict.fromkeys(command.to))
    seqs = sorted(set(command.seqs))
    rules.check_forward(len(to) * len(seqs))
    readable = {access.id for access in await actor.store.access(who, to)}
    closed = [chat_id for chat_id in to if chat_id not in readable]
    if closed:
        raise errors.NotFound("You are not in some of these chats.", to=closed)
    key, asked = command.client_message_id, command.digest()
    is_repeat = await actor.store.sent(who, key, asked.hex()) is not None
    if not is_repeat:
        actor.directory.check_pace(letter)
    sources = await sources_of(actor, seqs)
    copies: list[Receive | SentMessage] = []
    for chat_id in to:
        for seq in seqs:
            own = copy_key(key, len(copies))
            if seq in sources:
                text, source, task = sources[seq]
                copies.append(
                    Receive(
                        chat_id=chat_id, key=own, asked=asked, text=text, source=source, task=task
                    )
                )
                continue
            # What is deleted since is answered all the same, if it was forwarded before.
            sent = await actor.store.sent(who, own, asked.hex()) if is_repeat else None
            if sent is None:
                raise errors.NotFound("There is no such message.", seq=seq)
            copies.append(sent)
    actor.directory.spawn(deliver(actor.directory, letter, copies))


def copy_key(key: str, number: int) -> str:
    """The first copy has the command's own key; the others' begin like it, as time-ordered keys."""
    if number == 0:
        return key
    first = UUID(key).bytes
    rest = bytearray(hashlib.sha256(first + number.to_bytes(2)).digest()[:8])
    rest[0] = 0x80 | rest[0] & 0x3F  # RFC 9562 §4.1: the variant
    return str(UUID(bytes=first[:8] + bytes(rest)))


async def sources_of(
    actor: "ChatActor", seqs: list[int]
) -> dict[int, tuple[str, Source, Task | None]]:
    """Text, source and task of those messages that are there."""
    found = {
        seq: (message, origin)
        for seq, (message, origin) in (await actor.store.forwardable(actor.id, seqs)).items()
        if message.deleted_at is None
    }
    users = await actor.store.users(sorted({message.sender_id for message, _ in found.values()}))
    sources = {}
    for seq, (message, origin) in found.items():
        shown = ForwardedFrom(
            chat_kind=actor.chat.kind,
            chat_title=actor.chat.title,
            author_id=message.sender_id,
            author=users[message.sender_id].display_name,
            at=message.created_at,
        )
        source = origin or Source(actor.id, seq, shown)
        sources[seq] = message.text, source, await task_of(actor, message)
    return sources


async def task_of(actor: "ChatActor", message: Message) -> Task | None:
    """The task that was made from a message, while it is there."""
    record = await actor.store.task(message.task_id) if message.task_id is not None else None
    if record is None or record[0].source_seq != message.seq or record[0].deleted_at is not None:
        return None
    return record[0]


async def deliver(
    directory: "Directory", letter: Letter, copies: list[Receive | SentMessage]
) -> None:
    """Have the copies posted, and answer with all of them."""

    async def post(copy: Receive | SentMessage) -> SentMessage:
        if isinstance(copy, SentMessage):
            return copy
        sent: SentMessage = await directory.ask(letter.identity, copy)
        if copy.task is not None:
            made = CopyTask(chat_id=sent.chat_id, seq=sent.seq, task=copy.task)
            with suppress(errors.AlreadyExists):  # a repeat
                await directory.ask(letter.identity, made)
        return sent

    try:
        # The first goes alone: if its key was used for something else, nothing is posted.
        first = await post(copies[0])
        made = [first, *await asyncio.gather(*map(post, copies[1:]))]
    except errors.DomainError as error:
        letter.reply.refuse(error)
    else:
        letter.reply.answer(Forwarded(made, all(sent.duplicate for sent in made)))


def receive(actor: "ChatActor", letter: Letter) -> Awaitable[None] | None:
    """Hand a copy to the journal, as any other message."""
    actor.member(letter.identity)
    if membership.hidden_from(actor):
        return reveal_and_receive(actor, letter)
    hand_over(actor, letter)
    return None


async def reveal_and_receive(actor: "ChatActor", letter: Letter) -> None:
    await actor.settled()
    await membership.reveal(actor)
    hand_over(actor, letter)


def hand_over(actor: "ChatActor", letter: Letter) -> None:
    command: Receive = letter.command
    # Whom the text names was told by the original: a copy mentions nobody.
    row = Posting(
        chat_id=actor.id,
        sender_id=letter.identity.user_id,
        client_message_id=command.key,
        digest=command.asked.hex(),
        text=command.text,
        reply_to=None,
        task_id=None,
        mentions=[],
        mentions_all=False,
        source=command.source,
    )
    posting.hand_over(actor, letter, row)


async def copy_task(actor: "ChatActor", letter: Letter) -> Decision:
    """A task of this chat with what the other one has; its place and number are its own."""
    command: CopyTask = letter.command
    member = actor.member(letter.identity)
    message = rules.check_there(await actor.store.message(actor.id, command.seq))
    if message.task_id is not None:
        raise errors.AlreadyExists("This message belongs to a task already.")
    board = await actor.board_state()
    old = command.task
    task = await new_task(
        actor,
        board,
        column_id=None,
        creator=member.user_id,
        title=old.title,
        description=old.description,
        due=old.due,
        labels=old.labels,
        checklist=old.checklist,
        source_seq=message.seq,
    )
    linked = relinked(msgspec.structs.replace(message, task_id=task.id))
    return Decision(by=member.user_id, entries=[entry("task.created", None, task), linked])
