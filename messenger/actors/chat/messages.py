"""What happens to a message after it was sent: edits, pins, reactions, deletion."""

from typing import TYPE_CHECKING

import msgspec

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat import posting
from messenger.decision import Decision, Entry
from messenger.model import Message, ReactionChange, timestamp
from messenger.protocol import commands
from messenger.rules import chats as rules
from messenger.rules import emoji as emojis
from messenger.rules import text as texts
from messenger.storage import Standing

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor

EMOJI_A_MESSAGE = 20
"""Different emoji on one message; beyond that nobody reads them."""


def changed(actor: "ChatActor", letter: Letter, type: str, message: Message) -> Decision:
    entry = Entry(stream=actor.id, type=type, subject=message.seq, data=message)
    return Decision(by=letter.identity.user_id, entries=[entry])


def unchanged(actor: "ChatActor", message: Message) -> Decision:
    about = ("message.updated", actor.id, message.seq)
    return Decision(answer=None, result=message, about=about)


async def edit(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.EditMessage = letter.command
    actor.member(letter.identity)
    message = rules.check_edit(await actor.store.message(actor.id, command.seq), letter.identity)
    texts.check_text(command.text, actor.directory.settings.message_max_length)
    if command.file_ids:
        raise errors.NotFound("There is no such file in this chat.")
    text = command.text.strip()
    if text == message.text:
        return unchanged(actor, message)
    mentions, everyone = posting.mentioned(actor, text)
    edited = msgspec.structs.replace(
        message,
        text=text,
        mentions=mentions,
        mentions_all=everyone,
        edited_at=timestamp(actor.now()),
    )
    return changed(actor, letter, "message.edited", edited)


async def delete(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.DeleteMessage = letter.command
    member = actor.member(letter.identity)
    found = await actor.store.message(actor.id, command.seq)
    if found is not None and found.deleted_at is not None and found.sender_id == member.user_id:
        return unchanged(actor, found)
    message = rules.check_delete(found, member, actor.chat)
    tombstone = msgspec.structs.replace(
        message,
        text="",
        mentions=[],
        mentions_all=False,
        files=[],
        reactions=[],
        pinned_at=None,
        pinned_by=None,
        forwarded_from=None,
        deleted_at=timestamp(actor.now()),
    )
    return changed(actor, letter, "message.deleted", tombstone)


async def pin(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.PinMessage = letter.command
    member = actor.member(letter.identity)
    message = rules.check_there(await actor.store.message(actor.id, command.seq))
    if message.pinned_at is not None:
        return unchanged(actor, message)
    pinned = msgspec.structs.replace(
        message, pinned_at=timestamp(actor.now()), pinned_by=member.user_id
    )
    return changed(actor, letter, "message.pinned", pinned)


async def unpin(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.UnpinMessage = letter.command
    member = actor.member(letter.identity)
    found = await actor.store.message(actor.id, command.seq)
    message = rules.check_unpin(found, member, actor.chat)
    if message.pinned_at is None:
        return unchanged(actor, message)
    loose = msgspec.structs.replace(message, pinned_at=None, pinned_by=None)
    return changed(actor, letter, "message.unpinned", loose)


async def add_reaction(actor: "ChatActor", letter: Letter) -> Decision:
    actor.member(letter.identity)
    emojis.check_emoji(letter.command.emoji)
    standing = await standing_of(actor, letter)
    if standing.given:
        return Decision(answer=None)
    if not standing.known and standing.kinds >= EMOJI_A_MESSAGE:
        raise errors.ValidationFailed(
            f"A message carries up to {EMOJI_A_MESSAGE} different emoji.", field="emoji"
        )
    return reaction(actor, letter, "reaction.added")


async def remove_reaction(actor: "ChatActor", letter: Letter) -> Decision:
    actor.member(letter.identity)
    texts.check_raw(letter.command.emoji, emojis.EMOJI_MAX, "emoji")
    standing = await standing_of(actor, letter)
    if not standing.given:
        # What was given can be taken back, also what no longer passes as one emoji.
        emojis.check_emoji(letter.command.emoji)
        return Decision(answer=None)
    return reaction(actor, letter, "reaction.removed")


async def standing_of(actor: "ChatActor", letter: Letter) -> Standing:
    """What a member's reaction meets; raises NotFound where no message is."""
    command: commands.AddReaction | commands.RemoveReaction = letter.command
    user_id = actor.member(letter.identity).user_id
    emoji = emojis.emoji_key(command.emoji)
    standing = await actor.store.standing(actor.id, command.seq, emoji, user_id)
    if standing is None or standing.deleted:
        raise errors.NotFound("There is no such message.")
    return standing


def reaction(actor: "ChatActor", letter: Letter, type: str) -> Decision:
    command: commands.AddReaction | commands.RemoveReaction = letter.command
    user_id = letter.identity.user_id
    emoji = emojis.emoji_key(command.emoji)
    change = ReactionChange(chat_id=actor.id, seq=command.seq, emoji=emoji, user_id=user_id)
    entry = Entry(stream=actor.id, type=type, subject=command.seq, data=change)
    return Decision(by=user_id, entries=[entry], answer=None)
