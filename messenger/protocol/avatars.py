"""The picture of a chat, as REST asks for it once it is stored.

No WebSocket frame: what it names was made by the server. A person's is a part of `UpdateUser`.
"""

from messenger.model import Chat
from messenger.protocol.command import ChatChange


class SetChatAvatar(ChatChange, frozen=True, kw_only=True, tag="chat.avatar"):
    """Give a chat a picture, or take it away: its owner and administrators."""

    answer = Chat

    avatar_url: str | None
