"""Who may change accounts, passwords, sessions and invitations.

The server itself (`SYSTEM`) may all of it; its role is that of an administrator.
"""

from msgspec import UNSET

from messenger.errors import Forbidden, InvalidCredentials
from messenger.model import SYSTEM_ID, Identity, Me, MemberRole, Role
from messenger.protocol.accounts import UpdateUser
from messenger.rules.accounts import check_signed_in, email_key


def is_administrator(who: Identity) -> bool:
    return who.user_id == SYSTEM_ID or who.role == "admin"


def check_add_user(who: Identity) -> None:
    if not is_administrator(who):
        raise Forbidden("Only administrators add people.")


def check_update_user(who: Identity, command: UpdateUser) -> None:
    check_signed_in(who)
    if is_administrator(who):
        return
    if who.user_id != command.user_id:
        raise Forbidden("Only administrators change other people's accounts.")
    if command.role is not UNSET or command.disabled is not UNSET:
        raise Forbidden("Only administrators change roles.")


def check_not_erased(erased: bool) -> None:
    """Refuse to make somebody of an account that is nobody's any more."""
    if erased:
        raise Forbidden("This person was erased: the account is nobody's, and stays so.")


def check_verified(me: Me, command: UpdateUser) -> None:
    """Refuse to call an address proved that is not (any more) the one they have."""
    proved = command.verified_email
    if proved is not UNSET and (me.email is None or email_key(me.email) != email_key(proved)):
        raise InvalidCredentials("This address is not that of the account any more.")


def loses_administrator(me: Me, command: UpdateUser) -> bool:
    """Whether an administrator would be one no more, or could not sign in."""
    is_active = me.role == "admin" and me.disabled_at is None
    return is_active and (command.disabled is True or command.role not in (UNSET, "admin"))


def check_administrators_left(count: int) -> None:
    """Refuse to lose one of so many administrators."""
    if count <= 1:
        raise Forbidden("This is the last administrator; name another one first.")


def check_set_password(who: Identity, user_id: int) -> None:
    if who.user_id != user_id and not is_administrator(who):
        raise Forbidden("Only administrators set other people's passwords.")


def check_end_sessions(who: Identity, user_id: int) -> None:
    if who.user_id != user_id and not is_administrator(who):
        raise Forbidden("Only administrators end other people's sessions.")


def check_invite(who: Identity) -> None:
    if not is_administrator(who):
        raise Forbidden("Only administrators may do this.")


def check_take_over(who: Identity) -> None:
    check_signed_in(who)
    if who.role != "admin":
        raise Forbidden("Only administrators may do this.")


def member_role(role: Role, has_owner: bool = True) -> MemberRole:
    """The role in the common chat: its first administrator owns it, the others are its admins."""
    if role != "admin":
        return "member"
    return "admin" if has_owner else "owner"
