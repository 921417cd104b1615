"""A JSON Schema in words: the rows of a table of fields, for people.

The Markdown and the HTML reference both read the generated documents through
this, so neither can say what the documents do not.
"""

from collections.abc import Callable
from typing import Any, Final, get_args

import msgspec

from messenger.protocol.command import Uuid
from messenger.reference.schemas import PREFIX, Schema

Link = Callable[[str], str]
"""How a named schema is written: as a link, in one of two mark-ups."""

UUID_PATTERN: Final = get_args(Uuid)[1].pattern


class Field(msgspec.Struct, frozen=True):
    """One row. `default` is JSON, where a field that may be left out has one."""

    name: str
    type: str
    required: bool
    default: str | None
    sentence: str


def fields_of(schema: Schema, link: Link, without: tuple[str, ...] = ()) -> list[Field]:
    """The fields of an object, in their order."""
    required = schema.get("required", ())
    return [
        Field(
            name,
            words(field if name in required else _given(field), link),
            name in required,
            _default(field),
            field.get("description", ""),
        )
        for name, field in schema.get("properties", {}).items()
        if name not in without
    ]


def _given(field: Schema) -> Schema:
    """A field that may be left out, as it is when it is not: null says no more than leaving out."""
    kinds = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    return kinds[0] if len(kinds) == 1 else {**field, "anyOf": kinds} if kinds else field


def words(schema: Schema, link: Link) -> str:
    """What may stand there: `integer ≥ 1`, `list of Message, at most 20`."""
    if "$ref" in schema:
        return link(schema["$ref"].removeprefix(PREFIX))
    if "anyOf" in schema:
        return " or ".join(words(each, link) for each in schema["anyOf"])
    if "const" in schema or "enum" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " · ".join(f"`{value}`" for value in values)
    match schema.get("type"):
        case "array":
            return _list(schema, link)
        case "string":
            return _string(schema)
        case "integer":
            return "integer" + _bounds(schema)
        case "object" if "additionalProperties" in schema and "properties" not in schema:
            return "object"
        case str(kind):
            return kind
    return "anything"


def _list(schema: Schema, link: Link) -> str:
    tuple_of: Any = schema.get("prefixItems") or schema.get("items")
    if isinstance(tuple_of, list):
        return f"[{', '.join(words(each, link) for each in tuple_of)}]"
    most, least = schema.get("maxItems"), schema.get("minItems")
    size = f", at most {most}" if most is not None else ""
    size += f", at least {least}" if least else ""
    return f"list of {words(tuple_of or {}, link)}{size}"


def _string(schema: Schema) -> str:
    if schema.get("pattern") == UUID_PATTERN:
        return "UUID"
    if schema.get("format") == "date-time":
        return "time"
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if most is not None:
        bounds = f"{least} to {most}" if 0 < least < most else most if least else f"up to {most}"
        return f"string, {bounds} characters"
    return "string"


def _bounds(schema: Schema) -> str:
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None and high < 2**53:
        return f", {low} to {high}"
    return f" ≥ {low}" if low is not None and low > -(2**53) else ""


def _default(field: Schema) -> str | None:
    if "default" not in field or field["default"] is None:
        return None
    return msgspec.json.encode(field["default"]).decode()
