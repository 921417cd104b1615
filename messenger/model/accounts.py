"""Accounts: users, their sessions, who acts."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from messenger.model.subject import Subject

Role = Literal["admin", "user", "guest"]


class User(Subject, frozen=True, kw_only=True):
    id: Annotated[int, Meta(description="The person, and the id of their stream.")]
    username: str
    display_name: str
    avatar_url: str | None = None
    role: Annotated[Role, Meta(description="What they may do in the organisation.")]
    created_at: str
    disabled_at: str | None = None
    rev: int = 0


class Me(User, frozen=True, kw_only=True):
    """A user as the person and administrators see them."""

    email: str | None = None
    email_verified_at: Annotated[
        str | None,
        Meta(description="When a mailed link proved the address; null: no mail goes there."),
    ] = None
    locale: str
    time_zone: str


class Invite(msgspec.Struct, frozen=True, kw_only=True):
    id: Annotated[str, Meta(description="The invitation.")]
    role: Role
    created_by: int | None = None
    created_at: str
    expires_at: str
    uses: int
    uses_left: int
    revoked_at: str | None = None
    email: Annotated[
        str | None, Meta(description="Whom it was mailed to; null: nobody, it is handed on.")
    ] = None


class Identity(msgspec.Struct):
    """Who acts, as the server knows them now; never what a token claimed.

    One object per session, kept current for as long as the session lives, so
    that a command in flight sees a changed role or a disabled account.
    """

    user_id: int
    session_id: str
    username: str
    role: Role
    disabled: bool = False
    revoked: bool = False
    must_change_password: bool = False


SYSTEM_ID = 0
SYSTEM = Identity(user_id=SYSTEM_ID, session_id="", username="", role="admin")
"""The server itself: registrations and the command line act in its name (`by` is null)."""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    id: Annotated[str, Meta(description="The session.")]
    device: str
    created_at: str
    last_used_at: str
    expires_at: str
    current: bool = False


class SessionRevoked(msgspec.Struct, frozen=True):
    session_id: str


class ExportReady(msgspec.Struct, frozen=True):
    """The file with all that is theirs can be fetched."""

    bytes: Annotated[int, Meta(description="The size of the file.")]
    until: Annotated[str, Meta(description="When it is removed.")]


class Presence(msgspec.Struct, frozen=True):
    id: Annotated[int, Meta(description="The person.")]
    online: bool
    last_seen_at: str | None = None
