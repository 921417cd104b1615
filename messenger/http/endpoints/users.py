"""People: the current user, searching, and looking others up."""

from typing import Annotated, Any

import msgspec
from aiohttp import web
from msgspec import UNSET, Meta

from messenger.errors import AlreadyExists, NotFound, ValidationFailed
from messenger.http.endpoints.mails import prove_address
from messenger.http.plumbing.keys import DATABASE, IDENTITY
from messenger.http.plumbing.operation import Input, ask, body_of, operation
from messenger.http.plumbing.requests import Limit, idempotency_key, path_id
from messenger.http.plumbing.responses import Page
from messenger.model import Me, NotifySettings, SavedSearches, User
from messenger.protocol.accounts import UpdateUser
from messenger.protocol.command import Id
from messenger.rules import accounts as rules
from messenger.store.rows import saved_searches, users

ProfileChange = body_of(
    UpdateUser, only=("display_name", "email", "locale", "time_zone"), name="ProfileChange"
)
CHECKS = {
    "locale": rules.check_locale,
    "time_zone": rules.check_time_zone,
}
KEPT = {"display_name": rules.kept_display_name, "email": rules.kept_email}


class UserSearch(Input, frozen=True, kw_only=True):
    query: Annotated[str, Meta(max_length=64)] = ""
    limit: Limit = 50


class UserBatch(Input, frozen=True, kw_only=True):
    ids: Annotated[list[Id], Meta(max_length=200)]


@operation("The current user, with private settings", tag="users", ok=Me)
async def show_me(request: web.Request) -> Me:
    found = await users.me(request.app[DATABASE], request[IDENTITY].user_id)
    if found is None:
        raise NotFound
    return found


@operation("What may notify you", tag="users", ok=NotifySettings)
async def show_notifications(request: web.Request) -> NotifySettings:
    return await users.notifications(request.app[DATABASE], request[IDENTITY].user_id)


@operation("The searches and views of tasks that you keep", tag="users", ok=SavedSearches)
async def show_searches(request: web.Request) -> SavedSearches:
    return await saved_searches.kept(request.app[DATABASE], request[IDENTITY].user_id)


@operation(
    "Change your name, address or settings",
    tag="users",
    body=ProfileChange,
    ok=Me,
    errors=(AlreadyExists, ValidationFailed),
)
async def update_me(request: web.Request, body: msgspec.Struct) -> Me:
    return await change(request, request[IDENTITY].user_id, body)


async def change(request: web.Request, user_id: int, body: msgspec.Struct) -> Me:
    """Ask for what a body sets of a user; raises ValidationFailed for what may not be."""
    command = UpdateUser(user_id=user_id, key=idempotency_key(request), **checked_changes(body))
    changed: Me = await ask(request, command)
    if command.email is not UNSET and changed.email_verified_at is None:
        await prove_address(request.app, user_id)
    return changed


def checked_changes(body: msgspec.Struct) -> dict[str, Any]:
    given = msgspec.structs.asdict(body)
    values = {name: value for name, value in given.items() if value is not UNSET}
    for name, check in CHECKS.items():
        if values.get(name) is not None:
            check(values[name])
    for name, kept in KEPT.items():
        if values.get(name) is not None:
            values[name] = kept(values[name])
    return values


@operation(
    "Find people by a part of their names",
    tag="users",
    query=UserSearch,
    ok=User,
    page=True,
)
async def search_users(request: web.Request, query: UserSearch) -> Page:
    text = query.query.strip()
    return Page(await users.search(request.app[DATABASE], request[IDENTITY], text, query.limit))


@operation(
    "Look several people up; who may not be seen is left out",
    tag="users",
    body=UserBatch,
    ok=User,
    page=True,
)
async def find_users(request: web.Request, body: UserBatch) -> Page:
    return Page(await users.seen(request.app[DATABASE], request[IDENTITY], body.ids))


@operation("One person", tag="users", ok=User, errors=(NotFound,))
async def show_user(request: web.Request) -> User:
    found = await users.seen(request.app[DATABASE], request[IDENTITY], [path_id(request)])
    if not found:
        raise NotFound("There is no such person.")
    return found[0]
