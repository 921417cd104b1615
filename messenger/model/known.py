"""What every client is told of the server: who runs it, and the settings that it keeps to."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Accent = Literal["teal", "blue", "violet", "rose", "amber", "graphite"]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """What strangers may know: it stands at the door."""

    name: Annotated[str, Meta(description="The organisation's name; empty: it has none yet.")]
    accent: Accent
    locale: Annotated[str, Meta(description="The language of users who have chosen none.")]


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
