"""The organisation itself: what everybody may know of it, and what administrators set."""

from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta, UnsetType

from messenger.errors import RateLimited, RegistrationClosed, Unavailable, ValidationFailed
from messenger.http.endpoints.accounts import invitation
from messenger.http.plumbing.keys import CLOCK, IDENTITY, LIMITS, ORGANISATION, SETTINGS
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Short
from messenger.model import Accent, Known, Role
from messenger.public import known as known_of
from messenger.rules import accounts as rules
from messenger.store.rows.organisation import Organisation, Step


class OrganisationChange(Input, frozen=True, kw_only=True):
    name: Annotated[
        Short | UnsetType, Meta(description="The organisation's name; empty takes it away.")
    ] = UNSET
    accent: Accent | UnsetType = UNSET
    locale: Annotated[
        Literal["ru", "en"] | UnsetType | None,
        Meta(description="The language of users who have chosen none; null: the server's."),
    ] = UNSET
    setup: Step | UnsetType = UNSET


class GivenInvite(Input, frozen=True, kw_only=True):
    invite: Short


class GoodInvite(msgspec.Struct, frozen=True, kw_only=True):
    role: Annotated[Role, Meta(description="What who comes by it will be.")]
    expires_at: str


async def known(app: web.Application) -> Known:
    return known_of(app[SETTINGS], await app[ORGANISATION].current())


@operation("What everybody may know of the organisation", tag="auth", public=True, ok=Known)
async def show(request: web.Request) -> Known:
    return await known(request.app)


@operation("The organisation, as administrators set it", tag="admin", admin=True, ok=Organisation)
async def show_settings(request: web.Request) -> Organisation:
    return await request.app[ORGANISATION].current()


@operation(
    "Name the organisation, choose its colour and language, go on setting it up",
    tag="admin",
    admin=True,
    body=OrganisationChange,
    ok=Organisation,
    errors=(ValidationFailed, Unavailable),
)
async def change(request: web.Request, body: OrganisationChange) -> Organisation:
    changes = {
        field: value for field, value in msgspec.structs.asdict(body).items() if value is not UNSET
    }
    if "name" in changes:
        changes["name"] = changes["name"].strip()
        rules.check_organisation_name(changes["name"])
    by, now = request[IDENTITY].user_id, request.app[CLOCK]()
    return await request.app[ORGANISATION].change(changes, by, now)


@operation(
    "Whether an invitation is still good, before a form is filled in",
    tag="auth",
    public=True,
    body=GivenInvite,
    ok=GoodInvite,
    errors=(RegistrationClosed, RateLimited, Unavailable, ValidationFailed),
)
async def check_invite(request: web.Request, body: GivenInvite) -> GoodInvite:
    request.app[LIMITS].check_invite(request.remote)
    invite = await invitation(request, body.invite)
    assert invite is not None
    return GoodInvite(role=invite.role, expires_at=invite.expires_at)
