"""What a client has to know of a server before anybody is signed in, and what it can install."""

from typing import Annotated, Literal

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.config import Settings
from messenger.http.endpoints.organisation import Known, known
from messenger.http.plumbing.keys import OFFERED, SETTINGS
from messenger.http.plumbing.operation import operation
from messenger.installers import Installer
from messenger.protocol.events import API_LEVEL
from messenger.rules.chats import COMMON_TITLES


class PublicSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The settings that clients keep to."""

    organisation: Annotated[Known, Meta(description="What everybody may know of it.")]
    default_locale: Annotated[
        str, Meta(description="The language of who has chosen none: `ru` or `en`.")
    ]
    common_titles: Annotated[
        list[str], Meta(description="What the common chat is called until somebody names it.")
    ]
    registration: Annotated[str, Meta(description="Who may register: `REGISTRATION`.")]
    direct_chats: Annotated[bool, Meta(description="Whether two may have a chat: `DIRECT_CHATS`.")]
    mail: Annotated[bool, Meta(description="Whether the server sends mail, also new passwords.")]
    message_max_length: Annotated[int, Meta(description="Characters: `MESSAGE_MAX_LENGTH`.")]
    file_max_bytes: Annotated[int, Meta(description="Of one file: `FILE_MAX_BYTES`.")]
    zip_max_bytes: Annotated[int, Meta(description="Of an archive: `ZIP_MAX_BYTES`.")]


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


def public_settings(settings: Settings, organisation: Known) -> PublicSettings:
    return PublicSettings(
        organisation=organisation,
        default_locale=organisation.locale,
        common_titles=sorted(COMMON_TITLES.values()),
        registration=settings.registration,
        direct_chats=settings.direct_chats,
        mail=settings.smtp_url is not None,
        message_max_length=settings.message_max_length,
        file_max_bytes=settings.file_max_bytes,
        zip_max_bytes=settings.zip_max_bytes,
    )


@operation(
    "That this is a Messenger, what a client must know of it, and its desktop programs",
    tag="auth",
    public=True,
    ok=ServerKnown,
)
async def show_server(request: web.Request) -> ServerKnown:
    organisation = await known(request.app)
    return ServerKnown(
        product="messenger",
        api_level=API_LEVEL,
        settings=public_settings(request.app[SETTINGS], organisation),
        installers=request.app[OFFERED].current().installers,
    )
