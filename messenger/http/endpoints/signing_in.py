"""What a way in leads to: a session, and its tokens in the body or in a cookie."""

import logging
import uuid
from datetime import timedelta
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import InvalidCredentials, Unauthorized
from messenger.http.plumbing import cookies
from messenger.http.plumbing.keys import CLOCK, DATABASE, SETTINGS, TOKENS
from messenger.http.plumbing.responses import json
from messenger.model import Me
from messenger.rules.visible import has_visible
from messenger.store.rows import sessions, users

log = logging.getLogger(__name__)


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """`refresh` is null where the cookie has it; `expires_in` is the access token's, in seconds.

    With `must_change_password` nothing but `POST /auth/password` is open yet.
    """

    access: str
    refresh: str | None
    expires_in: int
    user: Me
    must_change_password: Annotated[
        bool, Meta(description="Nothing else is open before they choose a password.")
    ] = False


async def sign_in(
    request: web.Request,
    user_id: int,
    password_hash: str,
    device: str | None,
    cookie: bool,
    status: int = 200,
) -> web.Response:
    """Open a session for an account whose password was checked; answer with its tokens."""
    now, session_id = request.app[CLOCK](), str(uuid.uuid4())
    expires_at = now + lifetime(request)
    opened = await sessions.open_session(
        request.app[DATABASE],
        session_id,
        user_id,
        password_hash,
        device_name(device or request.headers.get("User-Agent") or ""),
        now,
        expires_at,
    )
    if not opened:
        raise InvalidCredentials
    log.info("signed in", extra={"source": request.remote, "user_id": user_id})
    token = request.app[TOKENS].refresh(user_id, session_id, 0, now, expires_at)
    return await hand_over(request, user_id, session_id, token, cookie, status)


async def hand_over(
    request: web.Request, user_id: int, session_id: str, token: str, cookie: bool, status: int = 200
) -> web.Response:
    """Answer with fresh tokens, the refresh token in the body or in the cookie."""
    tokens = request.app[TOKENS]
    me = await users.me(request.app[DATABASE], user_id)
    if me is None:
        raise Unauthorized
    answer = json(
        {
            "data": SignedIn(
                access=tokens.access(user_id, session_id),
                refresh=None if cookie else token,
                expires_in=int(tokens.lifetime.total_seconds()),
                user=me,
                must_change_password=await users.must_change_password(
                    request.app[DATABASE], user_id
                ),
            )
        },
        status,
    )
    if cookie:
        seconds = int(lifetime(request).total_seconds())
        until = request.app[CLOCK]() + lifetime(request)
        cookies.keep(request, answer, token, seconds)
        cookies.keep_files(request, answer, tokens.files(user_id, session_id, until), seconds)
    return answer


def lifetime(request: web.Request) -> timedelta:
    return timedelta(days=request.app[SETTINGS].refresh_token_expire_days)


def device_name(given: str) -> str:
    """What a person sees in their list of sessions; nothing that could spoil a line."""
    name = "".join(char for char in given if char.isprintable()).strip()[:100]
    return name if has_visible(name) else "unknown"
