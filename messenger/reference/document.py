"""The protocol reference, in Markdown: `python -m messenger.reference.document > docs/protocol.md`.

Written from the AsyncAPI document, the errors' catalogue and the settings'
table; a test holds the committed page against it. Pure but for the last line.
"""

import re
import sys
from collections.abc import Iterable, Iterator

from messenger.errors import CATALOGUE
from messenger.protocol import events
from messenger.reference import asyncapi, setting_sentences
from messenger.reference.exchange import exchange
from messenger.reference.fields import Field, fields_of, words
from messenger.reference.prose import SECTIONS
from messenger.reference.schemas import Schema
from messenger.reference.sentences import CLOSE_ADVICE, COMMANDS, EVENTS, FRAMES

COMMAND = "python -m messenger.reference.document > docs/protocol.md"
LIMITS = ("MESSAGE_", "WRITE_", "MAX_", "FILE_", "WS_", "RETENTION_")
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
    messages = described["components"]["messages"]
    schemas = described["components"]["schemas"]
    yield "# The WebSocket protocol, v1"
    yield ""
    yield f"API level {events.API_LEVEL}. Written by `{COMMAND}`: change the code, not this page."
    yield "The REST API, which takes the same commands, is described by a running server under"
    yield "`/docs` and `/api/v1/openapi.json`; this protocol, for machines, under"
    yield "`/api/v1/asyncapi.json`."
    yield ""
    titles = [section.title for section in SECTIONS] + list(PARTS)
    yield from (f"- [{title}](#{anchor(title)})" for title in titles)
    for section in SECTIONS:
        yield from _heading(section.title)
        yield from (line for text in section.paragraphs for line in (text, ""))
    yield from _exchange()
    yield from _commands(described, messages, schemas)
    yield from _events(messages)
    yield from _frames(messages, schemas)
    yield from _objects(messages, schemas)
    yield from _closes()
    yield from _errors()
    yield from _limits()


def _exchange() -> Iterator[str]:
    yield from _heading("An exchange")
    yield "`→` is what a client says, `←` what the server does, in `messenger.v1.json`."
    yield ""
    yield "```"
    yield from (f"{step.arrow} {step.frame}" for step in exchange())
    yield "```"


def _commands(described: Schema, messages: Schema, schemas: Schema) -> Iterator[str]:
    yield from _heading("Commands")
    yield "Every command also takes `id`. One that is refused is answered with `error`."
    for command in asyncapi.COMMAND_TYPES:
        tag = asyncapi.tag_of(command)
        yield from _heading(f"`{tag}`", 3)
        yield COMMANDS[tag]
        yield ""
        schema = schemas[command.__name__]
        yield from _fields(fields_of(schema, _link, without=("type", "id", "key")))
        keyed = " Takes a `key`." if "key" in schema["properties"] else ""
        yield f"Answer: {_answer(described, tag)}.{keyed}"


def _answer(described: Schema, tag: str) -> str:
    """What a command is answered with, as its operation has it."""
    first = described["operations"][tag]["reply"]["messages"][0]["$ref"].rpartition("/")[2]
    if not first.startswith("ack."):
        return f"[`{first.removeprefix('frame.')}`](#{anchor(first.removeprefix('frame.'))})"
    data = described["components"]["messages"][first]["payload"]["properties"]["data"]
    return f"`ack` with {words(data, _link)}"


def _events(messages: Schema) -> Iterator[str]:
    yield from _heading("Events")
    yield "The envelope of each:"
    yield ""
    envelope = messages["event.message.created"]["payload"]
    yield from _fields(fields_of(envelope, _link, without=("type", "data")))
    for title, types in (
        ("In a chat's stream", events.CHAT_EVENTS),
        ("In one's own stream", events.USER_EVENTS),
    ):
        yield from _heading(title, 3)
        yield from _table(
            ("type", "data", ""),
            (
                (
                    f"`{type}`",
                    words(messages[f"event.{type}"]["payload"]["properties"]["data"], _link),
                    EVENTS[type],
                )
                for type in types
            ),
        )


def _frames(messages: Schema, schemas: Schema) -> Iterator[str]:
    yield from _heading("Answers and signals")
    yield "Frames without a `seq`. Signals pass: they are not stored, and a reader who is away"
    yield "misses them."
    for frame in events.SERVER_FRAMES:
        tag = asyncapi.tag_of(frame)
        yield from _heading(f"`{tag}`" + (" (signal)" if frame in events.SIGNALS else ""), 3)
        yield FRAMES[tag]
        yield ""
        if frame is events.Ack:
            schema = messages["ack.message.send"]["payload"]
            schema = {**schema, "properties": {**schema["properties"], "data": {}}}
        else:
            schema = schemas[frame.__name__]
        yield from _fields(fields_of(schema, _link, without=("type",)))


def _objects(messages: Schema, schemas: Schema) -> Iterator[str]:
    frames = {asyncapi.reference_of(each["payload"]) for each in messages.values()}
    yield from _heading("Objects")
    yield "Fields of what the server sends are `null` when empty, never missing, but for those"
    yield "marked as optional."
    for name, schema in schemas.items():
        if name in frames:
            continue
        yield from _heading(name, 3)
        if "description" in schema:
            yield schema["description"]
            yield ""
        yield from _fields(fields_of(schema, _link))


def _closes() -> Iterator[str]:
    yield from _heading("Close codes")
    yield from _table(
        ("code", "reason", "what to do"),
        ((f"`{each.code}`", each.reason, CLOSE_ADVICE[each.then]) for each in events.CLOSES),
    )
    yield 'With 1001 the reason is JSON, `{"retry_after_ms": 1500}`: come back after that.'


def _errors() -> Iterator[str]:
    yield from _heading("Errors")
    yield "The same over REST, where they have a status, and in `error` frames."
    yield ""
    yield from _table(
        ("code", "status", ""),
        ((f"`{each.code}`", str(each.status), each.__doc__ or "") for each in CATALOGUE),
    )


def _limits() -> Iterator[str]:
    yield from _heading("Limits")
    yield "Settings of the server; these are the defaults."
    yield ""
    yield from _table(
        ("setting", "default", ""),
        (
            (f"`{note.name}`", note.default, note.sentence)
            for note in setting_sentences.notes()
            if note.name.startswith(LIMITS)
        ),
    )


def _heading(title: str, level: int = 2) -> tuple[str, ...]:
    return ("", "#" * level + " " + title, "")


def _fields(fields: list[Field]) -> Iterator[str]:
    if not fields:
        return
    yield from _table(
        ("field", "type", "", ""),
        (
            (
                f"`{field.name}`",
                field.type,
                "" if field.required else "optional",
                field.sentence + (f" Default: `{field.default}`." if field.default else ""),
            )
            for field in fields
        ),
    )
    yield ""


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |"


def _link(name: str) -> str:
    return f"[{name}](#{anchor(name)})"


def anchor(title: str) -> str:
    """The fragment that a heading gets where Markdown is shown."""
    kept = (letter for letter in title.lower() if letter.isalnum() or letter in " -_")
    return "".join(kept).replace(" ", "-")


if __name__ == "__main__":
    sys.stdout.write(markdown())
