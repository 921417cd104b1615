"""What each command is answered with: the `data` of its `ack`.

The generated documents take it from here, and so may tests. A `ping` alone is
answered by a frame of its own, without an `ack` around it.
"""

import msgspec

from messenger.model import Chat, Column, Member, Message, My, Presence, SentMessage, Task
from messenger.protocol import commands, events, tasks


class Nothing(msgspec.Struct, frozen=True):
    """An empty object: it is done, and there is nothing to add."""


class Authenticated(msgspec.Struct, frozen=True):
    """Whose socket this is now."""

    user_id: int
    session_id: str


class Watched(msgspec.Struct, frozen=True):
    """Those of the asked that one may see, as they are now."""

    users: list[Presence]


class MarkMoved(msgspec.Struct, frozen=True):
    """One's own state of the chat, after the mark."""

    my: My | None


ANSWERS: dict[type[commands.Command], type[msgspec.Struct]] = {
    commands.Auth: Authenticated,
    commands.Subscribe: events.Subscribed,
    commands.Unsubscribe: Nothing,
    commands.Ping: events.Pong,
    commands.WatchPresence: Watched,
    commands.Type: Nothing,
    commands.SendMessage: SentMessage,
    commands.EditMessage: Message,
    commands.DeleteMessage: Message,
    commands.PinMessage: Message,
    commands.UnpinMessage: Message,
    commands.AddReaction: Nothing,
    commands.RemoveReaction: Nothing,
    commands.MarkRead: MarkMoved,
    commands.CreateChat: Chat,
    commands.OpenDirect: Chat,
    commands.UpdateChat: Chat,
    commands.DeleteChat: Chat,
    commands.AddMembers: Nothing,
    commands.UpdateMember: Member,
    commands.RemoveMember: Member,
    commands.SetNotify: My,
    commands.SetListing: My,
    commands.SetDraft: Nothing,
    tasks.CreateTask: Task,
    tasks.MakeTask: Task,
    tasks.UpdateTask: Task,
    tasks.MoveTask: Task,
    tasks.DeleteTask: Task,
    tasks.CreateColumn: Column,
    tasks.UpdateColumn: Column,
    tasks.MoveColumn: Column,
    tasks.DeleteColumn: Column,
}
