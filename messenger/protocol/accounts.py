"""Changes of accounts, and what else administrators ask for by REST and the command line.

They are no WebSocket frames: a password never travels on a chat's socket. The
public part of a person (`user.joined`, `user.updated`) is decided by the `org`
chat's actor, whose log it stands in; the private part by the person's own.
"""

import hashlib
from typing import Annotated

import msgspec
from msgspec import UNSET, Meta, UnsetType

from messenger.model import Role
from messenger.protocol.command import AccountChange, ChatChange, Id, OrgChange, Uuid


class AddUser(OrgChange, frozen=True, kw_only=True, tag="user.add"):
    """A new account: its stream, its notebook, its place in the `org` chat (guests have none).

    A `one_time` password only opens the way to another one.
    """

    username: str
    display_name: str
    email: str | None = None
    role: Role = "user"
    locale: str
    time_zone: str
    password_hash: str | None = None
    invite_id: Uuid | None = None
    one_time: bool = False
    password_digest: str | None = None
    email_verified: bool = False

    def digest(self) -> bytes:
        """As any command's, but for the hash, which is salted afresh each time.

        `password_digest` stands in for it: slow to compute, keyed, the same for the same request.
        """
        asked = msgspec.structs.replace(self, id=None, key=None, password_hash=None)
        return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()


class UpdateUser(OrgChange, frozen=True, kw_only=True, tag="user.update"):
    """Change what is set. Users may change the first four, administrators all but the locale."""

    user_id: Id
    display_name: str | UnsetType = UNSET
    email: str | UnsetType | None = UNSET
    locale: str | UnsetType = UNSET
    time_zone: str | UnsetType = UNSET
    role: Role | UnsetType = UNSET
    disabled: bool | UnsetType = UNSET
    avatar_url: str | UnsetType | None = UNSET
    verified_email: str | UnsetType = UNSET
    """An address that was proved to be theirs, if it still is the one they have."""
    erasing: bool = False
    """As erasing asks it: of who is erased nothing else is changed any more."""


class SetPassword(AccountChange, frozen=True, kw_only=True, tag="password.set"):
    """Store a new hash and end the person's other sessions (all, when none is kept)."""

    password_hash: str
    keep_session: Uuid | None = None
    one_time: bool = False
    instead_of: str | None = None
    """The hash that it is to replace, and no other (null: whichever)."""


class RevokeSessions(AccountChange, frozen=True, kw_only=True, tag="session.revoke"):
    """End sessions of one person: their tokens, and their open sockets at once."""

    session_ids: Annotated[list[Uuid], Meta(max_length=1000)]


class CreateInvite(OrgChange, frozen=True, kw_only=True, tag="invite.create"):
    """A link that so many people make an account with, for so many days."""

    role: Role = "user"
    uses: Annotated[int, Meta(ge=1, le=1000)] = 1
    days: Annotated[int, Meta(ge=1, le=365)] = 7
    email: str | None = None


class RevokeInvite(OrgChange, frozen=True, kw_only=True, tag="invite.revoke"):
    """Take an invitation back. Twice is once."""

    invite_id: Uuid


class TakeOver(ChatChange, frozen=True, kw_only=True, tag="chat.take_over"):
    """Become the owner of a group that nobody leads any more."""
