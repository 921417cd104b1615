"""What is known of one REST endpoint: `http.operation` makes it, `openapi` describes it."""

from collections.abc import Mapping
from typing import Any

import msgspec

from messenger.errors import DomainError


class NoQuery(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An operation without parameters refuses any."""


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of an endpoint.

    `path` gives the types of placeholders that are not ids. `page` says that
    the answer is a list of `ok`, with `beside` next to it. `repeat_status` is
    that of a repeated key, where it differs.
    """

    name: str
    summary: str
    tag: str
    note: str = ""
    ok: Any = None
    status: int = 200
    repeat_status: int | None = None
    page: bool = False
    beside: Mapping[str, Any] = {}
    body: type[msgspec.Struct] | None = None
    # Whether the body is what is uploaded, and the type that it comes as.
    upload: bool = False
    upload_type: str = "multipart/form-data"
    # Whether its work may take minutes.
    lasting: bool = False
    query: type[msgspec.Struct] = NoQuery
    path: Mapping[str, Any] = {}
    errors: tuple[type[DomainError], ...] = ()
    public: bool = False
    admin: bool = False
    # Whether the cookie for files signs in as well.
    by_cookie: bool = False
    # Whether it is open to a user who must change a one-time password first.
    one_time: bool = False

    @property
    def streams(self) -> bool:
        """Whether its body, its work or its answer takes as long as it takes."""
        return self.upload or self.lasting or self.ok is bytes


Route = tuple[str, str, Operation]
"""Method, whole path, operation."""
