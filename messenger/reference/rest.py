"""The REST operations in Markdown, read out of the OpenAPI document."""

from collections.abc import Iterator
from typing import Any, Final

from messenger import errors
from messenger.reference.fields import Field, fields_of, words
from messenger.reference.markdown import field_table, heading, link
from messenger.reference.schemas import PREFIX, Schema

COMMON: Final = tuple(
    each.code
    for each in (
        errors.Unauthorized,
        errors.TokenExpired,
        errors.ValidationFailed,
        errors.PayloadTooLarge,
        errors.UnsupportedType,
        errors.IdempotencyMismatch,
        errors.RateLimited,
        errors.Unavailable,
        errors.Internal,
    )
)
"""Errors that are said once, and not with every operation."""


def lines(described: Schema) -> Iterator[str]:
    """The section: what all operations have in common, then each, by their tags."""
    yield from heading("REST")
    yield described["info"]["description"].strip()
    yield ""
    yield f"Any operation may fail with {', '.join(f'`{code}`' for code in COMMON)}."
    for tag in described["tags"]:
        yield from heading(f"REST: {tag['name']}", 3)
        yield tag["description"]
        for path, methods in described["paths"].items():
            for method, operation in methods.items():
                if operation["tags"][0] == tag["name"]:
                    yield from _operation(f"{method.upper()} {path}", operation, described)


def bodies(described: Schema) -> set[str]:
    """Names of the objects that are only asked: they stand with their operations."""
    found = set()
    for methods in described["paths"].values():
        for operation in methods.values():
            for content in operation.get("requestBody", {}).get("content", {}).values():
                found.add(content["schema"].get("$ref", "").removeprefix(PREFIX))
    return found


def _operation(title: str, operation: Schema, described: Schema) -> Iterator[str]:
    yield from heading(f"`{title}`", 4)
    yield operation["summary"]
    yield ""
    public = "No sign-in needed." if operation.get("security") == [] else ""
    yield " ".join(filter(None, (operation.get("description", ""), public)))
    yield ""
    parameters = [_parameter(each) for each in operation.get("parameters", []) if "in" in each]
    yield from field_table(parameters, "parameter")
    body = operation.get("requestBody", {}).get("content", {}).get("application/json")
    named = described["components"]["schemas"]
    shape = named[body["schema"]["$ref"].removeprefix(PREFIX)] if body else {}
    yield from field_table(fields_of(shape, link))
    codes = ", ".join(f"`{code}`" for code in _codes(operation["responses"]))
    failing = f" Errors: {codes}." if codes else ""
    yield f"Answer: {_success(operation['responses'])}.{failing}"


def _parameter(parameter: Schema) -> Field:
    schema = {**parameter["schema"], "description": parameter.get("description", "")}
    required = [parameter["name"]] if parameter["required"] else []
    shape = {"properties": {parameter["name"]: schema}, "required": required}
    return fields_of(shape, link)[0]


def _success(responses: Schema) -> str:
    status, response = next(iter(responses.items()))
    content: Any = response.get("content", {})
    if "application/json" not in content:
        return f"{status}, {' or '.join(content) or 'nothing'}"
    properties = content["application/json"]["schema"]["properties"]
    data = words(properties["data"], link)
    beside = [f"`{name}`" for name in properties if name != "data"]
    if data == "object":
        data = "nothing to add"
    return f"{status}, {data}" + (f"; beside it {', '.join(beside)}" if beside else "")


def _codes(responses: Schema) -> Iterator[str]:
    for response in responses.values():
        for code in response.get("$ref", "").rpartition("/")[2].split("."):
            if code and code not in COMMON:
                yield code
