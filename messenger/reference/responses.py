"""What a REST operation answers, in OpenAPI: its success, a repeat's, and every failure.

An `ok` of `str` is an answer in plain text, one of `bytes` is a file; all
others are JSON under `data`.
"""

from collections import defaultdict
from http import HTTPStatus
from typing import Final

from messenger import errors
from messenger.errors import DomainError, ErrorBody
from messenger.reference.operation import Operation
from messenger.reference.schemas import PREFIX, Schema
from messenger.reference.shapes import Shapes

BYTES: Final = {"type": "string", "format": "binary"}
SAFE: Final = ("GET", "HEAD")
EVERYWHERE: Final = (errors.Internal, errors.Unavailable)
SIGNED_IN: Final = (errors.Unauthorized, errors.TokenExpired)
BODIED: Final = (
    errors.ValidationFailed,
    errors.RequestTimeout,
    errors.PayloadTooLarge,
    errors.UnsupportedType,
)
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


class Responses:
    """The answers of every operation; failures that many have in common stand in `shared`."""

    def __init__(self, shapes: Shapes) -> None:
        self.shapes = shapes
        self.shared: dict[str, Schema] = {}

    def of(self, method: str, path: str, operation: Operation) -> dict[str, Schema]:
        """All answers of an operation, by status."""
        return {
            str(operation.status): self._success(operation, operation.status),
            **self._repeat(operation),
            **self._failures(method, path, operation),
        }

    def _repeat(self, operation: Operation) -> dict[str, Schema]:
        if operation.repeat_status is None:
            return {}
        answer = self._success(operation, operation.repeat_status)
        return {str(operation.repeat_status): {**answer, "description": "What was stored before."}}

    def _success(self, operation: Operation, status: int) -> Schema:
        answer: Schema = {
            "description": HTTPStatus(status).phrase,
            "headers": REQUEST_ID,
        }
        if status == HTTPStatus.NO_CONTENT:
            return answer
        if operation.ok is str:
            return {**answer, "content": {"text/plain": {"schema": {"type": "string"}}}}
        if operation.ok is bytes:
            return {**answer, "content": {"*/*": {"schema": BYTES}}}
        data: Schema = {"type": "object", "description": "Empty."}
        if operation.ok is not None:
            data = self.shapes.of(operation.ok)
        properties = {"data": data}
        if operation.page:
            cursor = {"description": "Where the next page starts; null on the last one."}
            properties = {"data": {"type": "array", "items": data}, "next": cursor}
        properties |= {name: self.shapes.of(kind) for name, kind in operation.beside.items()}
        schema = {"type": "object", "properties": properties, "required": list(properties)}
        return {**answer, "content": json_content(schema)}

    def _failures(self, method: str, path: str, operation: Operation) -> dict[str, Schema]:
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
        return {
            str(status): self._referred(status, by_status[status]) for status in sorted(by_status)
        }

    def _referred(self, status: int, kinds: list[type[DomainError]]) -> Schema:
        """Refer to the answer of these errors."""
        name = ".".join(kind.code for kind in kinds)
        self.shared.setdefault(name, _failure(status, kinds))
        return {"$ref": f"#/components/responses/{name}"}


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
        "content": json_content(schema),
    }


def json_content(schema: Schema) -> Schema:
    return {"application/json": {"schema": schema}}
