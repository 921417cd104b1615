"""JSON Schemas of our Structs, for both generated documents.

msgspec makes them; this adds what it cannot know: that a Struct we send has all
its fields, which strings are moments, and what the fields mean.
"""

from collections.abc import Iterable, Iterator
from inspect import cleandoc
from typing import Any

import msgspec
from msgspec import inspect

from messenger.model import Due
from messenger.reference.field_sentences import FIELDS

PREFIX = "#/components/schemas/"
MOMENTS = ("at", "until", "server_time")
Schema = dict[str, Any]
SHAPES: dict[type[msgspec.Struct], tuple[tuple[str, ...], ...]] = {Due: (("date",), ("at", "zone"))}
"""Structs of which exactly one set of fields is there."""


def schemas_of(types: Iterable[Any]) -> tuple[list[Schema], dict[str, Schema]]:
    """Return a schema for each type, in order, and the named ones that they refer to."""
    wanted = list(types)
    schemas, named = msgspec.json.schema_components(wanted, ref_template=PREFIX + "{name}")
    for struct in structs_in(inspect.multi_type_info(wanted)):
        schema = named.get(struct.cls.__name__)
        if schema is not None:
            _complete(schema, struct)
    return list(schemas), dict(sorted(named.items()))


def structs_in(found: Any) -> Iterator[inspect.StructType]:
    """Every Struct that these types are made of, each once."""
    waiting, seen = list(found), set()
    while waiting:
        match waiting.pop():
            case inspect.StructType() as struct if struct.cls not in seen:
                seen.add(struct.cls)
                waiting += [field.type for field in struct.fields]
                yield struct
            case inspect.CollectionType(item_type=item):
                waiting.append(item)
            case inspect.TupleType(item_types=items) | inspect.UnionType(types=items):
                waiting += items
            case inspect.DictType(value_type=item) | inspect.Metadata(type=item):
                waiting.append(item)


def _complete(schema: Schema, struct: inspect.StructType) -> None:
    if "description" in schema:
        paragraphs = cleandoc(schema["description"]).split("\n\n")
        schema["description"] = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    if not (struct.forbid_unknown_fields or struct.cls.__struct_config__.omit_defaults):
        # What we send has every field: "null when empty, never missing".
        schema["required"] = [
            field.encode_name for field in struct.fields if field.default is not msgspec.UNSET
        ]
        if struct.tag_field is not None:
            schema["required"].insert(0, struct.tag_field)
        for field in schema["properties"].values():
            field.pop("default", None)
    if struct.cls in SHAPES:
        schema["oneOf"] = [{"required": list(names)} for names in SHAPES[struct.cls]]
    for name, field in schema["properties"].items():
        if name.endswith("_at") or name in MOMENTS:
            for each in field.get("anyOf", [field]):
                if each.get("type") == "string":
                    each["format"] = "date-time"
        if name in FIELDS:
            field.setdefault("description", FIELDS[name])


def draft_07(schema: Any) -> Any:
    """The same for readers of JSON Schema draft 7: a tuple is `items` there."""
    if isinstance(schema, list):
        return [draft_07(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: draft_07(each) for name, each in schema.items()}
    if "prefixItems" in made:
        made["additionalItems"] = made.pop("items", True)
        made["items"] = made.pop("prefixItems")
    return made
