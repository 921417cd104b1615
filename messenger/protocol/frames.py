"""All that may come in on a WebSocket; the tag of a Struct is its frame's `type`."""

import msgspec

from messenger.protocol import commands, tasks
from messenger.protocol.commands import AnswerId

ClientFrame = (
    commands.Auth
    | commands.Subscribe
    | commands.Unsubscribe
    | commands.Ping
    | commands.WatchPresence
    | commands.Type
    | commands.SendMessage
    | commands.EditMessage
    | commands.DeleteMessage
    | commands.PinMessage
    | commands.UnpinMessage
    | commands.AddReaction
    | commands.RemoveReaction
    | commands.MarkRead
    | commands.CreateChat
    | commands.OpenDirect
    | commands.UpdateChat
    | commands.DeleteChat
    | commands.AddMembers
    | commands.UpdateMember
    | commands.RemoveMember
    | commands.SetNotify
    | commands.SetListing
    | commands.SetDraft
    | tasks.CreateTask
    | tasks.MakeTask
    | tasks.UpdateTask
    | tasks.MoveTask
    | tasks.DeleteTask
    | tasks.CreateColumn
    | tasks.UpdateColumn
    | tasks.MoveColumn
    | tasks.DeleteColumn
)


class Envelope(msgspec.Struct, frozen=True):
    """The little of a frame that can be read when the rest is wrong."""

    id: AnswerId | None = None
