"""The web client's types are what the server says."""

from pathlib import Path

import pytest

from messenger.http.client_types import COMMAND, client_types
from messenger.reference.typescript import module, type_of

MODULE = Path(__file__).parents[2] / "static" / "src" / "models" / "types.ts"


def test_the_committed_module_is_up_to_date():
    assert MODULE.read_text() == client_types(), f"run: {COMMAND}"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 1}, "number"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"enum": ["open", "done"]}, '"open" | "done"'),
        ({"const": "message.send"}, '"message.send"'),
        ({"type": "array", "items": {"$ref": "#/components/schemas/Task"}}, "Task[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a" | "b")[]'),
        ({"type": "array", "items": [{"type": "integer"}, {"type": "string"}]}, "[number, string]"),
        ({"type": "array", "prefixItems": [{"type": "integer"}], "items": False}, "[number]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
        ({"type": "object", "properties": {}}, "Record<string, never>"),
        ({}, "unknown"),
    ],
)
def test_a_schema_is_written_as_the_type_of_its_values(schema, expected):
    assert type_of(schema) == expected


def test_a_kind_that_is_not_known_is_refused():
    with pytest.raises(KeyError):
        type_of({"type": "quaternion"})


def test_fields_that_may_be_left_out_are_optional():
    point = {
        "type": "object",
        "properties": {"x": {"type": "integer"}, "y-y": {}},
        "required": ["x"],
    }
    either = {
        "type": "object",
        "properties": {
            "date": {"anyOf": [{"type": "string"}, {"type": "null"}]},
            "at": {"enum": ["noon"]},
        },
        "oneOf": [{"required": ["date"]}, {"required": ["at"]}],
    }
    assert module({"Point": point, "Due": either}, "Written.") == (
        "// Written.\n"
        "\n"
        'export type Due = { date: string } | { at: "noon" };\n'
        "\n"
        "export interface Point {\n"
        "  x: number;\n"
        '  "y-y"?: unknown;\n'
        "}\n"
    )
