"""The refresh token in a browser: a cookie that no script and no other site can use.

`__Host-` (RFC 6265bis §4.1.3.2) ties it to this host, where there is TLS.
"""

from typing import Final

from aiohttp import web

from messenger.errors import Forbidden
from messenger.http.plumbing.keys import IS_SECURE, SETTINGS
from messenger.rules import origins

NAME: Final = "refresh"


def is_secure(request: web.Request) -> bool:
    """Whether people reach us by TLS; behind a proxy that is not configured, BASE_URL says so."""
    return request.get(IS_SECURE, False) or request.app[SETTINGS].base_url.startswith("https://")


def name_of(request: web.Request) -> str:
    return f"__Host-{NAME}" if is_secure(request) else NAME


def keep(request: web.Request, response: web.Response, token: str, seconds: int) -> None:
    response.set_cookie(
        name_of(request),
        token,
        max_age=seconds,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="Strict",
    )


def clear(request: web.Request, response: web.Response) -> None:
    response.del_cookie(
        name_of(request), path="/", secure=is_secure(request), httponly=True, samesite="Strict"
    )


def token_of(request: web.Request) -> str | None:
    """Read the cookie, for a request of our own pages; raises Forbidden for any other.

    SameSite alone is not enough: a sibling subdomain is the same site.
    """
    token = request.cookies.get(name_of(request))
    if token is not None and not is_own_page(request):
        raise Forbidden("The cookie is for this server's own pages: send its `Origin`.")
    return token


def is_own_page(request: web.Request) -> bool:
    return origins.is_ours(
        request.headers.get("Origin", ""),
        request.app[SETTINGS].base_url,
        request.host,
        secure=is_secure(request),
    )
