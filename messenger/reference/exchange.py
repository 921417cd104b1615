"""A short conversation in real frames, for the reference: sign in, subscribe, send, read.

Encoded from the Structs themselves, so that it cannot say what is not so.
"""

from typing import Any, Literal

import msgspec

from messenger.model import Event, Known, Message, My, PublicSettings, SentMessage
from messenger.protocol import commands, connection, events
from messenger.protocol.answers import Authenticated
from messenger.protocol.codec import JSON
from messenger.protocol.command import Command

_AT = "2026-11-21T09:30:00.123Z"
_KEY = "0b9f6c1e-6d3a-4d0c-9a53-2f1d8a7e4c10"
_SESSION = "6f1c0f7e-3b0a-4a0e-8e55-8f0f3c2b9d11"
_EPOCH = 181_474_976_710
_SETTINGS = PublicSettings(
    organisation=Known(name="Север", accent="teal", locale="ru"),
    default_locale="ru",
    common_titles=["Everyone", "Общий чат"],
    registration="invite",
    direct_chats=True,
    mail=True,
    message_max_length=5000,
    file_max_bytes=100 * 2**20,
    zip_max_bytes=500 * 2**20,
)


class Step(msgspec.Struct, frozen=True):
    """A frame, and who says it: `→` the client, `←` the server."""

    arrow: Literal["→", "←"]
    frame: str


def exchange() -> list[Step]:
    """The whole conversation, in order."""
    message = Message(
        chat_id=17,
        seq=342,
        n=301,
        sender_id=5,
        client_message_id=_KEY,
        text="Привет!",
        created_at=_AT,
        rev=342,
    )
    return [
        _client_step(connection.Auth(id=1, token="eyJhbGciOi…")),
        _server_step(events.Ack(id=1, data=Authenticated(user_id=5, session_id=_SESSION))),
        _server_step(
            events.Welcome(
                session_id=_SESSION,
                user_id=5,
                heartbeat_sec=25,
                server_time=_AT,
                api_level=events.API_LEVEL,
                epoch=_EPOCH,
                settings=_SETTINGS,
            )
        ),
        _client_step(connection.Subscribe(id=2, streams=[(17, 341)], epoch=_EPOCH)),
        _server_step(
            events.Ack(
                id=2,
                data=events.Subscribed(
                    streams=[events.StreamState(id=17, seq=341, my=_my(), marks=[(5, 341, 341)])],
                    epoch=_EPOCH,
                ),
            )
        ),
        _client_step(
            commands.SendMessage(id=3, chat_id=17, client_message_id=_KEY, text="Привет!")
        ),
        _server_step(Event("message.created", 17, 342, _AT, 5, message)),
        _server_step(events.Ack(id=3, data=SentMessage(17, 342, 301, _AT, _KEY, False))),
        _client_step(commands.MarkRead(chat_id=17, read_seq=342)),
    ]


def _my() -> My:
    return My(
        chat_id=17,
        role="member",
        joined_at=_AT,
        read_seq=341,
        received_seq=341,
        read_n=300,
        unread=0,
        mentions=0,
        notify="all",
    )


def _client_step(command: Command) -> Step:
    """A command as clients write it: without what it may leave out."""
    given: dict[str, Any] = msgspec.to_builtins(command)
    kept = {name: value for name, value in given.items() if value not in (None, False, [])}
    return Step("→", msgspec.json.encode(kept).decode())


def _server_step(frame: Any) -> Step:
    return Step("←", JSON.encode(frame).decode())
