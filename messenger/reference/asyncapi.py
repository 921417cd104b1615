"""The WebSocket, described in AsyncAPI 3.0: every command, answer, event and signal.

Generated from the Structs that the socket is decoded with, and written for
draft 7 of JSON Schema, which every AsyncAPI tool reads. Close codes, of which
AsyncAPI knows nothing, stand under `x-close-codes`.
"""

from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from messenger.model import Event
from messenger.protocol import events
from messenger.protocol.answers import Nothing
from messenger.protocol.codec import CODECS
from messenger.protocol.command import Command, sentence_of, tag_of
from messenger.protocol.event_types import EVENT_TYPES
from messenger.protocol.frames import COMMANDS
from messenger.reference.prose import SECTIONS
from messenger.reference.schemas import PREFIX, Schema, draft_07, schemas_of

ADDRESS: Final = "/api/v1/ws"
_CHANNEL: Final = {"$ref": "#/channels/socket"}


def document(base_url: str | None = None) -> Schema:
    """Build the document; with `base_url` it says where the server is."""
    payloads = _Payloads()
    messages = {
        **{f"command.{tag_of(each)}": payloads.command(each) for each in COMMANDS},
        **{f"ack.{tag_of(each)}": payloads.ack(each) for each in COMMANDS if has_ack(each)},
        **{f"frame.{tag_of(each)}": payloads.frame(each) for each in _frames()},
        **{f"signal.{tag_of(each)}": payloads.frame(each) for each in events.SIGNALS},
        **{f"event.{type}": payloads.event(type, data) for type, data in _events().items()},
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Messenger: WebSocket",
            "version": f"1.{events.API_LEVEL}.0",
            "description": _description(),
        },
        "defaultContentType": "application/json",
        **({"servers": {"this": _server(base_url)}} if base_url else {}),
        "channels": {"socket": _channel(messages)},
        "operations": _operations(),
        "components": {
            "messages": messages,
            "schemas": payloads.named,
            "securitySchemes": {
                "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
        },
    }


def has_ack(command: type[Command]) -> bool:
    """Whether the answer comes in an `ack`, and is not a frame of its own."""
    return not issubclass(command.answer, events.Frame)


def _events() -> dict[str, type[msgspec.Struct]]:
    return events.CHAT_EVENTS | events.USER_EVENTS


def _frames() -> list[type[events.Frame]]:
    """What the server says of itself; an `ack` is described with each command."""
    return [
        each
        for each in events.SERVER_FRAMES
        if each not in events.SIGNALS and each is not events.Ack
    ]


class _Payloads:
    """The messages' schemas, and the named ones that they refer to."""

    def __init__(self) -> None:
        data = [
            *(each.answer for each in COMMANDS),
            *_events().values(),
        ]
        wanted = dict.fromkeys([*COMMANDS, *events.SERVER_FRAMES, Event, *data])
        found, self.named = schemas_of(wanted)
        self.named = draft_07(self.named)
        self._refs = dict(zip(wanted, found, strict=True))
        self._ack = self.named.pop(events.Ack.__name__)
        self._event = self.named.pop(Event.__name__)

    def command(self, command: type[Command]) -> Schema:
        tag = tag_of(command)
        return _message(tag, sentence_of(command), self._refs[command], answered=True)

    def ack(self, command: type[Command]) -> Schema:
        data = self._refs[command.answer]
        schema = _with(self._ack, data=data)
        done = "Nothing to add." if command.answer is Nothing else sentence_of(events.Ack)
        return _message(f"ack of {tag_of(command)}", done, schema, answered=True)

    def frame(self, frame: type[events.Frame]) -> Schema:
        answer = frame in (events.Error, events.Pong)
        return _message(tag_of(frame), sentence_of(frame), self._refs[frame], answered=answer)

    def event(self, type: str, data: type[msgspec.Struct]) -> Schema:
        schema = _with(self._event, type={"const": type}, data=self._refs[data])
        return _message(type, EVENT_TYPES[type].sentence, schema, answered=False)


def _with(schema: Schema, **fields: Schema) -> Schema:
    properties = schema["properties"]
    described = {name: properties[name].get("description") for name in fields}
    narrowed = {
        name: {**field, "description": described[name]} if described[name] else field
        for name, field in fields.items()
    }
    return {**schema, "properties": {**properties, **narrowed}}


def _message(name: str, summary: str, payload: Schema, *, answered: bool) -> Schema:
    message = {"name": name, "title": name, "summary": summary, "payload": payload}
    if answered:
        message["correlationId"] = {
            "description": "The command's `id`, which its answer bears.",
            "location": "$message.payload#/id",
        }
    return message


def _channel(messages: dict[str, Schema]) -> Schema:
    subprotocols = {"type": "string", "enum": [codec.name for codec in CODECS]}
    return {
        "address": ADDRESS,
        "title": "The socket",
        "description": "One connection: commands in, answers, events and signals out.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {
            "ws": {
                "method": "GET",
                "query": {
                    "type": "object",
                    "properties": {
                        "access_token": {
                            "type": "string",
                            "description": "For clients that can set no header.",
                        }
                    },
                },
                "headers": {
                    "type": "object",
                    "properties": {
                        "Authorization": {"type": "string", "pattern": "^Bearer "},
                        "Sec-WebSocket-Protocol": subprotocols,
                    },
                },
                "bindingVersion": "0.1.0",
            }
        },
        "x-close-codes": [
            {
                "code": each.code,
                "reason": each.reason,
                "then": each.then,
                "description": events.CLOSE_ADVICE[each.then],
            }
            for each in events.CLOSES
        ],
    }


def _operations() -> dict[str, Schema]:
    asked = {
        tag_of(each): {
            "action": "receive",
            "channel": _CHANNEL,
            "title": tag_of(each),
            "summary": sentence_of(each),
            "messages": [_in_channel(f"command.{tag_of(each)}")],
            "reply": {
                "channel": _CHANNEL,
                "messages": [_in_channel(_answer_to(each)), _in_channel("frame.error")],
            },
        }
        for each in COMMANDS
    }
    groups = {
        "chat-events": ("Events of chats", [f"event.{each}" for each in events.CHAT_EVENTS]),
        "own-events": (
            "Events of the current user",
            [f"event.{each}" for each in events.USER_EVENTS],
        ),
        "signals": ("Signals", [f"signal.{tag_of(each)}" for each in events.SIGNALS]),
        "connection": ("The connection", [f"frame.{tag_of(each)}" for each in _frames()]),
    }
    return asked | {
        name: {
            "action": "send",
            "channel": _CHANNEL,
            "title": title,
            "messages": [_in_channel(each) for each in names],
        }
        for name, (title, names) in groups.items()
    }


def _answer_to(command: type[Command]) -> str:
    tag = tag_of(command)
    return f"ack.{tag}" if has_ack(command) else f"frame.{tag_of(command.answer)}"


def _in_channel(message: str) -> Schema:
    return {"$ref": f"#/channels/socket/messages/{message}"}


def _server(base_url: str) -> Schema:
    address = urlsplit(base_url)
    return {
        "host": address.netloc,
        "protocol": "wss" if address.scheme == "https" else "ws",
        "security": [{"$ref": "#/components/securitySchemes/access_token"}],
    }


def _description() -> str:
    return "\n\n".join(f"## {each.title}\n\n" + "\n\n".join(each.paragraphs) for each in SECTIONS)


def reference_of(schema: Schema) -> str | None:
    """The name of the schema that this one refers to."""
    reference: Any = schema.get("$ref")
    return reference.removeprefix(PREFIX) if isinstance(reference, str) else None
