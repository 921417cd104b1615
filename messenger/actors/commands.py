"""Commands that the server gives itself: no door takes them."""

from collections.abc import Sequence

from messenger.model import ReminderKind, Task
from messenger.protocol.command import (
    AccountChange,
    ChatChange,
    ChatCommand,
    MessageChange,
    OrgChange,
)
from messenger.storage import Source


class EnterDirect(ChatChange, frozen=True, kw_only=True, tag="chat.enter"):
    """One of its two people opens a direct chat that is there already.

    `asked` is the digest of the command that this stands for.
    """

    asked: bytes

    def digest(self) -> bytes:
        return self.asked


class InviteFirst(OrgChange, frozen=True, kw_only=True, tag="invite.first"):
    """Invite the first administrator; the answer is the invitation's id, null once there is one.

    Given again before the invitation was used, it is answered with the same.
    """


class Tidy(ChatChange, frozen=True, kw_only=True, tag="chat.tidy"):
    """Put a chat in order; the answer is whether there is more to do.

    `user_id` names the account that changed; null: any account may have.
    """

    user_id: int | None = None


class Resend(ChatCommand, frozen=True, kw_only=True, tag="message.resend"):
    """Ask again for messages that were allowed in a chat which another server has changed since."""

    key: str | None = None


class Receive(ChatCommand, frozen=True, kw_only=True, tag="message.receive"):
    """Post one copy of a message, for the chat that it is forwarded from.

    `asked` is the digest of the command that this is a part of.
    """

    key: str
    asked: bytes
    text: str
    source: Source
    file_ids: Sequence[str] = ()
    file_bytes: int = 0
    """Of its files, and of its task's."""
    task: Task | None = None


class CopyTask(MessageChange, frozen=True, kw_only=True, tag="task.copy"):
    """Make a task like another one out of a copied message."""

    task: Task


class EndSessions(AccountChange, frozen=True, kw_only=True, tag="session.end"):
    """End all sessions of one person, but one where `keep_session` names it."""

    keep_session: str | None = None


class Remind(AccountChange, frozen=True, kw_only=True, tag="task.remind"):
    """Remind a person of a task; `due` is the key of the due date meant."""

    chat_id: int
    task_id: int
    kind: ReminderKind
    due: str
    again: bool = False
