"""The pages for people, in Markdown: `python -m messenger.reference.document > docs/protocol.md`.

Written from the generated documents, the errors' catalogue and the settings' table.
`docs/protocol.md` has the WebSocket, and a test holds the committed page against it; a running
server's `/docs` has the REST operations and all settings as well. Pure but for the last line.
"""

import re
import sys
from collections.abc import Iterator

from messenger.config.notes import SettingNote, notes
from messenger.errors import CATALOGUE
from messenger.protocol import events
from messenger.protocol.command import sentence_of, tag_of
from messenger.protocol.event_types import EVENT_TYPES
from messenger.protocol.frames import COMMANDS
from messenger.reference import asyncapi, rest
from messenger.reference.exchange import exchange
from messenger.reference.fields import fields_of, words
from messenger.reference.markdown import anchor, field_table, heading, link, table
from messenger.reference.prose import SECTIONS
from messenger.reference.schemas import Schema

COMMAND = "python -m messenger.reference.document > docs/protocol.md"
LIMITS = ("MESSAGE_", "WRITE_", "MAX_", "WS_")
"""Settings that a client meets begin so."""
PARTS = (
    "An exchange",
    "Commands",
    "Events",
    "Answers and signals",
    "Objects",
    "Close codes",
    "Errors",
    "Limits",
)


def markdown() -> str:
    """Write the whole page."""
    text = "\n".join(_lines(asyncapi.document())) + "\n"
    return re.sub("\n{3,}", "\n\n", text)


def _lines(described: Schema) -> Iterator[str]:
    yield "# The WebSocket protocol, v1"
    yield ""
    yield f"API level {events.API_LEVEL}. Written by `{COMMAND}`: change the code, not this page."
    yield "The REST API, which takes the same commands, is described by a running server under"
    yield "`/docs` and `/api/v1/openapi.json`; this protocol, for machines, under"
    yield "`/api/v1/asyncapi.json`."
    yield ""
    titles = [section.title for section in SECTIONS] + list(PARTS)
    yield from (f"- [{title}](#{anchor(title)})" for title in titles)
    yield from _protocol(described)
    yield from _objects(_sent(described))
    yield from _catalogues()
    yield from _limits()


def whole(rest_described: Schema, described: Schema, base_url: str) -> str:
    """Write what a running server shows: both doors, the errors, all settings."""
    objects = _sent(described) | rest_described["components"]["schemas"]
    asked = rest.bodies(rest_described)
    found = [
        *_first_steps(base_url),
        *rest.lines(rest_described),
        *heading("WebSocket"),
        "The same commands, and events as they happen.",
        *_protocol(described),
        *_objects({name: objects[name] for name in sorted(objects) if name not in asked}),
        *_catalogues(),
        *_settings(),
    ]
    return re.sub("\n{3,}", "\n\n", "\n".join(found) + "\n")


def _first_steps(base_url: str) -> Iterator[str]:
    yield from heading("First steps")
    yield "Sign in, take `access` from the answer, and send it with every request."
    yield ""
    yield "```"
    yield f"curl {base_url}/api/v1/auth/login -H 'Content-Type: application/json' \\"
    yield """  -d '{"username": "alice", "password": "…"}'"""
    yield f'curl {base_url}/api/v1/users/me -H "Authorization: Bearer $ACCESS"'
    yield "```"
    yield ""
    yield "For programs: [OpenAPI](/api/v1/openapi.json), [AsyncAPI](/api/v1/asyncapi.json)."


def _protocol(described: Schema) -> Iterator[str]:
    messages = described["components"]["messages"]
    schemas = described["components"]["schemas"]
    for section in SECTIONS:
        yield from heading(section.title)
        yield from (line for text in section.paragraphs for line in (text, ""))
    yield from _exchange()
    yield from _commands(described, messages, schemas)
    yield from _events(messages)
    yield from _frames(messages, schemas)


def _exchange() -> Iterator[str]:
    yield from heading("An exchange")
    yield "`→` is what a client says, `←` what the server does, in `messenger.v1.json`."
    yield ""
    yield "```"
    yield from (f"{step.arrow} {step.frame}" for step in exchange())
    yield "```"


def _commands(described: Schema, messages: Schema, schemas: Schema) -> Iterator[str]:
    yield from heading("Commands")
    yield "Every command also takes `id`. One that is refused is answered with `error`."
    for command in COMMANDS:
        tag = tag_of(command)
        yield from heading(f"`{tag}`", 3)
        yield sentence_of(command)
        yield ""
        schema = schemas[command.__name__]
        yield from field_table(fields_of(schema, link, without=("type", "id", "key")))
        keyed = " Takes a `key`." if "key" in schema["properties"] else ""
        yield f"Answer: {_answer(described, tag)}.{keyed}"


def _answer(described: Schema, tag: str) -> str:
    """What a command is answered with, as its operation has it."""
    first = described["operations"][tag]["reply"]["messages"][0]["$ref"].rpartition("/")[2]
    if not first.startswith("ack."):
        return f"[`{first.removeprefix('frame.')}`](#{anchor(first.removeprefix('frame.'))})"
    data = described["components"]["messages"][first]["payload"]["properties"]["data"]
    return f"`ack` with {words(data, link)}"


def _events(messages: Schema) -> Iterator[str]:
    yield from heading("Events")
    yield "The envelope of each:"
    yield ""
    envelope = messages["event.message.created"]["payload"]
    yield from field_table(fields_of(envelope, link, without=("type", "data")))
    for title, types in (
        ("In a chat's stream", events.CHAT_EVENTS),
        ("In a user's own stream", events.USER_EVENTS),
    ):
        yield from heading(title, 3)
        yield from table(
            ("type", "data", ""),
            (
                (
                    f"`{type}`",
                    words(messages[f"event.{type}"]["payload"]["properties"]["data"], link),
                    EVENT_TYPES[type].sentence,
                )
                for type in types
            ),
        )


def _frames(messages: Schema, schemas: Schema) -> Iterator[str]:
    yield from heading("Answers and signals")
    yield "Frames without a `seq`. Signals pass: they are not stored, and a reader who is away"
    yield "misses them."
    for frame in events.SERVER_FRAMES:
        tag = tag_of(frame)
        yield from heading(f"`{tag}`" + (" (signal)" if frame in events.SIGNALS else ""), 3)
        yield sentence_of(frame)
        yield ""
        if frame is events.Ack:
            schema = messages["ack.message.send"]["payload"]
            schema = {**schema, "properties": {**schema["properties"], "data": {}}}
        else:
            schema = schemas[frame.__name__]
        yield from field_table(fields_of(schema, link, without=("type",)))


def _sent(described: Schema) -> Schema:
    """The objects that answers and events are made of, by name: frames stand for themselves."""
    messages = described["components"]["messages"]
    frames = {asyncapi.reference_of(each["payload"]) for each in messages.values()}
    schemas = described["components"]["schemas"]
    return {name: schema for name, schema in schemas.items() if name not in frames}


def _objects(schemas: Schema) -> Iterator[str]:
    yield from heading("Objects")
    yield "Fields of what the server sends are `null` when empty, never missing, but for those"
    yield "marked as optional."
    for name, schema in schemas.items():
        yield from heading(name, 3)
        if "description" in schema:
            yield schema["description"]
            yield ""
        yield from field_table(fields_of(schema, link))


def _catalogues() -> Iterator[str]:
    yield from _closes()
    yield from _errors()


def _closes() -> Iterator[str]:
    yield from heading("Close codes")
    yield from table(
        ("code", "reason", "what to do"),
        ((f"`{each.code}`", each.reason, events.CLOSE_ADVICE[each.then]) for each in events.CLOSES),
    )
    yield 'With 1001 the reason is JSON, `{"retry_after_ms": 1500}`: come back after that.'


def _errors() -> Iterator[str]:
    yield from heading("Errors")
    yield "The same over REST, where they have a status, and in `error` frames."
    yield ""
    yield from table(
        ("code", "status", ""),
        ((f"`{each.code}`", str(each.status), each.__doc__ or "") for each in CATALOGUE),
    )


def _limits() -> Iterator[str]:
    yield from heading("Limits")
    yield "Settings of the server; these are the defaults."
    yield ""
    yield from _setting_table([each for each in notes() if each.name.startswith(LIMITS)])


def _settings() -> Iterator[str]:
    yield from heading("Settings")
    yield "Environment variables, with their defaults. A secret can be read from a file:"
    yield "`NAME_FILE`. `bin/messenger doctor` shows all values."
    yield ""
    yield from _setting_table(notes())


def _setting_table(shown: list[SettingNote]) -> Iterator[str]:
    rows = ((f"`{note.name}`", note.default, note.sentence) for note in shown)
    yield from table(("setting", "default", ""), rows)


if __name__ == "__main__":
    sys.stdout.write(markdown())
