"""How answers are written: `{"data": …}`, pages of lists, and refusals."""

import math
from typing import Any

import msgspec
from aiohttp import web

from messenger.errors import DomainError, RateLimited, Unauthorized, Unavailable

_json = msgspec.json.Encoder()


class Page(msgspec.Struct, frozen=True):
    """A list answer: a part of the whole, where it goes on, and what stands beside it."""

    data: list[Any]
    next: Any = None
    beside: dict[str, Any] = {}


def respond(answer: Any, status: int = 200) -> web.StreamResponse:
    """Write an answer of the contract; a finished response goes out as it is."""
    if isinstance(answer, web.StreamResponse):
        return answer
    if isinstance(answer, Page):
        return json({"data": answer.data, "next": answer.next, **answer.beside}, status)
    return json({"data": {} if answer is None else answer}, status)


def json(content: Any, status: int = 200) -> web.Response:
    return web.Response(
        body=_json.encode(content),
        status=status,
        content_type="application/json",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


def refuse(error: DomainError, status: int | None = None) -> web.Response:
    """Write an error of the contract, with the headers that its status asks for."""
    answer = json({"error": error.body()}, status or error.status)
    if isinstance(error, RateLimited):
        answer.headers["Retry-After"] = str(math.ceil(error.retry_after_ms / 1000))
    elif isinstance(error, Unavailable):
        answer.headers["Retry-After"] = "1"
    elif answer.status == Unauthorized.status:
        answer.headers["WWW-Authenticate"] = "Bearer"  # RFC 9110 §11.6.1 wants one with every 401
    return answer
