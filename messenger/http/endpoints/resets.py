"""A new password without the old one: asked for by mail, chosen with a link.

Who asks learns nothing: the answer is the same, and takes as long, for any name. The link may also
come from an administrator (`admin user reset-link`), where there is no mail.
"""

import logging
from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import (
    InvalidCredentials,
    NotFound,
    RateLimited,
    Unavailable,
    ValidationFailed,
)
from messenger.http.plumbing.keys import (
    CLOCK,
    DATABASE,
    DIRECTORY,
    LIMITS,
    MAIL,
    PASSWORDS,
    SETTINGS,
)
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Password, Short
from messenger.mail import links
from messenger.model import SYSTEM
from messenger.protocol.accounts import SetPassword, UpdateUser
from messenger.rules import accounts as rules
from messenger.store.reads import mailing
from messenger.store.reads.mailing import Person

log = logging.getLogger(__name__)

OVER = "This link is used up or has run out; ask for a new one."
Token = Annotated[Short, Meta(description="What stands in the link.")]


class ResetAsked(Input, frozen=True, kw_only=True):
    login: Annotated[Short, Meta(min_length=1, description="A user name or an e-mail address.")]


class ResetLink(Input, frozen=True, kw_only=True):
    token: Token


class ResetPassword(Input, frozen=True, kw_only=True):
    token: Token
    password: Password


class ResetOf(msgspec.Struct, frozen=True, kw_only=True):
    """Whose password a link is for."""

    username: str
    display_name: str


@operation(
    "Have a link to a new password mailed to the proved address of an account",
    note="The answer is the same whether there is such an account or not. 404 where this server"
    " sends no mail.",
    tag="auth",
    public=True,
    body=ResetAsked,
    status=202,
    errors=(NotFound, RateLimited, ValidationFailed),
)
async def request_reset(request: web.Request, body: ResetAsked) -> None:
    asking = request.app[MAIL].asking
    if asking is None:
        raise NotFound("This server sends no mail; ask an administrator for a new password.")
    login = body.login.strip()
    account = rules.email_key(login) if "@" in login else rules.username_key(rules.normal(login))
    request.app[LIMITS].check_reset(account, request.remote)
    asking.reset(login)


@operation(
    "Whose password a link is for, before a new one is chosen",
    tag="auth",
    public=True,
    body=ResetLink,
    ok=ResetOf,
    errors=(InvalidCredentials, RateLimited, ValidationFailed),
)
async def check_reset(request: web.Request, body: ResetLink) -> ResetOf:
    person = await person_of(request, body.token)
    return ResetOf(username=person.username, display_name=person.display_name)


@operation(
    "Choose a new password with a link; all sessions end",
    note="A link is good once, and for an hour.",
    tag="auth",
    public=True,
    body=ResetPassword,
    errors=(InvalidCredentials, RateLimited, Unavailable, ValidationFailed),
)
async def confirm_reset(request: web.Request, body: ResetPassword) -> None:
    person = await person_of(request, body.token)
    rules.check_password(body.password, person.username, person.email)
    command = SetPassword(
        user_id=person.id,
        password_hash=await request.app[PASSWORDS].hash(body.password),
        # Of two who use a link at once the second finds another hash.
        instead_of=person.password_hash,
    )
    await request.app[DIRECTORY].ask(SYSTEM, command)
    log.info("a new password was set by a link", extra={"user_id": person.id})


async def person_of(request: web.Request, token: str) -> Person:
    """Whose link it is; raises InvalidCredentials, or RateLimited."""
    request.app[LIMITS].check_link(request.remote)
    claim = links.read(token)
    if claim is None:
        raise InvalidCredentials(OVER)
    person = await mailing.person(request.app[DATABASE], claim.user_id)
    if person is None:
        raise InvalidCredentials(OVER)
    bound = person.password_hash or "", rules.email_key(person.email or "")
    secret, now = request.app[SETTINGS].secret_key, request.app[CLOCK]()
    if not links.is_good(secret, "reset", claim, now, *bound):
        raise InvalidCredentials(OVER)
    return person


# The address


@operation(
    "Say with a mailed link that an address is yours",
    tag="auth",
    public=True,
    body=ResetLink,
    errors=(InvalidCredentials, RateLimited, ValidationFailed),
)
async def confirm_email(request: web.Request, body: ResetLink) -> None:
    request.app[LIMITS].check_link(request.remote)
    claim = links.read(body.token)
    if claim is None:
        raise InvalidCredentials(OVER)
    person = await mailing.person(request.app[DATABASE], claim.user_id)
    if person is None or person.email is None:
        raise InvalidCredentials(OVER)
    secret, now = request.app[SETTINGS].secret_key, request.app[CLOCK]()
    if not links.is_good(secret, "email", claim, now, rules.email_key(person.email)):
        raise InvalidCredentials(OVER)
    if not person.verified:
        await request.app[DIRECTORY].ask(
            SYSTEM, UpdateUser(user_id=person.id, verified_email=person.email)
        )
