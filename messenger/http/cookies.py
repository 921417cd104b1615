"""The refresh token in a browser: a cookie that no script and no other site can use.

`__Host-` (RFC 6265bis §4.1.3.2) ties it to this host, where there is TLS.
"""

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web

from messenger.errors import Forbidden
from messenger.http.keys import IS_SECURE, SETTINGS

NAME: Final = "refresh"


def is_secure(request: web.Request) -> bool:
    """Whether people reach us by TLS; behind a proxy nobody told us of, BASE_URL knows."""
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
    origin = request.headers.get("Origin", "")
    if origin == request.app[SETTINGS].base_url:
        return True
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    # A proxy nobody told us of may hide our own page's TLS. The other way round it is not ours.
    fits = parts.scheme == "https" or (parts.scheme == "http" and not is_secure(request))
    return fits and parts.netloc == request.host
