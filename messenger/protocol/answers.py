"""What commands are answered with, where that is no subject of the model.

A command names its answer (`answer`): the `data` of its `ack`. A `ping` alone is answered by a
frame of its own, without an `ack` around it.
"""

import msgspec

from messenger.model import My, Presence


class Nothing(msgspec.Struct, frozen=True):
    """An empty object: it is done, and there is nothing to add."""


class Authenticated(msgspec.Struct, frozen=True):
    """Whose socket this is now."""

    user_id: int
    session_id: str


class Watched(msgspec.Struct, frozen=True):
    """The presence of those of them that the asker may see."""

    users: list[Presence]


class MarkedRead(msgspec.Struct, frozen=True):
    """The reader's own state of the chat, after the mark."""

    my: My | None
