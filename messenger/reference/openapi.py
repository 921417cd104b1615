"""The REST API, described in OpenAPI 3.1 from the routes and what is known of each operation.

Pure. Other names of an area are mentioned with its operations, not repeated.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from messenger.protocol.command import Id
from messenger.protocol.events import API_LEVEL
from messenger.reference.operation import Operation, Route
from messenger.reference.responses import BYTES, HEADERS, SAFE, Responses, json_content
from messenger.reference.schemas import Schema
from messenger.reference.shapes import Shapes, has_fields

TAGS: Final = {
    "auth": "Ways in, and sessions.",
    "users": "People.",
    "chats": "Chats, their members, and your own view of them.",
    "messages": "Messages, reactions, pins, and searching.",
    "tasks": "Tasks, which may be cards of a board.",
    "boards": "Boards and their columns.",
    "files": "Uploads and downloads.",
    "sync": "Catching up without a socket.",
    "push": "Web push.",
    "admin": "For administrators.",
    "system": "The server itself.",
}
PLACES: Final = {
    "avatars": "The picture.",
    "chats": "The chat.",
    "columns": "The column.",
    "files": "The file.",
    "invites": "The invitation.",
    "holds": "The hold.",
    "exports": "The export.",
    "jobs": "The job.",
    "members": "The person.",
    "messages": "The message's `seq` in the chat.",
    "reactions": "The emoji.",
    "resumable": "The upload.",
    "sessions": "The session.",
    "subscriptions": "The subscription.",
    "tasks": "The task.",
    "users": "The person.",
}
"""What a placeholder in a path stands for, by what stands before it."""
FILES: Final = {
    "type": "object",
    "description": "Each part with a file name is a file. A field `meta` right before it may say"
    " more of it, in JSON: `shown_as`, `duration_ms`, `waveform`, as the file has them.",
    "additionalProperties": {"type": "string", "format": "binary"},
}
DESCRIPTION: Final = """\
The REST door of the messenger. What it changes goes out as events on the WebSocket, which has a
document of its own, `/api/v1/asyncapi.json`. Every address under `/api/v1` answers under `/v1` too.

Success is `{"data": …}`, a list also has `next` (null on the last page), failure is
`{"error": {"code", "message", "details"?}}`; every answer bears `X-Request-Id`. Times are RFC 3339
in UTC with three decimals. Unknown fields of a body and unknown parameters are refused. Send an
`Idempotency-Key` with every write: a repeat is then answered, and not done again.
"""


def document(
    routes: Iterable[Route], aliases: Mapping[str, Iterable[str]], base_url: str | None = None
) -> Schema:
    """Build the document; `aliases` are the other names of an area, by its own (`/chats`)."""
    known = list(routes)
    shapes = Shapes(operation for _, _, operation in known)
    responses = Responses(shapes)
    paths: dict[str, Schema] = defaultdict(dict)
    for method, path, operation in known:
        others = [
            path.replace(area, other, 1)
            for area, names in aliases.items()
            if re.search(re.escape(area) + "(/|$)", path)
            for other in names
        ]
        paths[path][method.lower()] = _operation(method, path, operation, responses, others)
    used = {operation.tag for _, _, operation in known}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Messenger: REST",
            "version": f"1.{API_LEVEL}.0",
            "description": DESCRIPTION,
        },
        "servers": [{"url": base_url or "/"}],
        "security": [{"access_token": []}],
        "tags": [
            {"name": tag, "description": TAGS.get(tag, "")}
            for tag in sorted(used, key=lambda tag: [*TAGS, tag].index(tag))
        ],
        "paths": dict(paths),
        "components": {
            "schemas": shapes.named,
            "securitySchemes": {
                "access_token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "parameters": {"idempotency_key": shapes.key_parameter()},
            "responses": dict(sorted(responses.shared.items())),
            "headers": HEADERS,
        },
    }


def _operation(
    method: str, path: str, operation: Operation, responses: Responses, others: list[str]
) -> Schema:
    shapes = responses.shapes
    made: Schema = {
        "operationId": operation_id(method, path),
        "tags": [operation.tag],
        "summary": operation.summary,
    }
    notes = ["For administrators."] if operation.admin else []
    notes.append(operation.note)
    if has_fields(operation.query):
        notes.append(shapes.query(operation.query).get("description", ""))
    if others:
        notes.append(f"Also {', '.join(f'`{other}`' for other in others)}.")
    if any(notes):
        made["description"] = " ".join(filter(None, notes))
    if operation.public:
        made["security"] = []
    parameters = _parameters(method, path, operation, shapes)
    if parameters:
        made["parameters"] = parameters
    if operation.body is not None and has_fields(operation.body):
        required = bool(shapes.named[operation.body.__name__].get("required"))
        made["requestBody"] = {
            "required": required,
            "content": json_content(shapes.of(operation.body)),
        }
    if operation.upload:
        schema = FILES if operation.upload_type == "multipart/form-data" else BYTES
        content = {operation.upload_type: {"schema": schema}}
        made["requestBody"] = {"required": True, "content": content}
    made["responses"] = responses.of(method, path, operation)
    return made


def operation_id(method: str, path: str) -> str:
    """`get_users_by_id` of `GET /api/v1/users/{id}`."""
    named = re.sub(r"\{(\w+)\}", r"by_\1", re.sub("^/api/v1", "", path))
    return "_".join([method.lower(), *re.findall(r"\w+", named)])


def _parameters(method: str, path: str, operation: Operation, shapes: Shapes) -> list[Schema]:
    parameters: list[Schema] = [
        {
            "name": place,
            "in": "path",
            "required": True,
            "description": PLACES.get(area, ""),
            "schema": _without_description(shapes.of(operation.path.get(place, Id))),
        }
        for area, place in re.findall(r"(\w+)/\{(\w+)[^}]*\}", path)
    ]
    query = shapes.query(operation.query)
    for name, field in query["properties"].items():
        about = {each: field[each] for each in ("description",) if each in field}
        schema = {each: value for each, value in field.items() if each not in about}
        required = name in query.get("required", ())
        parameters.append(
            {"name": name, "in": "query", "required": required, **about, "schema": schema}
        )
    if method not in SAFE:
        parameters.append({"$ref": "#/components/parameters/idempotency_key"})
    return parameters


def _without_description(schema: Schema) -> Schema:
    return {name: each for name, each in schema.items() if name != "description"}
