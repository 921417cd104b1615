"""What the server tells besides events (`event_types`): signals, welcome, acks and errors.

A frame's docstring is its sentence in the generated documents.
"""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from messenger.errors import ErrorBody
from messenger.model import My, PublicSettings
from messenger.protocol.event_types import CHAT_EVENTS as CHAT_EVENTS
from messenger.protocol.event_types import USER_EVENTS as USER_EVENTS


class Frame(msgspec.Struct, frozen=True, kw_only=True, tag_field="type"):
    """Something the server says that is not an event."""


class Welcome(Frame, frozen=True, kw_only=True, tag="connection.welcome"):
    """Follows a successful sign-in."""

    session_id: str
    user_id: int
    heartbeat_sec: int
    server_time: str
    api_level: int
    epoch: int
    settings: Annotated[PublicSettings, Meta(description="What clients keep to, as it is now.")]


class Ack(Frame, frozen=True, kw_only=True, tag="ack"):
    """A command was done. What it changed is stored."""

    id: Annotated[int | str, Meta(description="The command's own.")]
    data: Annotated[Any, Meta(description="What the command is answered with.")]


class Error(Frame, frozen=True, kw_only=True, tag="error", omit_defaults=True):
    """A command was refused, and nothing of it was done. Without `id` when the frame's own could
    not be read.
    """

    error: Annotated[ErrorBody, Meta(description="What went wrong.")]
    id: Annotated[int | str | None, Meta(description="The command's own.")] = None


class Pong(Frame, frozen=True, kw_only=True, tag="pong", omit_defaults=True):
    """The answer to `ping`."""

    at: Annotated[str, Meta(description="The server's clock.")]
    id: Annotated[int | str | None, Meta(description="The command's own.")] = None


class AuthExpiring(Frame, frozen=True, kw_only=True, tag="auth.expiring"):
    """The access token runs out within a minute: send `auth` with a fresh one."""


class Typing(Frame, frozen=True, kw_only=True, tag="typing"):
    """A member is writing. At most once a second, in chats of up to 100 members."""

    chat_id: int
    user_id: int


class PresenceChanged(Frame, frozen=True, kw_only=True, tag="presence"):
    """A person came or went whom you watch or share a direct chat with."""

    id: Annotated[int, Meta(description="The person.")]
    online: bool
    last_seen_at: str | None = None


class Receipts(Frame, frozen=True, kw_only=True, tag="receipts"):
    """How far members have read and received. At most once a second, in chats of up to 100
    members.
    """

    chat_id: int
    marks: list[tuple[int, int, int]]


class Mark(Frame, frozen=True, kw_only=True, tag="mark"):
    """Your own mark moved, on another of your devices."""

    chat_id: int
    read_seq: int
    received_seq: int
    read_n: int


class UploadProgress(Frame, frozen=True, kw_only=True, tag="upload.progress"):
    """How far the server is with an archive that you have uploaded."""

    upload_id: Annotated[str, Meta(description="The one that you gave with it.")]
    done: Annotated[int, Meta(description="Entries that are done.")]
    total: Annotated[int, Meta(description="Entries that there are, folders too.")]


class SubscriptionEnded(Frame, frozen=True, kw_only=True, tag="subscription.ended"):
    """The stream may not be read any more; nothing else comes of it."""

    stream: int


class PublicSettingsChanged(Frame, frozen=True, kw_only=True, tag="public_settings.changed"):
    """An administrator changed settings that clients keep to. They hold from now on; whoever was
    not connected finds them in `connection.welcome`.
    """

    settings: Annotated[PublicSettings, Meta(description="All of them, as they are now.")]


class StreamState(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `subscribe` and `POST /sync/changes` say of one stream.

    `seq` is where live events start: all after it follow, none at or below it.
    """

    id: Annotated[int, Meta(description="The stream.")]
    seq: Annotated[int, Meta(description="Live events start after it.")] = 0
    reset: bool = False
    gone: bool = False
    my: My | None = None
    marks: list[tuple[int, int, int]] | None = None


class Subscribed(msgspec.Struct, frozen=True):
    streams: Annotated[list[StreamState], Meta(description="Each stream that was asked for.")]
    epoch: Annotated[int, Meta(description="To be kept with the cursors.")]


SIGNALS = (
    Typing, PresenceChanged, Receipts, Mark, UploadProgress,
    PublicSettingsChanged, SubscriptionEnded,
)  # fmt: skip
SERVER_FRAMES = (Welcome, Ack, Error, Pong, AuthExpiring, *SIGNALS)

CloseReason = Literal["retry", "sign_in", "refresh", "never"]

CLOSE_ADVICE: dict[CloseReason, str] = {
    "retry": "Connect again, after a moment that differs from client to client, and resume.",
    "refresh": "Refresh the access token, then connect again.",
    "sign_in": "Sign in again; do not just retry.",
    "never": "Do not retry: this account or token may not do that.",
}


class Close(msgspec.Struct, frozen=True):
    """A close code, its reason, and what a client does about it."""

    code: int
    reason: str
    then: CloseReason


GOING_AWAY = Close(1001, "going away", "retry")
BAD_FRAME = Close(4400, "bad frame", "retry")
TOKEN_EXPIRED = Close(4401, "token_expired", "refresh")
UNAUTHORIZED = Close(4401, "unauthorized", "sign_in")
NOT_ALLOWED = Close(4403, "not allowed", "never")
IDLE = Close(4408, "idle", "retry")
FRAME_TOO_LARGE = Close(4413, "frame too large", "retry")
TOO_MANY_COMMANDS = Close(4429, "too many commands", "retry")
TOO_MANY_CONNECTIONS = Close(4429, "too many connections", "retry")
TOO_SLOW = Close(4503, "too slow a reader", "retry")

CLOSES = (
    GOING_AWAY,
    BAD_FRAME,
    TOKEN_EXPIRED,
    UNAUTHORIZED,
    NOT_ALLOWED,
    IDLE,
    FRAME_TOO_LARGE,
    TOO_MANY_COMMANDS,
    TOO_MANY_CONNECTIONS,
    TOO_SLOW,
)

API_LEVEL = 1
"""Raised by one with each addition to the contract."""
