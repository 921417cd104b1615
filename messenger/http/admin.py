"""What administrators do: accounts, invitations, the audit trail, the state of the instance."""

import base64
import hmac
import secrets
from datetime import timedelta
from importlib.metadata import version
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.auth import derived_key
from messenger.errors import (
    AlreadyExists,
    Forbidden,
    NotFound,
    RegistrationClosed,
    ValidationFailed,
)
from messenger.http.answers import Page
from messenger.http.keys import CLOCK, DATABASE, IDENTITY, PASSWORDS, SETTINGS
from messenger.http.operation import Input, ask, body_of, operation
from messenger.http.reading import Limit, Password, Short, idempotency_key, path_id
from messenger.http.users import change
from messenger.model import Me, Role, User, timestamp
from messenger.protocol.accounts import AddUser, UpdateUser
from messenger.protocol.commands import Cursor
from messenger.protocol.events import API_LEVEL
from messenger.rules import accounts as rules
from messenger.store import audit, invites, users

AccountChange = body_of(
    UpdateUser, only=("display_name", "email", "role", "disabled"), name="AccountChange"
)


class AfterId(Input, frozen=True, kw_only=True):
    """A page of a list by id: `next` of the page before, or nothing for the first."""

    next: Cursor | None = None
    limit: Limit = 50


class NewUser(Input, frozen=True, kw_only=True):
    """Without a password, one is made and answered with."""

    username: Short
    display_name: Short | None = None
    email: Short | None = None
    role: Role = "user"
    password: Password | None = None
    locale: Short | None = None
    time_zone: Short = "UTC"


class AddedUser(msgspec.Struct, frozen=True):
    user: User
    password: str | None


class NewInvite(Input, frozen=True, kw_only=True):
    role: Role = "user"
    uses: Annotated[int, Meta(ge=1, le=1000)] = 1
    days: Annotated[int, Meta(ge=1, le=365)] = 7


class InviteLink(invites.Invite, frozen=True, kw_only=True):
    code: str
    url: str


class Status(audit.Figures, frozen=True, kw_only=True):
    version: str
    api_level: int
    server_time: str
    registration: Literal["open", "invite", "closed"]


@operation("All accounts", tag="admin", admin=True, query=AfterId, ok=Me, page=True)
async def list_users(request: web.Request, query: AfterId) -> Page:
    found = await users.everyone(request.app[DATABASE], query.next or 0, query.limit + 1)
    return page_of(found, query.limit)


def page_of(found: list[Me] | list[audit.AuditEntry], limit: int) -> Page:
    """A page of a list that was read one further than asked, to see whether it goes on."""
    return Page(found[:limit], found[limit - 1].id if len(found) > limit else None)


@operation(
    "Make an account",
    tag="admin",
    admin=True,
    body=NewUser,
    ok=AddedUser,
    status=201,
    errors=(AlreadyExists, ValidationFailed),
)
async def add_user(request: web.Request, body: NewUser) -> AddedUser:
    username = rules.kept_username(body.username)
    display_name = rules.kept_display_name(body.display_name or username)
    locale = body.locale or request.app[SETTINGS].default_locale
    rules.check_locale(locale)
    rules.check_time_zone(body.time_zone)
    email = None if body.email is None else rules.kept_email(body.email)
    if body.password is not None:
        rules.check_password(body.password, username, email)
    made = None if body.password is not None else one_time_password(request, username)
    command = AddUser(
        username=username,
        display_name=display_name,
        email=email,
        role=body.role,
        locale=locale,
        time_zone=body.time_zone,
        password_hash=await request.app[PASSWORDS].hash(body.password or made or ""),
        key=idempotency_key(request),
    )
    return AddedUser(await ask(request, command), made)


def one_time_password(request: web.Request, username: str) -> str:
    """Make a password of 80 bits; a repeat under the same key is told the same one."""
    key = idempotency_key(request)
    random = secrets.token_bytes(10)
    if key is not None:
        secret = derived_key(request.app[SETTINGS].secret_key, "one-time password")
        asked = msgspec.json.encode([request[IDENTITY].user_id, key, username])
        random = hmac.digest(secret, asked, "sha256")[:10]
    text = base64.b32encode(random).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, 16, 4))


@operation(
    "Change an account: name, address, role, or whether it is disabled",
    tag="admin",
    admin=True,
    body=AccountChange,
    ok=Me,
    errors=(NotFound, Forbidden, AlreadyExists, ValidationFailed),
)
async def update_user(request: web.Request, body: msgspec.Struct) -> Me:
    return await change(request, path_id(request), body)


@operation(
    "Invite people",
    tag="admin",
    admin=True,
    body=NewInvite,
    ok=InviteLink,
    status=201,
    errors=(RegistrationClosed, ValidationFailed),
)
async def create_invite(request: web.Request, body: NewInvite) -> InviteLink:
    settings = request.app[SETTINGS]
    if settings.registration == "closed":
        raise RegistrationClosed("Registration is closed here; make the account yourself.")
    made = await invites.create(
        request.app[DATABASE],
        request[IDENTITY].user_id,
        body.role,
        body.uses,
        timedelta(days=body.days),
        request.app[CLOCK](),
        idempotency_key(request),
    )
    code = invites.code_of(settings.secret_key, made.id)
    return InviteLink(
        **msgspec.structs.asdict(made), code=code, url=f"{settings.base_url}/#/invite/{code}"
    )


@operation(
    "Who did what to accounts, the newest first",
    tag="admin",
    admin=True,
    query=AfterId,
    ok=audit.AuditEntry,
    page=True,
)
async def show_audit(request: web.Request, query: AfterId) -> Page:
    before = query.next or 2**53
    found = await audit.newest(request.app[DATABASE], before, query.limit + 1)
    return page_of(found, query.limit)


@operation("The state of the instance", tag="admin", admin=True, ok=Status)
async def show_status(request: web.Request) -> Status:
    now = request.app[CLOCK]()
    figures = await audit.figures(request.app[DATABASE], now)
    return Status(
        **msgspec.structs.asdict(figures),
        version=version("messenger"),
        api_level=API_LEVEL,
        server_time=timestamp(now),
        registration=request.app[SETTINGS].registration,
    )
