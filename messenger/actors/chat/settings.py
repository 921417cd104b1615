"""The chat itself: its title and board, and its end."""

from typing import TYPE_CHECKING

import msgspec

from messenger.actors.actor import Letter
from messenger.actors.chat import columns
from messenger.decision import Decision, Entry
from messenger.model import Chat, timestamp
from messenger.protocol import commands
from messenger.rules import chats as rules
from messenger.rules import text as texts

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor


async def update(actor: "ChatActor", letter: Letter) -> Decision:
    command: commands.UpdateChat = letter.command
    rules.check_change_chat(actor.member(letter.identity), actor.chat)
    chat: Chat = actor.chat
    if command.title is not None:
        texts.check_title(command.title)
    title = chat.title if command.title is None else command.title.strip()
    board = chat.board if command.board is None else command.board
    if (title, board) == (chat.title, chat.board):
        return Decision(answer=None, result=chat, about=("chat.updated", chat.id, chat.id))
    changed = msgspec.structs.replace(
        chat, title=title, board=board, updated_at=timestamp(actor.now())
    )
    entries = [Entry(stream=chat.id, type="chat.updated", subject=chat.id, data=changed)]
    if board and not (await actor.board_state()).columns:
        ids = await actor.store.new_ids("column", columns.FIRST)
        entries += columns.first_columns(chat.id, ids, actor.directory.settings.default_locale)
    return Decision(by=letter.identity.user_id, entries=entries)


async def delete(actor: "ChatActor", letter: Letter) -> Decision:
    """End a group. Nobody reads it from now on; its log stays for the archive."""
    chat: Chat = actor.chat
    rules.check_delete_chat(actor.member(letter.identity), chat)
    at = timestamp(actor.now())
    gone = msgspec.structs.replace(chat, title=None, board=False, updated_at=at, deleted_at=at)
    entry = Entry(stream=chat.id, type="chat.deleted", subject=chat.id, data=gone)
    return Decision(by=letter.identity.user_id, entries=[entry])
