"""The reference page's content, read out of the generated documents.

So the page cannot say what the documents do not. Texts are marked up lightly:
`code` in backticks, `[[Name]]` for a link to an object.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from messenger import errors as kinds
from messenger.errors import CATALOGUE
from messenger.protocol import events
from messenger.reference import asyncapi
from messenger.reference.fields import Field, fields_of, words
from messenger.reference.schemas import PREFIX, Schema
from messenger.reference.sentences import CLOSE_ADVICE

COMMON: Final = tuple(
    each.code
    for each in (
        kinds.Unauthorized,
        kinds.TokenExpired,
        kinds.ValidationFailed,
        kinds.PayloadTooLarge,
        kinds.UnsupportedType,
        kinds.IdempotencyMismatch,
        kinds.RateLimited,
        kinds.Unavailable,
        kinds.Internal,
    )
)
"""Errors that are said once, and not with every operation."""


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that can be asked or told: an operation, a command, an event, a frame."""

    anchor: str
    name: str
    method: str = ""
    summary: str
    note: str = ""
    parameters: list[Field] = []
    fields: list[Field] = []
    answer: str = ""
    errors: list[str] = []


class Group(msgspec.Struct, frozen=True):
    """Entries under one heading."""

    anchor: str
    title: str
    description: str
    entries: list[Entry]


class Row(msgspec.Struct, frozen=True):
    """A line of a catalogue: errors, close codes."""

    name: str
    status: str
    sentence: str


def link(name: str) -> str:
    return f"[[{name}]]"


def operations(described: Schema) -> list[Group]:
    """The REST operations, by their tags."""
    entries: dict[str, list[Entry]] = {each["name"]: [] for each in described["tags"]}
    for path, methods in described["paths"].items():
        for method, operation in methods.items():
            entries[operation["tags"][0]].append(_operation(method, path, operation, described))
    return [
        Group(f"rest-{each['name']}", each["name"], each["description"], entries[each["name"]])
        for each in described["tags"]
    ]


def _operation(method: str, path: str, operation: Schema, described: Schema) -> Entry:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    named = described["components"]["schemas"]
    shape = named[body["schema"]["$ref"].removeprefix(PREFIX)] if body else {}
    note = operation.get("description", "")
    return Entry(
        anchor=f"op-{operation['operationId']}",
        method=method.upper(),
        name=path,
        summary=operation["summary"],
        note=f"{note} No sign-in needed.".strip() if operation.get("security") == [] else note,
        parameters=[_parameter(each) for each in operation.get("parameters", []) if "in" in each],
        fields=fields_of(shape, link),
        answer=_success(operation["responses"]),
        errors=list(_codes(operation["responses"])),
    )


def _parameter(parameter: Schema) -> Field:
    schema = {**parameter["schema"], "description": parameter.get("description", "")}
    required = [parameter["name"]] if parameter["required"] else []
    return fields_of(
        {"properties": {parameter["name"]: schema}, "required": required}, link
    )[0]  # fmt: skip


def _success(responses: Schema) -> str:
    status, response = next(iter(responses.items()))
    content: Any = response.get("content", {})
    if "application/json" not in content:
        return f"{status}: {' or '.join(content) or 'nothing'}"
    properties = content["application/json"]["schema"]["properties"]
    data = words(properties["data"], link)
    beside = [f"`{name}`" for name in properties if name != "data"]
    if data == "object":
        data = "nothing to add"
    return f"{status}: {data}" + (f"; beside it {', '.join(beside)}" if beside else "")


def _codes(responses: Schema) -> Iterator[str]:
    for response in responses.values():
        for code in response.get("$ref", "").rpartition("/")[2].split("."):
            if code and code not in COMMON:
                yield code


def commands(described: Schema) -> list[Entry]:
    """What may be asked on the socket."""
    messages = described["components"]["messages"]
    named = described["components"]["schemas"]
    entries = []
    for command in asyncapi.COMMAND_TYPES:
        tag = asyncapi.tag_of(command)
        reply = described["operations"][tag]["reply"]["messages"][0]["$ref"].rpartition("/")[2]
        answer = f"`{reply.removeprefix('frame.')}`"
        if asyncapi.acked(command):
            answer = words(messages[reply]["payload"]["properties"]["data"], link)
        entries.append(
            Entry(
                anchor=f"command-{tag}",
                name=tag,
                summary=messages[f"command.{tag}"]["summary"],
                fields=fields_of(named[command.__name__], link, without=("type", "id")),
                answer=answer,
            )
        )
    return entries


def streams(described: Schema) -> list[Group]:
    """The events, by the kind of stream they stand in."""
    messages = described["components"]["messages"]
    return [
        Group(
            f"events-{kind}",
            kind,
            "",
            [
                Entry(
                    anchor=f"event-{type}",
                    name=type,
                    summary=messages[f"event.{type}"]["summary"],
                    answer=words(messages[f"event.{type}"]["payload"]["properties"]["data"], link),
                )
                for type in types
            ],
        )
        for kind, types in (("chat", events.CHAT_EVENTS), ("user", events.USER_EVENTS))
    ]


def envelope(described: Schema) -> list[Field]:
    """What every event has around its type and its data."""
    shape = described["components"]["messages"]["event.message.created"]["payload"]
    return fields_of(shape, link, without=("type", "data"))


def frames(described: Schema) -> list[Entry]:
    """What else the server says."""
    messages = described["components"]["messages"]
    named = described["components"]["schemas"]
    found = [each for each in events.SERVER_FRAMES if each is not events.Ack]
    kinds = {each: "signal" if each in events.SIGNALS else "frame" for each in found}
    return [
        Entry(
            anchor=f"{kind}-{asyncapi.tag_of(frame)}",
            name=asyncapi.tag_of(frame),
            summary=messages[f"{kind}.{asyncapi.tag_of(frame)}"]["summary"],
            fields=fields_of(named[frame.__name__], link, without=("type",)),
        )
        for frame, kind in kinds.items()
    ]


def objects(rest: Schema, socket: Schema) -> list[Entry]:
    """Every object that an answer or an event is made of."""
    asked = {each.__name__ for each in asyncapi.COMMAND_TYPES}
    asked |= {each.__name__ for each in events.SERVER_FRAMES}
    for methods in rest["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                asked.add(content["schema"].get("$ref", "").removeprefix(PREFIX))
    named = {**socket["components"]["schemas"], **rest["components"]["schemas"]}
    return [
        Entry(
            anchor=f"object-{name}",
            name=name,
            summary=schema.get("description", ""),
            fields=fields_of(schema, link),
        )
        for name, schema in sorted(named.items())
        if name not in asked
    ]


def errors() -> list[Row]:
    return [Row(each.code, str(each.status), each.__doc__ or "") for each in CATALOGUE]


def closes() -> list[Row]:
    return [Row(str(each.code), each.reason, CLOSE_ADVICE[each.then]) for each in events.CLOSES]
