"""Settings that administrators change while the server runs."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from messenger.errors import Forbidden, Unavailable, ValidationFailed
from messenger.http.plumbing.keys import CLOCK, IDENTITY, RUNTIME
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Short
from messenger.runtime import RuntimeSetting


class SettingsChange(Input, frozen=True, kw_only=True):
    settings: Annotated[
        dict[str, Short | None],
        Meta(
            min_length=1,
            max_length=50,
            description="By name what each is to be, as in the environment; null: the default.",
        ),
    ]


@operation(
    "The settings that may change while the server runs", tag="admin", admin=True,
    ok=list[RuntimeSetting],
)  # fmt: skip
async def list_settings(request: web.Request) -> list[RuntimeSetting]:
    return request.app[RUNTIME].all()


@operation(
    "Change such settings: they hold at once, and after every start",
    note="All of them or none. What the environment says is locked: 422, as for a value that is of"
    " no use; `details.field` names the setting.",
    tag="admin",
    admin=True,
    body=SettingsChange,
    ok=list[RuntimeSetting],
    errors=(Forbidden, ValidationFailed, Unavailable),
)
async def change_settings(request: web.Request, body: SettingsChange) -> list[RuntimeSetting]:
    by, now = request[IDENTITY].user_id, request.app[CLOCK]()
    return await request.app[RUNTIME].change(body.settings, by, now)
