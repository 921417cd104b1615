"""Ways in: registration, login, a new password.

Each goes through the limits first and tells strangers nothing: an unknown
user, a wrong password and a disabled account get the same answer in the same
time.
"""

import logging

from aiohttp import web
from msgspec.structs import replace

from messenger.errors import (
    AlreadyExists,
    InvalidCredentials,
    RateLimited,
    RegistrationClosed,
    Unavailable,
    ValidationFailed,
)
from messenger.http.endpoints.mails import prove_address
from messenger.http.endpoints.signing_in import SignedIn, sign_in
from messenger.http.plumbing.keys import (
    CLOCK,
    DATABASE,
    DIRECTORY,
    IDENTITY,
    LIMITS,
    PASSWORDS,
    SETTINGS,
    TRAIL,
)
from messenger.http.plumbing.operation import Input, ask, operation
from messenger.http.plumbing.requests import Password, Short, idempotency_key
from messenger.model import SYSTEM, Invite
from messenger.protocol.accounts import AddUser, SetPassword
from messenger.rules import accounts as rules
from messenger.store.rows import invites, users

log = logging.getLogger(__name__)


class Registration(Input, frozen=True, kw_only=True):
    username: Short
    password: Password
    email: Short | None = None
    display_name: Short | None = None
    invite: Short | None = None
    device: Short | None = None
    cookie: bool = False


class Login(Input, frozen=True, kw_only=True):
    """Exactly one of `username`, `email` and `login` (either) says who."""

    password: Password
    username: Short | None = None
    email: Short | None = None
    login: Short | None = None
    device: Short | None = None
    cookie: bool = False


class NewPassword(Input, frozen=True, kw_only=True):
    old: Password
    new: Password


WAY_IN = (InvalidCredentials, RateLimited, Unavailable, ValidationFailed)


# Ways in


@operation(
    "Make an account and sign in",
    tag="auth",
    public=True,
    body=Registration,
    ok=SignedIn,
    status=201,
    errors=(RegistrationClosed, AlreadyExists, RateLimited, Unavailable, ValidationFailed),
)
async def register(request: web.Request, body: Registration) -> web.Response:
    request.app[LIMITS].check_register(request.remote)
    try:
        user_id, password_hash = await add_user(request, body)
    except (AlreadyExists, RegistrationClosed):
        found = await registered_before(request, body)
        if found is None:
            raise
        user_id, password_hash = found
    return await sign_in(request, user_id, password_hash, body.device, body.cookie, 201)


async def add_user(request: web.Request, body: Registration) -> tuple[int, str]:
    """Make the account that was asked for; return its id and its password's hash."""
    invite = await invitation(request, body.invite)
    # Who comes by a mailed invitation has shown that they read mail at its address.
    mailed = invite.email if invite else None
    email = body.email or mailed
    command = rules.kept_account(
        AddUser(
            username=body.username,
            display_name=body.display_name or "",
            email=email,
            email_verified=mailed is not None and email == mailed,
            role=invite.role if invite else "user",
            locale=request.app[SETTINGS].default_locale,
            time_zone="UTC",
            invite_id=invite.id if invite else None,
        ),
        body.password,
    )
    password_hash = await request.app[PASSWORDS].hash(body.password)
    command = replace(command, password_hash=password_hash)
    user = await request.app[DIRECTORY].ask(SYSTEM, command)
    if command.email is not None and not command.email_verified:
        await prove_address(request.app, user.id)
    return user.id, password_hash


async def registered_before(request: web.Request, body: Registration) -> tuple[int, str] | None:
    """Find the account that this request has made before: it has a key, its answer was lost.

    No user is signed in at a registration, so there is no one to store the
    key under; knowing name and password proves as much.
    """
    if idempotency_key(request) is None:
        return None
    username = rules.normal(body.username)
    request.app[LIMITS].check_login(rules.username_key(username), request.remote)
    found = await users.by_login(request.app[DATABASE], username)
    password_hash = found.password_hash if found else None
    matches = await request.app[PASSWORDS].verify(body.password, password_hash)
    if found is None or password_hash is None or not matches or found.disabled:
        return None
    return found.user_id, password_hash


async def invitation(request: web.Request, code: str | None) -> Invite | None:
    """What a code invites to; raises RegistrationClosed where there is no way in."""
    settings, database = request.app[SETTINGS], request.app[DATABASE]
    # Closed is closed, but a first administrator must be able to register.
    if settings.registration == "closed" and await users.administered(database):
        raise RegistrationClosed
    if code is None:
        if settings.registration == "open":
            return None
        raise RegistrationClosed
    invite_id = invites.id_of(settings.secret_key, code)
    invite = invite_id and await invites.find(database, invite_id, request.app[CLOCK]())
    if not invite:
        raise RegistrationClosed("This invitation is used up or has run out; ask for a new one.")
    return invite


@operation(
    "Sign in",
    tag="auth",
    public=True,
    body=Login,
    ok=SignedIn,
    errors=WAY_IN,
)
async def login(request: web.Request, body: Login) -> web.Response:
    given = [name for name in (body.login, body.username, body.email) if name]
    if len(given) != 1:
        raise ValidationFailed("Give one of `username`, `email` or `login`.", field="login")
    name = given[0].strip()
    account = rules.email_key(name) if "@" in name else rules.username_key(name)
    limits = request.app[LIMITS]
    limits.check_login(account, request.remote)
    found = await users.by_login(request.app[DATABASE], name)
    password_hash = found.password_hash if found else None
    matches = await request.app[PASSWORDS].verify(body.password, password_hash)
    if found is None or password_hash is None or found.disabled or not matches:
        user_id = found.user_id if found else None
        log.warning("login refused", extra={"source": request.remote, "user_id": user_id})
        # Never what was typed: it may be a password, in the field above.
        request.app[TRAIL].note("session.refuse", None, subject=user_id)
        raise InvalidCredentials
    signed_in = await sign_in(request, found.user_id, password_hash, body.device, body.cookie)
    limits.succeeded(account, request.remote)
    return signed_in


@operation(
    "Change your password; all other sessions end",
    tag="auth",
    body=NewPassword,
    one_time=True,
    errors=WAY_IN,
)
async def change_password(request: web.Request, body: NewPassword) -> None:
    who, passwords = request[IDENTITY], request.app[PASSWORDS]
    account = f"user {who.user_id}"
    request.app[LIMITS].check_login(account, request.remote)
    me = await users.me(request.app[DATABASE], who.user_id)
    rules.check_password(body.new, who.username, me.email if me else None)
    if who.must_change_password and body.new == body.old:
        raise ValidationFailed("Choose another password than the one you were given.", field="new")
    old_hash = await users.password_hash(request.app[DATABASE], who.user_id)
    if not await passwords.verify(body.old, old_hash):
        # The answer to the first request may have been lost: then the new password is in force.
        if idempotency_key(request) is None or not await passwords.verify(body.new, old_hash):
            raise InvalidCredentials("The old password is wrong.")
        return
    command = SetPassword(
        user_id=who.user_id,
        password_hash=await passwords.hash(body.new),
        keep_session=who.session_id,
    )
    await ask(request, command)
    request.app[LIMITS].succeeded(account, request.remote)
