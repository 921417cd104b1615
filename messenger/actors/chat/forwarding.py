"""Forwarding: the chat that is forwarded from reads, each other chat posts its own copies.

A copy's key is made of the command's, so that a repeat of the command, also after a crash in the
middle of it, posts what is missing and no more.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from uuid import UUID

import msgspec

from messenger import errors
from messenger.actors.actor import Envelope
from messenger.actors.chat.loading import load_board
from messenger.actors.chat.posting import Outbound
from messenger.actors.chat.state import ChatState
from messenger.actors.chat.task_creation import CreateFacts, allocate_task, new_task
from messenger.actors.chat.tasks import entry, link_entry
from messenger.actors.commands import CopyTask, Receive
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders
from messenger.decision import Answer, Decision
from messenger.model import File, Identity, Message, SentMessage, Task
from messenger.model.messages import ForwardedFrom
from messenger.protocol.commands import Forwarded, ForwardMessages
from messenger.rules import chats as rules
from messenger.rules import tasks as task_rules
from messenger.storage import Posting, Source


class CopyFacts(CreateFacts, frozen=True, kw_only=True):
    """`files` are copies of those that the other task has, by the ids of these."""

    message: Message | None
    files: dict[str, File]


async def forward(context: ActorContext, state: ChatState, envelope: Envelope) -> None:
    """Read what is to be forwarded, and have it posted outside of this turn."""
    command: ForwardMessages = envelope.command
    who = envelope.identity.user_id
    state.member(envelope.identity)
    to = list(dict.fromkeys(command.to))
    seqs = sorted(set(command.seqs))
    rules.check_forward(len(to) * len(seqs))
    readable = {access.id for access in await context.store.access(who, to)}
    closed = [chat_id for chat_id in to if chat_id not in readable]
    if closed:
        raise errors.NotFound("You are not in some of these chats.", to=closed)
    key, asked = command.client_message_id, command.digest()
    is_repeat = await context.store.sent_message(who, key, asked.hex()) is not None
    if not is_repeat:
        context.check_rate(envelope.identity, command)
    sources = await sources_of(context, state, seqs)
    if not is_repeat:
        await check_quota(context, who, sources.values(), len(to))
    copies: list[Receive | SentMessage] = []
    for chat_id in to:
        for seq in seqs:
            own = copy_key(key, len(copies))
            if seq in sources:
                copies.append(
                    msgspec.structs.replace(sources[seq], chat_id=chat_id, key=own, asked=asked)
                )
                continue
            # What is deleted since is answered all the same, if it was forwarded before.
            sent = await context.store.sent_message(who, own, asked.hex()) if is_repeat else None
            if sent is None:
                raise errors.NotFound("There is no such message.", seq=seq)
            copies.append(sent)
    context.streams.spawn(deliver(context, envelope, copies))


async def check_quota(
    context: ActorContext, who: int, sources: Iterable[Receive], times: int
) -> None:
    """Copies count for whoever forwards: it is theirs that stay when the others are deleted."""
    quota = context.settings.file_quota_per_user
    more = times * sum(each.file_bytes for each in sources)
    if quota and more:
        rules.check_quota(await context.store.kept_by(who) + more, quota)


def copy_key(key: str, number: int) -> str:
    """The first copy has the command's own key; the others' begin like it, as time-ordered keys."""
    if number == 0:
        return key
    first = UUID(key).bytes
    rest = bytearray(hashlib.sha256(first + number.to_bytes(2)).digest()[:8])
    rest[0] = 0x80 | rest[0] & 0x3F  # RFC 9562 §4.1: the variant
    return str(UUID(bytes=first[:8] + bytes(rest)))


async def sources_of(
    context: ActorContext, state: ChatState, seqs: list[int]
) -> dict[int, Receive]:
    """Of those messages that are there, by `seq`, what all of their copies have in common."""
    found = {
        seq: (message, origin)
        for seq, (message, origin) in (await context.store.forwardable(state.id, seqs)).items()
        if message.deleted_at is None
    }
    users = await context.store.users(sorted({message.sender_id for message, _ in found.values()}))
    sources = {}
    for seq, (message, origin) in found.items():
        shown = ForwardedFrom(
            chat_kind=state.chat.kind,
            chat_title=state.chat.title,
            author_id=message.sender_id,
            author=users[message.sender_id].display_name,
            at=message.created_at,
        )
        task = await task_of(context, message)
        sources[seq] = Receive(
            chat_id=state.id,
            key="",
            asked=b"",
            text=message.text,
            source=origin or Source(state.id, seq, shown),
            file_ids=[file.id for file in message.files],
            file_bytes=sum(file.size for file in [*message.files, *(task.files if task else ())]),
            task=task,
        )
    return sources


async def task_of(context: ActorContext, message: Message) -> Task | None:
    """The task that was made from a message, while it is there."""
    record = await context.store.task(message.task_id) if message.task_id is not None else None
    if record is None or record[0].source_seq != message.seq or record[0].deleted_at is not None:
        return None
    return record[0]


async def deliver(
    context: ActorContext, envelope: Envelope, copies: list[Receive | SentMessage]
) -> None:
    """Have the copies posted, and answer with all of them."""

    async def post(copy: Receive | SentMessage) -> SentMessage:
        if isinstance(copy, SentMessage):
            return copy
        sent: SentMessage = await context.ask(envelope.identity, copy)
        if copy.task is not None:
            copy_of_task = CopyTask(chat_id=sent.chat_id, seq=sent.seq, task=copy.task)
            with suppress(errors.AlreadyExists):  # a repeat
                await context.ask(envelope.identity, copy_of_task)
        return sent

    try:
        # The first goes alone: if its key was used for something else, nothing is posted.
        first = await post(copies[0])
        messages = [first, *await asyncio.gather(*map(post, copies[1:]))]
    except errors.DomainError as error:
        envelope.reply.refuse(error)
    else:
        envelope.reply.answer(Forwarded(messages, all(sent.duplicate for sent in messages)))


def receive(outbound: Outbound, envelope: Envelope) -> Awaitable[None] | None:
    """Hand a copy to the journal, as any other message."""
    outbound.state.member(envelope.identity)
    if envelope.command.file_ids or outbound.state.hidden_from():
        return _prepare(outbound, envelope)
    _hand_over(outbound, envelope)
    return None


async def _prepare(outbound: Outbound, envelope: Envelope) -> None:
    """The rarer copies: those with files, which become this chat's; first messages."""
    command: Receive = envelope.command
    who, files = envelope.identity.user_id, []
    if command.file_ids:
        key = f"{who} {command.chat_id} {command.key}"
        ids = {id: copied_id(key, id) for id in command.file_ids}
        files = await outbound.store.copy_files(who, command.chat_id, ids, outbound.context.clock())
        rules.check_files_found(command.file_ids, files)
    await outbound.reveal()
    _hand_over(outbound, envelope, files)


def copied_id(key: str, id: str) -> str:
    """The id of a copied file: a repeat makes no second one."""
    digest = hashlib.sha256(f"{key} {id}".encode()).digest()
    return str(UUID(bytes=digest[:16], version=4))


def _hand_over(outbound: Outbound, envelope: Envelope, files: Sequence[File] = ()) -> None:
    command: Receive = envelope.command
    # Those whom the text names heard of the original: a copy mentions no one.
    row = Posting(
        chat_id=command.chat_id,
        sender_id=envelope.identity.user_id,
        client_message_id=command.key,
        digest=command.asked.hex(),
        text=command.text,
        reply_to=None,
        task_id=None,
        mentions=[],
        mentions_all=False,
        source=command.source,
        files=list(files),
        head=outbound.state.at,
    )
    outbound.hand_over(envelope, row)


async def load_copy(
    context: ActorContext, state: ChatState, who: Identity, command: CopyTask
) -> CopyFacts:
    state.member(who)
    message = await context.store.message(state.id, command.seq)
    await load_board(context, state)
    key = f"{who.user_id} {state.id} task {command.seq}"
    old = {copied_id(key, file.id): file.id for file in command.task.files}
    files: dict[str, File] = {}
    if old:
        ids = {id: copy for copy, id in old.items()}
        copies = await context.store.copy_files(who.user_id, state.id, ids, context.clock())
        files = {old[file.id]: file for file in copies}
    return CopyFacts(who, context.settings, {}, message=message, files=files)


def copy_task(state: ChatState, facts: CopyFacts, command: CopyTask, at: datetime) -> Decision:
    """A task of this chat with what the other one has; its place and number are its own."""
    member = state.member(facts.who)
    message = rules.check_there(facts.message)
    task_rules.check_unlinked(message)
    old = command.task
    cover = facts.files.get(old.cover_file_id or "")
    task = new_task(
        state,
        facts,
        at,
        column_id=None,
        creator=member.user_id,
        title=old.title,
        description=old.description,
        due=old.due,
        labels=old.labels,
        checklist=old.checklist,
        files=list(facts.files.values()),
        cover_file_id=cover and cover.id,
        source_seq=message.seq,
    )
    created = entry("task.created", None, task)
    linked = link_entry(msgspec.structs.replace(message, task_id=task.id))
    return Decision(by=member.user_id, entries=[created, linked], answer=Answer.of(created))


DECIDERS: Deciders = {CopyTask: Decider(load_copy, copy_task, allocate_task)}
