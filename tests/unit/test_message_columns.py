"""A message is read from its row whole: no column of it is forgotten."""

from types import SimpleNamespace
from typing import Any

import msgspec

from messenger.model import Message
from messenger.model.messages import ForwardedFrom
from messenger.store.rows.message_columns import MESSAGE_COLUMNS, message_of

BESIDE = {"files", "reactions"}


def row(**more: Any) -> Any:
    values = {column.name: f"its {column.name}" for column in MESSAGE_COLUMNS}
    return SimpleNamespace(**(values | {"forwarded_from": None} | more))


def test_every_field_is_read_from_the_column_of_its_name() -> None:
    origin = {"chat_kind": "direct", "author_id": 7, "author": "Alice", "at": "then"}
    message = message_of(row(forwarded_from=origin), {}, {})
    read = {name: getattr(message, name) for name in Message.__struct_fields__}
    assert read.pop("forwarded_from") == msgspec.convert(origin, ForwardedFrom)
    assert {name: read.pop(name) for name in BESIDE} == {"files": [], "reactions": []}
    assert read == {name: f"its {name}" for name in read}


def test_what_lies_beside_it_is_found_by_its_place() -> None:
    found: Any = {(1, 2): ["of this one"], (1, 3): ["of another"]}
    message: Any = message_of(row(chat_id=1, seq=2), found, {})
    assert (message.reactions, message.files) == (["of this one"], [])
    message = message_of(row(chat_id=1, seq=2), {}, found)
    assert (message.reactions, message.files) == ([], ["of this one"])
