"""What every request needs: an id, its true source, a log line, errors in the contract's form.

`STACK` is outermost first. `set_headers` puts headers on every answer, also on those
that begin before their handler returns (files, sockets).
"""

import logging
import re
import secrets
from collections.abc import Awaitable, Callable, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from time import perf_counter
from typing import Any, Final

from aiohttp import web

from messenger import place
from messenger.errors import (
    DomainError,
    Forbidden,
    Internal,
    MethodNotAllowed,
    NotFound,
    PayloadTooLarge,
    Unauthorized,
    Unavailable,
    UnsupportedType,
    ValidationFailed,
)
from messenger.http.plumbing.keys import (
    IDENTITY,
    IS_SECURE,
    NOWHERE,
    REQUEST_ID,
    SETTINGS,
    TRAIL,
)
from messenger.http.plumbing.responses import refuse
from messenger.logs import request_id

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Networks = Sequence[IPv4Network | IPv6Network]

log = logging.getLogger(__name__)
access = logging.getLogger("messenger.access")

GIVEN_ID: Final = re.compile(r"[A-Za-z0-9._-]{8,64}")
PREFLIGHT_SECONDS: Final = 600
METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
HEADERS: Final = (
    "Authorization, Content-Type, Idempotency-Key, X-Request-Id, Range, Tus-Resumable,"
    " Upload-Length, Upload-Metadata, Upload-Offset"
)
EXPOSED: Final = (
    "X-Request-Id, Retry-After, Location, Content-Range, ETag, Tus-Resumable, Upload-Expires,"
    " Upload-Length, Upload-Offset"
)
SECURITY: Final = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: it would take the Origin off a page's own form posts.
    "Referrer-Policy": "same-origin",
    # Of an answer that is data. A page brings its own.
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    # No other site's page reads it, or opens it and holds on to its window.
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
HSTS: Final = "max-age=31536000; includeSubDomains"
BY_STATUS: Final[dict[int, type[DomainError]]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    413: PayloadTooLarge,
    415: UnsupportedType,
    503: Unavailable,
}


@web.middleware
async def identification(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Name the request for the log and the answer; a sane name it brings is kept."""
    given = request.headers.get("X-Request-Id", "")
    name = given if GIVEN_ID.fullmatch(given) else secrets.token_hex(8)
    request[REQUEST_ID] = name
    token = request_id.set(name)
    try:
        return await handler(request)
    finally:
        request_id.reset(token)


@web.middleware
async def proxies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Find the client that trusted proxies name; other headers are not believed."""
    remote, scheme = client_address(
        request.remote,
        request.scheme,
        ",".join(request.headers.getall("X-Forwarded-For", [])),
        ",".join(request.headers.getall("X-Forwarded-Proto", [])),
        request.app[SETTINGS].trusted_proxies,
    )
    request[IS_SECURE] = scheme == "https"
    if (remote, scheme) != (request.remote, request.scheme) and remote is not None:
        request = request.clone(remote=remote, scheme=scheme)
    place.CURRENT.set(place.Place(request.remote or "unknown", request.headers.get("User-Agent")))
    return await handler(request)


def client_address(
    remote: str | None, scheme: str, sources: str, schemes: str, trusted: Networks
) -> tuple[str | None, str]:
    """Walk from the peer leftwards as long as a trusted proxy vouches for the next."""
    if not is_trusted(remote, trusted):
        return remote, scheme
    hops = [hop.strip() for hop in sources.split(",") if hop.strip()]
    walked = 0
    for hop in reversed(hops):
        try:
            remote = str(ip_address(hop))
        except ValueError:
            break
        walked += 1
        if not is_trusted(remote, trusted):
            break
    listed = [each.strip().lower() for each in schemes.split(",") if each.strip()]
    if listed:
        # One proxy may have set it for all: then it has fewer entries than there are hops.
        scheme = listed[-min(max(walked, 1), len(listed))]
    return remote, "https" if scheme in ("https", "wss") else "http"


def is_trusted(address: str | None, trusted: Networks) -> bool:
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return False
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    return any(parsed in network for network in trusted)


@web.middleware
async def access_log(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log what was asked by its route: addresses and parameters may hold secrets."""
    started = perf_counter()
    status = 500
    try:
        response = await handler(request)
        status = response.status
    except web.HTTPException as redirect:
        status = redirect.status
        raise
    finally:
        if access.isEnabledFor(logging.INFO):
            access.info("%s %s %d", request.method, route_of(request), status, extra={
                "ms": round((perf_counter() - started) * 1000, 1),
                "source": request.remote,
                "user_id": request[IDENTITY].user_id if IDENTITY in request else None,
            })  # fmt: skip
    return response


def route_of(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "(no route)"


@web.middleware
async def cors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer what a browser asks before it lets another site's page call us."""
    asked = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
    if asked and allowed_origin(request) is not None:
        return web.Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": METHODS,
                "Access-Control-Allow-Headers": HEADERS,
                "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
            },
        )
    return await handler(request)


def allowed_origin(request: web.Request) -> str | None:
    origin = request.headers.get("Origin")
    return origin if origin in request.app[SETTINGS].cors_origins else None


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever was raised into an answer of the contract."""
    try:
        return await handler(request)
    except DomainError as error:
        if error.status >= 500:
            log.warning("%s %s: %s", request.method, route_of(request), error)
        if isinstance(error, Forbidden) and IDENTITY in request:
            what = f"{request.method} {route_of(request)}"
            request.app[TRAIL].refused(request[IDENTITY].user_id, what)
        return refuse(error)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        return contract_response(error)
    except Exception:
        # The edge: nothing of what broke may show through, and everything must be in the log.
        log.exception("%s %s failed", request.method, route_of(request))
        return refuse(Internal())


@web.middleware
async def nowhere(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Who mistyped an address in a browser is shown a page; everybody else is refused."""
    unknown = isinstance(request.match_info.http_exception, web.HTTPNotFound)
    if unknown and NOWHERE in request.app:
        page = await request.app[NOWHERE](request)
        if page is not None:
            return page
    return await handler(request)


def contract_response(error: web.HTTPException) -> web.Response:
    """Say in the contract's words what aiohttp refused."""
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = sorted(error.allowed_methods)
        refusal = MethodNotAllowed(
            f"{error.method} is not a method of this address; it takes {', '.join(allowed)}.",
            allow=allowed,
        )
        answer = refuse(refusal)
        answer.headers["Allow"] = ", ".join(allowed)
        return answer
    fallback = ValidationFailed if error.status < 500 else Internal
    return refuse(BY_STATUS.get(error.status, fallback)(), error.status)


async def set_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Put on every answer what browsers must know; what it brings itself is kept."""
    for name, value in SECURITY.items():
        response.headers.setdefault(name, value)
    if request.get(IS_SECURE, False):
        response.headers.setdefault("Strict-Transport-Security", HSTS)
    # A refused `Expect` is answered before any middleware.
    response.headers["X-Request-Id"] = request.get(REQUEST_ID) or secrets.token_hex(8)
    response.headers.pop("Server", None)  # it would name the versions of what we are made of
    if request.app[SETTINGS].cors_origins:
        response.headers.add("Vary", "Origin")
        origin = allowed_origin(request)
        if origin is not None:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED


STACK: Final[Sequence[Any]] = (identification, proxies, access_log, cors, errors, nowhere)
