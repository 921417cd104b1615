"""Erasing a person, for administrators."""

from contextlib import suppress
from typing import Annotated, Literal

from aiohttp import web
from msgspec import Meta

from messenger.errors import AlreadyExists, Forbidden, NotFound, ValidationFailed
from messenger.http.plumbing.keys import CLOCK, DATABASE, DIRECTORY, IDENTITY, SCHEDULE, SETTINGS
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import path_id
from messenger.jobs.erasing import JOB, Erasing
from messenger.model import Me
from messenger.store.rows import users


class EraseUser(Input, frozen=True, kw_only=True):
    """It cannot be taken back."""

    messages: Annotated[
        Literal["keep", "remove"],
        Meta(description='`keep`: they stay, under "deleted account"; `remove`: all are deleted.'),
    ]


@operation(
    "Erase a person: all that is theirs alone goes, and cannot be brought back",
    tag="admin",
    admin=True,
    body=EraseUser,
    ok=Me,
    status=202,
    errors=(NotFound, Forbidden, ValidationFailed),
)
async def erase_user(request: web.Request, body: EraseUser) -> Me:
    app, id = request.app, path_id(request)
    database = app[DATABASE]
    erasing = Erasing(database, app[DIRECTORY], app[SETTINGS].default_locale, app[CLOCK])
    by = request[IDENTITY].user_id
    await erasing.begin(id, body.messages, by)
    with suppress(AlreadyExists):
        # What runs already has read its list: then it is the next one's, in ten minutes.
        app[SCHEDULE].run_now(JOB, by)
    me = await users.me(database, id)
    assert me is not None
    return me
