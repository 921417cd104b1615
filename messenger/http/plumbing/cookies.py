"""The refresh token in a browser: a cookie that no script and no other site can use.

`__Host-` (RFC 6265bis §4.1.3.2) ties it to this host, where there is TLS. Beside it goes a second
cookie, for files alone: pictures and players in a page send no header with a token.
"""

from typing import Final

from aiohttp import web

from messenger.errors import Forbidden
from messenger.http.plumbing.keys import IS_SECURE, SETTINGS
from messenger.rules import origins

NAME: Final = "refresh"
FILES: Final = "files"
FILES_PATH: Final = "/api/v1/files"


def is_secure(request: web.Request) -> bool:
    """Whether people reach us by TLS; behind a proxy that is not configured, BASE_URL says so."""
    return request.get(IS_SECURE, False) or request.app[SETTINGS].base_url.startswith("https://")


def name_of(request: web.Request) -> str:
    return f"__Host-{NAME}" if is_secure(request) else NAME


def files_name(request: web.Request) -> str:
    return f"__Secure-{FILES}" if is_secure(request) else FILES


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
    for name, path in ((name_of(request), "/"), (files_name(request), FILES_PATH)):
        response.del_cookie(
            name, path=path, secure=is_secure(request), httponly=True, samesite="Strict"
        )


def keep_files(request: web.Request, response: web.Response, token: str, seconds: int) -> None:
    response.set_cookie(
        files_name(request),
        token,
        max_age=seconds,
        path=FILES_PATH,
        secure=is_secure(request),
        httponly=True,
        samesite="Strict",
    )


def files_token_of(request: web.Request) -> str | None:
    """Read the files' cookie, for a request that our own pages or the person's hand made."""
    # A sibling subdomain is the same site; browsers that say so are believed (Fetch Metadata §2.3).
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return None
    return request.cookies.get(files_name(request))


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
