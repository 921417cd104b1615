"""The client's types, written from the schemas of the generated documents.

Every named object of both documents is an interface or a type; a field that may be left out is
optional, and what can be anything is `unknown`. What the fields mean stands in the documents. Pure.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from messenger.reference.schemas import PREFIX, Schema

PRIMITIVES: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}


def module(schemas: Schema, head: str) -> str:
    """Write a module that exports a type for each schema, in the order of their names."""
    found = [f"// {line}" for line in head.splitlines()]
    for name, schema in sorted(schemas.items()):
        found += ["", *_declaration(name, schema)]
    return "\n".join(found) + "\n"


def _declaration(name: str, schema: Schema) -> Iterator[str]:
    if schema.get("type") != "object" or "oneOf" in schema or not schema.get("properties"):
        yield f"export type {name} = {type_of(schema)};"
        return
    yield f"export interface {name} {{"
    for field in schema["properties"]:
        yield f"  {_member(field, schema)}"
    yield "}"


def type_of(schema: Schema) -> str:
    """The type of a value that a schema describes; raises KeyError for a kind that is not known."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(PREFIX)
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(type_of(each) for each in schema["anyOf"]))
    if "const" in schema or "enum" in schema:
        values = schema.get("enum") or [schema["const"]]
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
    match schema.get("type"):
        case None:
            return "unknown"
        case "array":
            return _list(schema)
        case "object":
            return _object(schema)
        case kind:
            return PRIMITIVES[kind]


def _list(schema: Schema) -> str:
    places: Any = schema.get("prefixItems") or schema.get("items", {})
    if isinstance(places, list):
        return f"[{', '.join(type_of(each) for each in places)}]"
    item = type_of(places)
    return f"({item})[]" if " | " in item else f"{item}[]"


def _object(schema: Schema) -> str:
    if "oneOf" in schema:
        return " | ".join(_shape(schema, each["required"]) for each in schema["oneOf"])
    if schema.get("properties"):
        return _inline(schema)
    if isinstance(schema.get("additionalProperties"), dict):
        return f"Record<string, {type_of(schema['additionalProperties'])}>"
    return "Record<string, never>" if "properties" in schema else "Record<string, unknown>"


def _shape(schema: Schema, names: list[str]) -> str:
    """These fields alone, none of them null: what is not of the shape is left out."""
    fields = {name: _given(schema["properties"][name]) for name in names}
    return _inline({"properties": fields, "required": names})


def _given(field: Schema) -> Schema:
    kinds = [each for each in field.get("anyOf", ()) if each.get("type") != "null"]
    return {"anyOf": kinds} if kinds else field


def _inline(schema: Schema) -> str:
    members = " ".join(_member(field, schema) for field in schema["properties"])
    return f"{{ {members.removesuffix(';')} }}"


def _member(field: str, schema: Schema) -> str:
    may = "" if field in schema.get("required", ()) else "?"
    name = field if field.isidentifier() else json.dumps(field)
    return f"{name}{may}: {type_of(schema['properties'][field])};"
