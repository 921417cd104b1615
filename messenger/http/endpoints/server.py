"""What a client has to know of a server before anybody is signed in, and what it can install."""

from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.http.plumbing.keys import OFFERED, ORGANISATION, SETTINGS
from messenger.http.plumbing.operation import operation
from messenger.installers import Installer
from messenger.model import PublicSettings
from messenger.protocol.events import API_LEVEL
from messenger.public import public_settings


class ServerKnown(msgspec.Struct, frozen=True, kw_only=True):
    """`installers` are fetched from `/downloads/NAME`."""

    product: Annotated[
        Literal["messenger"], Meta(description="By this a client knows that it is one.")
    ]
    api_level: Annotated[int, Meta(description="As in `connection.welcome`.")]
    settings: Annotated[PublicSettings, Meta(description="What clients keep to.")]
    installers: Annotated[
        list[Installer], Meta(description="The desktop programs that are offered here.")
    ]


@operation(
    "That this is a Messenger, what a client must know of it, and its desktop programs",
    tag="auth",
    public=True,
    ok=ServerKnown,
)
async def show_server(request: web.Request) -> ServerKnown:
    organisation = await request.app[ORGANISATION].current()
    return ServerKnown(
        product="messenger",
        api_level=API_LEVEL,
        settings=public_settings(request.app[SETTINGS], organisation),
        installers=request.app[OFFERED].current().installers,
    )
