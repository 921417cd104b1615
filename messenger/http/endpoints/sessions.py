"""Sessions: keeping them with refresh tokens, listing them, ending them."""

import logging
from typing import Annotated

from aiohttp import web
from msgspec import Meta

from messenger.auth import RefreshClaims
from messenger.errors import (
    Forbidden,
    NotFound,
    RateLimited,
    TokenExpired,
    Unauthorized,
    ValidationFailed,
)
from messenger.http.endpoints.signing_in import SignedIn, hand_over, lifetime
from messenger.http.plumbing import cookies, cursors
from messenger.http.plumbing.keys import (
    CLOCK,
    DATABASE,
    DIRECTORY,
    IDENTITIES,
    IDENTITY,
    LIMITS,
    TOKENS,
)
from messenger.http.plumbing.operation import Input, ask, authenticate, operation
from messenger.http.plumbing.requests import Limit, idempotency_key, path_value
from messenger.http.plumbing.responses import Page, json
from messenger.model import Identity, Session
from messenger.protocol.accounts import RevokeSessions
from messenger.protocol.command import Uuid
from messenger.store.rows import refreshing, sessions
from messenger.store.rows.sessions import SessionCursor

log = logging.getLogger(__name__)


class RefreshToken(Input, frozen=True, kw_only=True):
    """Without `refresh`, or with null, the cookie counts. An empty one is a token, and no good."""

    refresh: Annotated[
        Annotated[str, Meta(max_length=4096)] | None,
        Meta(description="The refresh token, where it is not in the cookie."),
    ] = None


@operation(
    "Get fresh tokens for a refresh token",
    tag="auth",
    public=True,
    body=RefreshToken,
    ok=SignedIn,
    errors=(Unauthorized, Forbidden, RateLimited),
)
async def refresh(request: web.Request, body: RefreshToken) -> web.Response:
    claims = read_token(request, body)
    request.app[LIMITS].check_refresh(claims.session_id, request.remote)
    now = request.app[CLOCK]()
    done = await refreshing.refresh(
        request.app[DATABASE],
        claims.session_id,
        claims.user_id,
        claims.generation,
        now,
        now + lifetime(request),
    )
    if done.verdict == "revoke":
        log.warning(
            "refresh token used twice",
            extra={"source": request.remote, "user_id": claims.user_id},
        )
        await request.app[DIRECTORY].ask(done.identity, end_session_command(done.identity))
        raise Unauthorized("This session was ended: its token was used twice. Sign in again.")
    token = request.app[TOKENS].refresh(
        claims.user_id, claims.session_id, done.generation, done.rotated_at, done.expires_at
    )
    in_cookie = body.refresh is None
    return await hand_over(request, claims.user_id, claims.session_id, token, in_cookie)


def read_token(request: web.Request, body: RefreshToken) -> RefreshClaims:
    """Read the refresh token of the body or the cookie; raises Unauthorized."""
    # What decides here decides where the next token goes: a cookie's never goes into a body.
    token = cookies.token_of(request) if body.refresh is None else body.refresh
    if token is None:
        raise Unauthorized("There is no refresh token in the body, and no cookie; sign in.")
    try:
        return request.app[TOKENS].read_refresh(token)
    except Unauthorized:
        request.app[LIMITS].check_token(request.remote)
        raise


def end_session_command(identity: Identity) -> RevokeSessions:
    return RevokeSessions(user_id=identity.user_id, session_ids=[identity.session_id])


@operation(
    "Sign out: the session's tokens and sockets end",
    tag="auth",
    public=True,
    body=RefreshToken,
    errors=(Unauthorized, Forbidden),
)
async def logout(request: web.Request, body: RefreshToken) -> web.Response:
    identity = await leaver(request, body)
    if identity is not None:
        await request.app[DIRECTORY].ask(identity, end_session_command(identity))
    answer = json({"data": {}})
    cookies.clear(request, answer)
    return answer


async def leaver(request: web.Request, body: RefreshToken) -> Identity | None:
    """Who signs out, by the access token or, when that has run out, the refresh token.

    None when the session is over already: signing out twice is no error.
    """
    try:
        return await authenticate(request)
    except (Unauthorized, TokenExpired):
        claims = read_token(request, body)
    try:
        return await request.app[IDENTITIES].identify(claims.user_id, claims.session_id)
    except Unauthorized:
        return None


class SessionsQuery(Input, frozen=True, kw_only=True):
    next: cursors.Next | None = None
    limit: Limit = 50


@operation(
    "Your live sessions, the last used first",
    tag="auth",
    query=SessionsQuery,
    ok=Session,
    page=True,
    errors=(ValidationFailed,),
)
async def list_sessions(request: web.Request, query: SessionsQuery) -> Page:
    who, now = request[IDENTITY], request.app[CLOCK]()
    found = await sessions.of(
        request.app[DATABASE],
        who.user_id,
        now,
        who.session_id,
        query.limit,
        cursors.read(query.next, SessionCursor),
    )
    after = sessions.cursor_after(found.items[-1]) if found.more else None
    return Page(found.items, cursors.write(after))


@operation("End one of your sessions", tag="auth", path={"id": Uuid}, errors=(NotFound,))
async def end_session(request: web.Request) -> web.Response:
    who, session_id = request[IDENTITY], path_value(request, "id", Uuid)
    if not await sessions.owns(request.app[DATABASE], who.user_id, session_id):
        raise NotFound
    await ask(
        request,
        RevokeSessions(user_id=who.user_id, session_ids=[session_id], key=idempotency_key(request)),
    )
    answer = json({"data": {}})
    if session_id == who.session_id:
        cookies.clear(request, answer)
    return answer
