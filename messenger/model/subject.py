"""What an event of a chat carries."""

import msgspec


class Subject(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What an event of a chat carries; its `rev` is the `seq` of its last change."""
