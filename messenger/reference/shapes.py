"""The schema of every type that REST operations take or give."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from messenger.errors import ErrorBody
from messenger.protocol.command import Id, Key
from messenger.reference.operation import Operation
from messenger.reference.schemas import Schema, schemas_of

PLAIN: Final = (None, str, bytes)


class Shapes:
    """The schema of every type that an operation takes or gives, made at once."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        types: list[Any] = [ErrorBody, Id, Key]
        queries: set[type[msgspec.Struct]] = set()
        for operation in operations:
            types += [*operation.beside.values(), *operation.path.values()]
            types += [operation.ok] if operation.ok not in PLAIN else []
            types += [operation.body] if has_fields(operation.body) else []
            queries.add(operation.query)
        found, self.named = schemas_of([*types, *queries])
        self._made = list(zip(types, found, strict=False))
        # Parameters are written out one by one; nothing refers to them as an object.
        self._queries = {query: self.named.pop(query.__name__) for query in queries}

    def of(self, kind: Any) -> Schema:
        # By a walk: not everything that may stand in an annotation can be hashed.
        return next(schema for each, schema in self._made if each == kind)

    def query(self, query: type[msgspec.Struct]) -> Schema:
        return self._queries[query]

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
