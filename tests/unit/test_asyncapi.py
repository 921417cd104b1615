"""The AsyncAPI document, held against AsyncAPI 3.0 and against real frames."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from jsonschema import Draft7Validator
from msgspec import inspect

from messenger import model
from messenger.model import Event
from messenger.protocol import events
from messenger.protocol.codec import JSON
from messenger.protocol.command import tag_of
from messenger.protocol.frames import COMMANDS
from messenger.reference.asyncapi import document, has_ack

DOCUMENT = document("https://chat.example.org")
MESSAGES = DOCUMENT["components"]["messages"]
EVENTS = events.CHAT_EVENTS | events.USER_EVENTS
UUID = "0b9f6c1e-6d3a-4d0c-9a53-2f1d8a7e4c10"


def sample(kind: Any, full: bool) -> Any:
    """A value of a type: with every field set, or with as little as it allows."""
    match kind:
        case inspect.StructType(cls=model.Due):
            return model.Due(date="2026-11-21")
        case inspect.StructType():
            given = [field for field in kind.fields if full or field.required]
            return kind.cls(**{field.name: sample(field.type, full) for field in given})
        case inspect.UnionType():
            empty = next((each for each in kind.types if isinstance(each, inspect.NoneType)), None)
            return None if empty is not None and not full else sample(kind.types[0], full)
        case inspect.ListType():
            return [sample(kind.item_type, full)] if full or kind.min_length else []
        case inspect.TupleType():
            return tuple(sample(each, full) for each in kind.item_types)
        case inspect.LiteralType():
            return kind.values[0]
        case inspect.StrType():
            return UUID if kind.pattern else "текст"
        case inspect.BoolType():
            return full
        case inspect.IntType():
            most = kind.le or (kind.lt or 2**53) - 1
            return most if full else max(kind.ge or 0, 0)
        case inspect.Metadata(extra_json_schema={"examples": [example, *_]}):
            return example
        case inspect.Metadata():
            return sample(kind.type, full)
        case inspect.DictType(min_length=int()):
            return {sample(kind.key_type, full): sample(kind.value_type, full)}
        case inspect.DictType() | inspect.AnyType():
            return {}
    raise TypeError(f"no sample of {kind!r}")


def both(struct: Any) -> Iterator[Any]:
    for full in (True, False):
        yield sample(inspect.type_info(struct), full)


def frames() -> Iterator[tuple[str, Any]]:
    """The name of every message, with two frames of it."""
    for command in COMMANDS:
        for asked in both(command):
            yield f"command.{tag_of(command)}", asked
        for data in both(command.answer) if has_ack(command) else ():
            yield f"ack.{tag_of(command)}", events.Ack(id="a", data=data)
    for frame in events.SERVER_FRAMES:
        kind = "signal" if frame in events.SIGNALS else "frame"
        for told in both(frame) if frame is not events.Ack else ():
            yield f"{kind}.{tag_of(frame)}", told
    for type, struct in EVENTS.items():
        for by, data in zip((5, None), both(struct), strict=True):
            yield f"event.{type}", Event(type, 17, 1, "2026-11-21T09:30:00.123Z", by, data)


FRAMES = list(frames())


def validator(message: str) -> Draft7Validator:
    payload = MESSAGES[message]["payload"]
    return Draft7Validator({**payload, "components": DOCUMENT["components"]})


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def resolve(reference: str) -> Any:
    node: Any = DOCUMENT
    for part in reference.removeprefix("#/").split("/"):
        node = node[part]
    return node


def test_every_reference_leads_somewhere():
    found = set(references(DOCUMENT))
    assert len(found) > 100
    for reference in found:
        assert resolve(reference)


def test_it_has_what_asyncapi_3_requires():
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert DOCUMENT["info"]["title"]
    assert DOCUMENT["info"]["version"]
    assert DOCUMENT["channels"]["socket"]["address"] == "/api/v1/ws"
    for name, operation in DOCUMENT["operations"].items():
        assert operation["action"] in ("send", "receive"), name
        assert operation["channel"] == {"$ref": "#/channels/socket"}
        assert operation["messages"]


def test_the_schemas_are_schemas():
    for name, schema in DOCUMENT["components"]["schemas"].items():
        Draft7Validator.check_schema(schema)
        assert "." not in name, "two Structs of one name"


def test_it_describes_every_message_once_and_no_other():
    assert MESSAGES.keys() == {name for name, _ in FRAMES}
    assert DOCUMENT["channels"]["socket"]["messages"].keys() == MESSAGES.keys()


@pytest.mark.parametrize(("name", "frame"), FRAMES)
def test_real_frames_are_as_described(name, frame):
    in_json = msgspec.json.decode(JSON.encode(frame))
    in_msgpack = msgspec.msgpack.decode(msgspec.msgpack.encode(frame))
    assert in_json == in_msgpack
    validator(name).validate(in_json)


@pytest.mark.parametrize(("name", "frame"), FRAMES)
def test_broken_frames_are_not(name, frame):
    sound = msgspec.to_builtins(frame)
    accepts = validator(name).is_valid
    for field in MESSAGES[name]["payload"].get("required", ["type"]):
        assert not accepts({key: value for key, value in sound.items() if key != field})
    assert not accepts({**sound, "type": "nonsense"})


def test_a_command_takes_no_unknown_field():
    for name, frame in FRAMES:
        if name.startswith("command."):
            assert not validator(name).is_valid({**msgspec.to_builtins(frame), "extra": 1})


def test_what_it_calls_a_command_is_decoded_as_that_command():
    for name, frame in FRAMES:
        if name.startswith("command."):
            assert JSON.decode(JSON.encode(frame)) == frame


def test_every_command_is_replied_to_with_its_ack_or_an_error():
    for command in COMMANDS:
        tag = tag_of(command)
        answer = f"ack.{tag}" if has_ack(command) else f"frame.{tag_of(command.answer)}"
        reply = DOCUMENT["operations"][tag]["reply"]["messages"]
        assert [each["$ref"].rpartition("/")[2] for each in reply] == [answer, "frame.error"]


def test_everything_that_is_told_has_an_operation():
    told = {
        reference["$ref"].rpartition("/")[2]
        for operation in DOCUMENT["operations"].values()
        if operation["action"] == "send"
        for reference in operation["messages"]
    }
    assert told == {name for name in MESSAGES if not name.startswith(("command.", "ack."))}


def test_close_codes_say_what_to_do():
    codes = DOCUMENT["channels"]["socket"]["x-close-codes"]
    assert [(each["code"], each["reason"]) for each in codes] == [
        (each.code, each.reason) for each in events.CLOSES
    ]
    assert all(each["description"] for each in codes)


def test_the_server_is_named_by_its_address():
    assert DOCUMENT["servers"]["this"]["host"] == "chat.example.org"
    assert DOCUMENT["servers"]["this"]["protocol"] == "wss"
    assert document("http://127.0.0.1:8000")["servers"]["this"]["protocol"] == "ws"
    assert "servers" not in document()
