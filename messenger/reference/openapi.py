"""The REST API, described in OpenAPI 3.1 from the routes and what is known of each operation.

Pure. An `ok` of `str` is an answer in plain text, one of `bytes` is a file; all
others are JSON under `data`. Other names of an area are mentioned with its
operations, not repeated.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any, Final

import msgspec

from messenger import errors
from messenger.errors import DomainError, ErrorBody
from messenger.protocol.command import Id, Key
from messenger.protocol.events import API_LEVEL
from messenger.reference.operation import Operation
from messenger.reference.schemas import PREFIX, Schema, schemas_of

Route = tuple[str, str, Operation]
"""Method, whole path, operation."""

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
    "chats": "The chat.",
    "columns": "The column.",
    "files": "The file.",
    "invites": "The invitation.",
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
SAFE: Final = ("GET", "HEAD")
PLAIN: Final = (None, str, bytes)
EVERYWHERE: Final = (errors.Internal, errors.Unavailable)
SIGNED_IN: Final = (errors.Unauthorized, errors.TokenExpired)
BODIED: Final = (
    errors.ValidationFailed,
    errors.RequestTimeout,
    errors.PayloadTooLarge,
    errors.UnsupportedType,
)
FILES: Final = {
    "type": "object",
    "description": "Each part with a file name is a file.",
    "additionalProperties": {"type": "string", "format": "binary"},
}
BYTES: Final = {"type": "string", "format": "binary"}
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
    shapes = _Shapes(operation for _, _, operation in known)
    paths: dict[str, Schema] = defaultdict(dict)
    for method, path, operation in known:
        others = [
            path.replace(area, other, 1)
            for area, names in aliases.items()
            if re.search(re.escape(area) + "(/|$)", path)
            for other in names
        ]
        paths[path][method.lower()] = _operation(method, path, operation, shapes, others)
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
            "responses": dict(sorted(shapes.failures.items())),
            "headers": HEADERS,
        },
    }


HEADERS: Final = {
    "request_id": {
        "description": "Names the request; it stands in the server's log, too.",
        "schema": {"type": "string"},
    },
    "retry_after": {
        "description": "Seconds to wait before the next attempt.",
        "schema": {"type": "integer"},
    },
}
REQUEST_ID: Final = {"X-Request-Id": {"$ref": "#/components/headers/request_id"}}
RETRY_AFTER: Final = {"Retry-After": {"$ref": "#/components/headers/retry_after"}}


class _Shapes:
    """The schema of every type that an operation takes or gives, made at once."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        types: list[Any] = [ErrorBody, Id, Key]
        queries: set[type[msgspec.Struct]] = set()
        for operation in operations:
            types += [*operation.beside.values(), *operation.path.values()]
            types += [operation.ok] if operation.ok not in PLAIN else []
            types += [operation.body] if has_fields(operation.body) else []
            queries.add(operation.query)
        self.failures: dict[str, Schema] = {}
        found, self.named = schemas_of([*types, *queries])
        self._made = list(zip(types, found, strict=False))
        # Parameters are written out one by one; nothing refers to them as an object.
        self._queries = {query: self.named.pop(query.__name__) for query in queries}

    def of(self, kind: Any) -> Schema:
        # By a walk: not everything that may stand in an annotation can be hashed.
        return next(schema for each, schema in self._made if each == kind)

    def query(self, query: type[msgspec.Struct]) -> Schema:
        return self._queries[query]

    def failure(self, status: int, kinds: list[type[DomainError]]) -> Schema:
        """Refer to the answer of these errors, which many operations have in common."""
        name = ".".join(kind.code for kind in kinds)
        self.failures.setdefault(name, _failure(status, kinds))
        return {"$ref": f"#/components/responses/{name}"}

    def key_parameter(self) -> Schema:
        return {
            "name": "Idempotency-Key",
            "in": "header",
            "description": "Makes a repeat harmless for 30 days: the same key is done once, and"
            " each repeat is answered with the subject as it stands by then.",
            "schema": self.of(Key),
        }


def has_fields(struct: type[msgspec.Struct] | None) -> bool:
    return struct is not None and bool(struct.__struct_fields__)


def _operation(
    method: str, path: str, operation: Operation, shapes: _Shapes, others: list[str]
) -> Schema:
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
            "content": _json(shapes.of(operation.body)),
        }
    if operation.upload:
        schema = FILES if operation.upload_type == "multipart/form-data" else BYTES
        content = {operation.upload_type: {"schema": schema}}
        made["requestBody"] = {"required": True, "content": content}
    made["responses"] = {
        str(operation.status): _success(operation, operation.status, shapes),
        **_repeat(operation, shapes),
        **_failures(method, path, operation, shapes),
    }
    return made


def operation_id(method: str, path: str) -> str:
    """`get_users_by_id` of `GET /api/v1/users/{id}`."""
    named = re.sub(r"\{(\w+)\}", r"by_\1", re.sub("^/api/v1", "", path))
    return "_".join([method.lower(), *re.findall(r"\w+", named)])


def _parameters(method: str, path: str, operation: Operation, shapes: _Shapes) -> list[Schema]:
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


def _repeat(operation: Operation, shapes: _Shapes) -> dict[str, Schema]:
    if operation.repeat_status is None:
        return {}
    answer = _success(operation, operation.repeat_status, shapes)
    return {str(operation.repeat_status): {**answer, "description": "What was stored before."}}


def _success(operation: Operation, status: int, shapes: _Shapes) -> Schema:
    answer: Schema = {
        "description": HTTPStatus(status).phrase,
        "headers": REQUEST_ID,
    }
    if status == HTTPStatus.NO_CONTENT:
        return answer
    if operation.ok is str:
        return {**answer, "content": {"text/plain": {"schema": {"type": "string"}}}}
    if operation.ok is bytes:
        return {**answer, "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}}}
    data: Schema = {"type": "object", "description": "Empty."}
    if operation.ok is not None:
        data = shapes.of(operation.ok)
    properties = {"data": data}
    if operation.page:
        cursor = {"description": "Where the next page starts; null on the last one."}
        properties = {"data": {"type": "array", "items": data}, "next": cursor}
    properties |= {name: shapes.of(kind) for name, kind in operation.beside.items()}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {**answer, "content": _json(schema)}


def _failures(
    method: str, path: str, operation: Operation, shapes: _Shapes
) -> dict[str, Schema]:  # fmt: skip
    possible = {*operation.errors, *EVERYWHERE, errors.ValidationFailed}
    if not operation.public:
        possible.update(SIGNED_IN)
    if operation.admin:
        possible.add(errors.Forbidden)
    if "{" in path:
        possible.add(errors.NotFound)
    if operation.body is not None or operation.upload:
        possible.update(BODIED)
    if method not in SAFE and not operation.public:
        possible.add(errors.IdempotencyMismatch)
    by_status: dict[int, list[type[DomainError]]] = defaultdict(list)
    for each in errors.CATALOGUE:
        if each in possible:
            by_status[each.status].append(each)
    return {str(status): shapes.failure(status, by_status[status]) for status in sorted(by_status)}


def _failure(status: int, kinds: list[type[DomainError]]) -> Schema:
    headers = REQUEST_ID | RETRY_AFTER if status in (429, 503) else REQUEST_ID
    body = {
        "$ref": PREFIX + ErrorBody.__name__,
        "properties": {"code": {"enum": [kind.code for kind in kinds]}},
    }
    schema = {"type": "object", "properties": {"error": body}, "required": ["error"]}
    return {
        "description": "\n".join(f"`{kind.code}`: {kind.__doc__}" for kind in kinds),
        "headers": headers,
        "content": _json(schema),
    }


def _json(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}
