"""What a look at one thing of an installation comes to."""

import msgspec


class Check(msgspec.Struct, frozen=True):
    """One thing looked at. `fix` says what to do when it is not well."""

    name: str
    ok: bool
    found: str
    fix: str | None = None
