"""What happens to a message after it was sent: edits, pins, reactions, deletion."""

from datetime import datetime
from typing import Any

import msgspec

from messenger import errors
from messenger.actors.chat.state import ChatState
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Answer, Decision, Entry, FilesAttached
from messenger.model import File, Identity, Message, ReactionChange, timestamp
from messenger.protocol import commands
from messenger.rules import chats as rules
from messenger.rules import emoji as emojis
from messenger.rules import text as texts
from messenger.storage import ReactionState


class MessageFacts(Facts, frozen=True):
    message: Message | None


class EditFacts(MessageFacts, frozen=True):
    files: list[File]


class ReactionFacts(Facts, frozen=True):
    reaction: ReactionState | None


async def load_message(
    context: ActorContext, state: ChatState, who: Identity, command: Any
) -> MessageFacts:
    state.member(who)
    message = await context.store.message(state.id, command.seq)
    if message is None:
        message = await context.store.archived(state.id, command.seq)
        if message is not None and not isinstance(command, commands.DeleteMessage):
            raise errors.Archived
    return MessageFacts(who, context.settings, message)


async def load_edit(
    context: ActorContext, state: ChatState, who: Identity, command: commands.EditMessage
) -> EditFacts:
    facts = await load_message(context, state, who, command)
    files: list[File] = []
    if command.file_ids and facts.message is not None and facts.message.sender_id == who.user_id:
        at = context.clock()
        files = await context.store.take_files(who.user_id, state.id, command.file_ids, at)
    return EditFacts(who, context.settings, facts.message, files)


async def load_new_reaction(
    context: ActorContext, state: ChatState, who: Identity, command: commands.AddReaction
) -> ReactionFacts:
    state.member(who)
    emojis.check_emoji(command.emoji)
    return await load_reaction(context, state, who, command)


async def load_reaction(
    context: ActorContext,
    state: ChatState,
    who: Identity,
    command: commands.AddReaction | commands.RemoveReaction,
) -> ReactionFacts:
    user_id = state.member(who).user_id
    texts.check_raw(command.emoji, emojis.EMOJI_MAX, "emoji")
    emoji = emojis.emoji_key(command.emoji)
    found = await context.store.reaction_state(state.id, command.seq, emoji, user_id)
    if found is None and await context.store.archived(state.id, command.seq) is not None:
        raise errors.Archived
    return ReactionFacts(who, context.settings, found)


def change(facts: Facts, type: str, message: Message) -> Decision:
    entry = Entry(stream=message.chat_id, type=type, subject=message.seq, data=message)
    return Decision(by=facts.who.user_id, entries=[entry], answer=Answer.of(entry))


def no_change(message: Message) -> Decision:
    answer = Answer(message, subject=("message.updated", message.chat_id, message.seq))
    return Decision(answer=answer)


def edit(
    state: ChatState, facts: EditFacts, command: commands.EditMessage, at: datetime
) -> Decision:
    state.member(facts.who)
    message = rules.check_edit(facts.message, facts.who)
    files = message.files
    if command.file_ids is not None:
        rules.check_files(command.file_ids)
        rules.check_files_found(command.file_ids, facts.files)
        files = facts.files
    texts.check_text(command.text, facts.settings.message_max_length, optional=bool(files))
    text = command.text.strip()
    if text == message.text and files == message.files:
        return no_change(message)
    mentions, everyone = state.mentioned(text)
    edited = msgspec.structs.replace(
        message,
        text=text,
        mentions=mentions,
        mentions_all=everyone,
        files=files,
        edited_at=timestamp(at),
    )
    return with_files(change(facts, "message.edited", edited), edited, message)


def with_files(decision: Decision, message: Message, before: Message) -> Decision:
    """The same decision; where a message's files change, they are written with it."""
    if message.files == before.files:
        return decision
    ids = [file.id for file in message.files]
    write = FilesAttached(chat_id=message.chat_id, seq=message.seq, file_ids=ids)
    return msgspec.structs.replace(decision, writes=[*decision.writes, write])


def delete(
    state: ChatState, facts: MessageFacts, command: commands.DeleteMessage, at: datetime
) -> Decision:
    member = state.member(facts.who)
    found = facts.message
    if found is not None and found.deleted_at is not None and found.sender_id == member.user_id:
        return no_change(found)
    message = rules.check_delete(found, member, state.chat)
    gone = message.tombstone(timestamp(at))
    return with_files(change(facts, "message.deleted", gone), gone, message)


def pin(
    state: ChatState, facts: MessageFacts, command: commands.PinMessage, at: datetime
) -> Decision:
    member = state.member(facts.who)
    message = rules.check_there(facts.message)
    if message.pinned_at is not None:
        return no_change(message)
    pinned = msgspec.structs.replace(message, pinned_at=timestamp(at), pinned_by=member.user_id)
    return change(facts, "message.pinned", pinned)


def unpin(
    state: ChatState, facts: MessageFacts, command: commands.UnpinMessage, at: datetime
) -> Decision:
    message = rules.check_unpin(facts.message, state.member(facts.who), state.chat)
    if message.pinned_at is None:
        return no_change(message)
    unpinned = msgspec.structs.replace(message, pinned_at=None, pinned_by=None)
    return change(facts, "message.unpinned", unpinned)


def add_reaction(
    state: ChatState, facts: ReactionFacts, command: commands.AddReaction, at: datetime
) -> Decision:
    reaction = check_message(facts)
    if reaction.given:
        return Decision()
    if not reaction.known:
        emojis.check_kinds(reaction.kinds)
    return reaction_change(state, facts, command, "reaction.added")


def remove_reaction(
    state: ChatState, facts: ReactionFacts, command: commands.RemoveReaction, at: datetime
) -> Decision:
    reaction = check_message(facts)
    if not reaction.given:
        # What was given can be taken back, also what no longer passes as one emoji.
        emojis.check_emoji(command.emoji)
        return Decision()
    return reaction_change(state, facts, command, "reaction.removed")


def check_message(facts: ReactionFacts) -> ReactionState:
    """What a member's reaction meets; raises NotFound where no message is."""
    if facts.reaction is None or facts.reaction.deleted:
        raise errors.NotFound("There is no such message.")
    return facts.reaction


def reaction_change(
    state: ChatState,
    facts: Facts,
    command: commands.AddReaction | commands.RemoveReaction,
    type: str,
) -> Decision:
    user_id = state.member(facts.who).user_id
    emoji = emojis.emoji_key(command.emoji)
    change = ReactionChange(chat_id=state.id, seq=command.seq, emoji=emoji, user_id=user_id)
    entry = Entry(stream=state.id, type=type, subject=command.seq, data=change)
    return Decision(by=user_id, entries=[entry])


DECIDERS: Deciders = {
    commands.EditMessage: Decider(load_edit, edit),
    commands.DeleteMessage: Decider(load_message, delete),
    commands.PinMessage: Decider(load_message, pin),
    commands.UnpinMessage: Decider(load_message, unpin),
    commands.AddReaction: Decider(load_new_reaction, add_reaction),
    commands.RemoveReaction: Decider(load_reaction, remove_reaction),
}
