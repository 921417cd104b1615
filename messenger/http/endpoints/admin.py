"""What administrators do: accounts, invitations, the state of the instance."""

import hmac
from datetime import datetime
from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta
from msgspec.structs import replace

from messenger.auth import derived_key, one_time_password
from messenger.errors import (
    AlreadyExists,
    Forbidden,
    NotFound,
    RegistrationClosed,
    Unavailable,
    ValidationFailed,
)
from messenger.http.endpoints.mails import prove_address
from messenger.http.endpoints.users import change
from messenger.http.plumbing.keys import CLOCK, DATABASE, IDENTITY, MAIL, PASSWORDS, SETTINGS
from messenger.http.plumbing.operation import Input, ask, body_of, operation
from messenger.http.plumbing.requests import (
    Limit,
    Password,
    Short,
    idempotency_key,
    path_id,
    path_value,
)
from messenger.http.plumbing.responses import Page
from messenger.model import Invite, Me, Role, User, timestamp
from messenger.protocol.accounts import AddUser, CreateInvite, RevokeInvite, UpdateUser
from messenger.protocol.command import Cursor, Uuid
from messenger.protocol.events import API_LEVEL
from messenger.rules import accounts as rules
from messenger.store.reads import mailing
from messenger.store.rows import instance_figures, invites, users

AccountChange = body_of(
    UpdateUser, only=("display_name", "email", "role", "disabled"), name="AccountChange"
)


class AfterId(Input, frozen=True, kw_only=True):
    """A page of a list by id: `next` of the page before, or nothing for the first."""

    next: Cursor | None = None
    limit: Limit = 50


class NewUser(Input, frozen=True, kw_only=True):
    """Without a password one is made and answered with: good once, to choose another with."""

    username: Short
    display_name: Short | None = None
    email: Short | None = None
    role: Role = "user"
    password: Password | None = None
    locale: Short | None = None
    time_zone: Short = "UTC"


class AddedUser(msgspec.Struct, frozen=True):
    """`password` is null where one was given, and on a repeat once it was changed."""

    user: User
    password: Annotated[
        str | None, Meta(description="The one-time password, where none was given.")
    ]


class NewInvite(Input, frozen=True, kw_only=True):
    role: Role = "user"
    uses: Annotated[int, Meta(ge=1, le=1000)] = 1
    days: Annotated[int, Meta(ge=1, le=365)] = 7
    email: Annotated[
        Short | None, Meta(description="Mail it there; then it is for one person alone.")
    ] = None


class InviteLink(Invite, frozen=True, kw_only=True):
    code: Annotated[str, Meta(description="The code to register with.")]
    url: str


class ListedInvite(invites.Listed, frozen=True, kw_only=True):
    """An invitation as administrators see it: its link is there while it is good."""

    code: str | None
    url: str | None


class AfterInvite(Input, frozen=True, kw_only=True):
    good: Annotated[bool, Meta(description="Only those that can be used still.")] = False
    next: Uuid | None = None
    limit: Limit = 50


class Status(instance_figures.Figures, frozen=True, kw_only=True):
    version: Annotated[str, Meta(description="The version of the server.")]
    api_level: int
    server_time: str
    registration: Literal["open", "invite", "closed"]


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
    key, passwords = idempotency_key(request), request.app[PASSWORDS]
    command = rules.kept_account(
        AddUser(
            username=body.username,
            display_name=body.display_name or "",
            email=body.email,
            role=body.role,
            locale=body.locale or request.app[SETTINGS].default_locale,
            time_zone=body.time_zone,
            one_time=body.password is None,
            key=key,
        ),
        body.password,
    )
    username = command.username
    made = None if body.password is not None else new_password(request, username)
    digest = None
    if key is not None and body.password is not None:
        digest = await passwords.digest(
            body.password, request_secret(request, "password digest", username)
        )
    password_hash = await passwords.hash(body.password or made or "")
    command = replace(command, password_hash=password_hash, password_digest=digest)
    user: User = await ask(request, command)
    if command.email is not None:
        await prove_address(request.app, user.id)
    if made is not None and key is not None:
        # A repeat: it may have been changed since, and is no password any more.
        now = await users.password_hash(request.app[DATABASE], user.id)
        made = made if await passwords.verify(made, now) else None
    return AddedUser(user, made)


def request_secret(request: web.Request, purpose: str, username: str) -> bytes:
    """32 bytes: the same for a repeat of the request under its key, others for any other."""
    secret = derived_key(request.app[SETTINGS].secret_key, purpose)
    asked = [request[IDENTITY].user_id, idempotency_key(request), username]
    return hmac.digest(secret, msgspec.json.encode(asked), "sha256")


def new_password(request: web.Request, username: str) -> str:
    """Make a one-time password; a repeat under the same key is told the same one."""
    if idempotency_key(request) is None:
        return one_time_password()
    return one_time_password(request_secret(request, "one-time password", username)[:10])


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
    errors=(RegistrationClosed, AlreadyExists, ValidationFailed, Unavailable),
)
async def create_invite(request: web.Request, body: NewInvite) -> InviteLink:
    settings = request.app[SETTINGS]
    if settings.registration == "closed":
        raise RegistrationClosed("Registration is closed here; make the account yourself.")
    email = None if body.email is None else await address_of(request, body)
    command = CreateInvite(
        role=body.role, uses=body.uses, days=body.days, email=email, key=idempotency_key(request)
    )
    invite: Invite = await ask(request, command)
    asking = request.app[MAIL].asking
    if asking is not None and email is not None:
        until = datetime.fromisoformat(invite.expires_at)
        if not await asking.invite(invite.id, email, until):
            raise Unavailable("Too many mails wait; hand the link on yourself.")
    code = invites.code_of(settings.secret_key, invite.id)
    return InviteLink(
        **msgspec.structs.asdict(invite), code=code, url=invites.link(settings.base_url, code)
    )


async def address_of(request: web.Request, body: NewInvite) -> str:
    """The address to mail an invitation to; raises ValidationFailed or AlreadyExists."""
    if request.app[MAIL].asking is None:
        raise ValidationFailed("This server sends no mail; hand the link on.", field="email")
    if body.uses != 1:
        raise ValidationFailed("An invitation by mail is for one person.", field="uses")
    email = rules.kept_email(body.email or "")
    rules.check_mailable(email)
    if await mailing.email_taken(request.app[DATABASE], email):
        raise AlreadyExists("Somebody with this address has an account already.", field="email")
    return email


@operation(
    "All invitations, the newest first, with who came by them",
    tag="admin",
    admin=True,
    query=AfterInvite,
    ok=ListedInvite,
    page=True,
)
async def list_invites(request: web.Request, query: AfterInvite) -> Page:
    settings, now = request.app[SETTINGS], request.app[CLOCK]()
    found = await invites.page(request.app[DATABASE], query.next, query.limit, now, query.good)
    listed = []
    for each in found.items:
        code = invites.code_of(settings.secret_key, each.id) if each.good else None
        url = None if code is None else invites.link(settings.base_url, code)
        listed.append(ListedInvite(**msgspec.structs.asdict(each), code=code, url=url))
    return Page(listed, listed[-1].id if found.more else None)


@operation(
    "Take an invitation back: it cannot be used any more",
    tag="admin",
    admin=True,
    path={"id": Uuid},
    errors=(NotFound,),
)
async def revoke_invite(request: web.Request) -> None:
    await ask(request, RevokeInvite(invite_id=path_value(request, "id", Uuid)))


@operation("The state of the instance", tag="admin", admin=True, ok=Status)
async def show_status(request: web.Request) -> Status:
    from importlib.metadata import version

    now = request.app[CLOCK]()
    figures = await instance_figures.figures(request.app[DATABASE], now)
    return Status(
        **msgspec.structs.asdict(figures),
        version=version("messenger"),
        api_level=API_LEVEL,
        server_time=timestamp(now),
        registration=request.app[SETTINGS].registration,
    )
