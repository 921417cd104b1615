"""What turns a handler of a few lines into an endpoint, and what is known of it.

`@operation(...)` signs the caller in, reads and checks path, query and body,
and writes the answer; the same metadata drives the generated documents. The
handler gets what it declared: `body`, `query`, or a finished `command`.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager, nullcontext
from functools import wraps
from typing import Any, Final, Protocol, cast, get_args

import msgspec
from aiohttp import web

from messenger.actors.actor import DEADLINE
from messenger.auth import AccessClaims
from messenger.errors import Forbidden, PasswordOwed, Unauthorized, Unavailable
from messenger.http.plumbing.cookies import files_token_of
from messenger.http.plumbing.keys import (
    ARRIVING,
    DIRECTORY,
    IDENTITIES,
    IDENTITY,
    TOKENS,
    TURN,
    TURNS,
)
from messenger.http.plumbing.requests import idempotency_key, path_value, read_body, read_query
from messenger.http.plumbing.responses import respond
from messenger.model import Identity
from messenger.protocol.answers import Nothing
from messenger.protocol.command import Command, Id, sentence_of
from messenger.reference.operation import NoQuery, Operation

SOCKET_FIELDS: Final = ("id", "key")
"""Fields of a command that belong to the door: the frame's answer, the idempotency key."""


class Input(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A body or a query; what it does not list is refused."""


class Endpoint(Protocol):
    """A handler made by `operation`."""

    operation: Operation

    def __call__(self, request: web.Request) -> Awaitable[web.StreamResponse]: ...


def operation(
    summary: str,
    *,
    tag: str,
    command: type[Command] | None = None,
    path: Mapping[str, Any] | None = None,
    **known: Any,
) -> Callable[[Callable[..., Awaitable[Any]]], Endpoint]:
    """Make an endpoint of a handler; `known` is what `Operation` has besides.

    With a `command`, `path` says which of its fields stand under which
    placeholder (`{"chat_id": "id"}`), the body has the rest, and the handler
    gets the finished command, idempotency key included.
    """
    fields = dict(path or {}) if command is not None else {}
    if command is not None:
        types = {field.name: field.type for field in msgspec.structs.fields(command)}
        path = {place: _path_type(types[name]) for name, place in fields.items()}
        known["body"] = body_of(command, without=fields)

    def decorate(handler: Callable[..., Awaitable[Any]]) -> Endpoint:
        about = Operation(name=handler.__name__, summary=summary, tag=tag, path=path or {}, **known)
        return _endpoint(handler, about, command, fields)

    return decorate


def command_endpoint(command: type[Command]) -> Endpoint:
    """The endpoint of a command that is answered as its actor answers it."""
    route = command.route
    if route is None:
        raise TypeError(f"{command.__name__} has no route")

    async def handler(request: web.Request, command: Command) -> Any:
        answer = await ask(request, command)
        if route.repeat_status is not None and answer.duplicate:
            return respond(answer, route.repeat_status)
        return answer

    summary, _, note = sentence_of(command).partition(". ")
    return operation(
        summary.removesuffix("."),
        note=note,
        tag=route.tag,
        command=command,
        path=route.fields(),
        ok=None if command.answer is Nothing else command.answer,
        status=route.status,
        repeat_status=route.repeat_status,
        errors=command.refusals,
    )(handler)


def _path_type(kind: Any) -> Any:
    """What a placeholder is read as: of whole numbers only ids stand in a path."""
    return Id if get_args(kind)[:1] == (int,) else kind


def with_defaults(endpoint: Endpoint, **defaults: Any) -> Endpoint:
    """The same endpoint with other defaults in its body, for another name of its route."""
    handler, about, command, fields = cast(Any, endpoint).made_of
    body = body_of(about.body, defaults=defaults, name=f"{about.body.__name__}Aliased")
    return _endpoint(handler, msgspec.structs.replace(about, body=body), command, fields)


def body_of(
    source: type[msgspec.Struct],
    *,
    without: Any = (),
    only: Any = None,
    defaults: Mapping[str, Any] | None = None,
    name: str | None = None,
) -> type[msgspec.Struct]:
    """The Struct of a body: the fields of a command, but for those that come another way."""
    fields: list[Any] = []
    for field in msgspec.structs.fields(source):
        if field.name in SOCKET_FIELDS or field.name in without:
            continue
        if only is not None and field.name not in only:
            continue
        if defaults is not None and field.name in defaults:
            fields.append((field.name, field.type, defaults[field.name]))
        elif field.required:
            fields.append((field.name, field.type))
        elif field.default is not msgspec.NODEFAULT:
            fields.append((field.name, field.type, field.default))
        else:
            made = msgspec.field(default_factory=field.default_factory)
            fields.append((field.name, field.type, made))
    return msgspec.defstruct(
        name or f"{source.__name__}Body",
        fields,
        kw_only=True,
        frozen=True,
        forbid_unknown_fields=True,
    )


def _endpoint(
    handler: Callable[..., Awaitable[Any]],
    about: Operation,
    command: type[Command] | None,
    fields: Mapping[str, str],
) -> Endpoint:
    for given in (about.body, about.query):
        if given is not None and not given.__struct_config__.forbid_unknown_fields:
            raise TypeError(f"{given.__name__} must have forbid_unknown_fields=True")
    decoder = msgspec.json.Decoder(about.body) if about.body else None

    @wraps(handler)
    async def endpoint(request: web.Request) -> web.StreamResponse:
        with await in_turn(request, about):
            return await answer(request)

    async def answer(request: web.Request) -> web.StreamResponse:
        if not about.public:
            async with in_time(DEADLINE):
                check_may(about, await authenticate(request, by_cookie=about.by_cookie))
        given: dict[str, Any] = {}
        from_path = {
            name: path_value(request, place, about.path.get(place, Id))
            for name, place in fields.items()
        }
        if about.query is not NoQuery or request.query:
            query = read_query(request.query, about.query)
            if about.query is not NoQuery:
                given["query"] = query
        key = idempotency_key(request)
        body = await read_body(request, decoder) if decoder else None
        async with in_time(None if about.streams else DEADLINE):
            if body is not None and not about.public:
                # It may have taken half a minute to arrive: role and session may have changed.
                check_may(about, await look_again(request))
            if command is not None:
                given["command"] = finish(command, body, key, **from_path)
            elif body is not None:
                given["body"] = body
            with arriving(request, about):
                return respond(await handler(request, **given), about.status)

    made = cast(Any, endpoint)
    made.operation = about
    made.made_of = (handler, about, command, fields)
    return cast(Endpoint, endpoint)


async def in_turn(request: web.Request, about: Operation) -> AbstractContextManager[Any]:
    """One of so many that begin to be downloaded; nothing for what is none."""
    if not about.by_cookie:
        return nullcontext()
    async with in_time(DEADLINE):
        turn = request[TURN] = await request.app[TURNS].take()
    return turn


@asynccontextmanager
async def in_time(seconds: float | None) -> AsyncIterator[None]:
    """However many statements it takes and however slow each is; what was begun may be done."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except TimeoutError:
        raise Unavailable() from None


# Who asks


async def authenticate(request: web.Request, *, by_cookie: bool = False) -> Identity:
    """Sign the caller in by their access token, or the cookie for files where that counts.

    Raises Unauthorized or TokenExpired.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    cookie = files_token_of(request) if by_cookie and not scheme else None
    if cookie is not None:
        return await identify(request, request.app[TOKENS].read_files(cookie))
    if scheme.lower() != "bearer" or not token:
        raise Unauthorized("Sign in, and send the access token as `Authorization: Bearer …`.")
    return await identify(request, request.app[TOKENS].read_access(token.strip()))


async def look_again(request: web.Request) -> Identity:
    """The caller as they are now, after something that took time; raises Unauthorized."""
    return await identify(request, request[IDENTITY])


async def identify(request: web.Request, who: AccessClaims | Identity) -> Identity:
    identity = await request.app[IDENTITIES].identify(who.user_id, who.session_id)
    request[IDENTITY] = identity
    return identity


def arriving(request: web.Request, about: Operation) -> AbstractContextManager[None]:
    """One of so many uploads of a person; nothing for what is none."""
    if not about.upload:
        return nullcontext()
    return request.app[ARRIVING].one_more(request[IDENTITY].user_id)


def check_may(about: Operation, identity: Identity) -> None:
    """Refuse whose role, or whose password, does not let them do this."""
    if identity.must_change_password and not about.one_time:
        raise PasswordOwed()
    if about.admin and identity.role != "admin":
        raise Forbidden("Only administrators may do this.")


async def ask(request: web.Request, command: Command) -> Any:
    """Bring a command to its actor, in the caller's name."""
    return await request.app[DIRECTORY].ask(request[IDENTITY], command)


def finish(
    command: type[Command], body: msgspec.Struct | None, key: str | None, **more: Any
) -> Any:
    """Build a command of a body's fields and what came another way."""
    values = {} if body is None else msgspec.structs.asdict(body)
    if "key" in command.__struct_fields__:
        values["key"] = key
    return command(**values, **more)
