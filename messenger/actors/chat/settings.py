"""The chat itself: its title, picture and board, and its end."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from messenger.actors.chat.columns import FIRST, first_columns
from messenger.actors.chat.loading import load_board
from messenger.actors.chat.state import ChatState
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts, load_nothing
from messenger.decision import Answer, Decision, Entry
from messenger.model import Chat, Identity, timestamp
from messenger.protocol import avatars, commands
from messenger.rules import chats as rules
from messenger.rules import text as texts


class UpdateFacts(Facts, frozen=True):
    column_ids: Sequence[int] = (0,) * FIRST


async def load_update(
    context: ActorContext, state: ChatState, who: Identity, command: commands.UpdateChat
) -> UpdateFacts:
    rules.check_change_chat(state.member(who), state.chat)
    if wanted(state.chat, command)[1]:
        await load_board(context, state)
    return UpdateFacts(who, context.settings)


async def allocate_columns(
    context: ActorContext, state: ChatState, facts: UpdateFacts, command: commands.UpdateChat
) -> UpdateFacts:
    if not needs_columns(state, command):
        return facts
    ids = await context.store.new_ids("column", FIRST)
    return msgspec.structs.replace(facts, column_ids=ids)


def wanted(chat: Chat, command: commands.UpdateChat) -> tuple[str | None, bool]:
    """The title and whether there is a board, as they will be."""
    title = chat.title if command.title is None else command.title.strip()
    return title, chat.board if command.board is None else command.board


def needs_columns(state: ChatState, command: commands.UpdateChat) -> bool:
    """Whether something changes, and the chat has a board without any column."""
    title, board = wanted(state.chat, command)
    changes = (title, board) != (state.chat.title, state.chat.board)
    return changes and board and not state.board.columns


def update(
    state: ChatState, facts: UpdateFacts, command: commands.UpdateChat, at: datetime
) -> Decision:
    chat = state.chat
    rules.check_change_chat(state.member(facts.who), chat)
    if command.title is not None:
        texts.check_title(command.title)
    title, board = wanted(chat, command)
    if (title, board) == (chat.title, chat.board):
        return Decision(answer=Answer(chat, subject=("chat.updated", chat.id, chat.id)))
    changed = msgspec.structs.replace(chat, title=title, board=board, updated_at=timestamp(at))
    entry = Entry(stream=chat.id, type="chat.updated", subject=chat.id, data=changed)
    entries = [entry]
    if needs_columns(state, command):
        entries += first_columns(chat.id, facts.column_ids, facts.settings.default_locale)
    return Decision(by=facts.who.user_id, entries=entries, answer=Answer.of(entry))


def set_avatar(
    state: ChatState, facts: Facts, command: avatars.SetChatAvatar, at: datetime
) -> Decision:
    chat = state.chat
    rules.check_change_chat(state.member(facts.who), chat)
    if command.avatar_url == chat.avatar_url:
        return Decision(answer=Answer(chat, subject=("chat.updated", chat.id, chat.id)))
    changed = msgspec.structs.replace(chat, avatar_url=command.avatar_url, updated_at=timestamp(at))
    entry = Entry(stream=chat.id, type="chat.updated", subject=chat.id, data=changed)
    return Decision(by=facts.who.user_id, entries=[entry], answer=Answer.of(entry))


def delete(state: ChatState, facts: Facts, command: commands.DeleteChat, at: datetime) -> Decision:
    """End a group. From now on it is read by its archive alone, which keeps the log."""
    chat = state.chat
    rules.check_delete_chat(state.member(facts.who), chat)
    moment = timestamp(at)
    gone = msgspec.structs.replace(
        chat, title=None, board=False, avatar_url=None, updated_at=moment, deleted_at=moment
    )
    entry = Entry(stream=chat.id, type="chat.deleted", subject=chat.id, data=gone)
    return Decision(by=facts.who.user_id, entries=[entry], answer=Answer.of(entry))


DECIDERS: Deciders = {
    commands.UpdateChat: Decider(load_update, update, allocate_columns),
    avatars.SetChatAvatar: Decider(load_nothing, set_avatar),
    commands.DeleteChat: Decider(load_nothing, delete),
}
