"""Accounts, in the `org` chat's log: who is here, under which name, in which role."""

from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import UNSET

from messenger import errors
from messenger.actors.actor import Letter, NoReply
from messenger.actors.chat.membership import direct, joining, told
from messenger.decision import (
    Audited,
    Decision,
    Entry,
    InvitesVoided,
    PrivateSaved,
    SessionsRevoked,
    UserAdded,
    Write,
)
from messenger.model import (
    SYSTEM,
    SYSTEM_ID,
    Me,
    Member,
    MemberRole,
    Role,
    SessionRevoked,
    User,
    timestamp,
)
from messenger.protocol import accounts
from messenger.rules.accounts import check_signed_in

if TYPE_CHECKING:
    from messenger.actors.chat import ChatActor

PUBLIC = ("display_name", "role", "avatar_url")
PRIVATE = ("email", "locale", "time_zone")
OWN = frozenset({"locale", "time_zone", "avatar_url"})
"""What of their own account somebody changes without a record."""


def seat_of(role: Role, led: bool = True) -> MemberRole:
    """Administrators lead the common chat, the first as its owner; all others are simply in it."""
    if role != "admin":
        return "member"
    return "admin" if led else "owner"


def by(letter: Letter) -> int | None:
    user_id = letter.identity.user_id
    return None if user_id == SYSTEM_ID else user_id


async def add(actor: "ChatActor", letter: Letter) -> Decision:
    command: accounts.AddUser = letter.command
    await check_still(actor, letter)
    if letter.identity.role != "admin":
        raise errors.Forbidden("Only administrators add people.")
    id = await actor.store.new_stream("user")
    notebook = await actor.store.new_stream("chat")
    led = any(seat.present and seat.member.role == "owner" for seat in actor.seats.values())
    decision = added(actor.id, id, command, timestamp(actor.now()), by(letter), led)
    entries = [*decision.entries, *direct(notebook, id, id, timestamp(actor.now()))]
    writes = [*decision.writes, *await first_seat(actor, command.role)]
    return msgspec.structs.replace(decision, entries=entries, writes=writes)


async def first_seat(actor: "ChatActor", role: Any) -> list[Write]:
    """With the first administrator, the link that was to make one is void, whoever has it."""
    if role != "admin" or await actor.store.administrators() > 0:
        return []
    return [InvitesVoided(maker=None)]


def added(
    org_id: int, id: int, command: accounts.AddUser, at: str, by: int | None, led: bool
) -> Decision:
    """A new person; the first administrator leads the common chat as its owner."""
    user = User(
        id=id,
        username=command.username,
        display_name=command.display_name,
        role=command.role,
        created_at=at,
    )
    entries = [Entry(stream=org_id, type="user.joined", subject=id, data=user)]
    if command.role != "guest":
        role = seat_of(command.role, led)
        entries += [joining(org_id, id, role, at), told(org_id, id)]
    writes: list[Write] = [
        UserAdded(user=user, command=command),
        Audited(action="user.add", subject=id, details={"role": command.role}),
    ]
    if command.invite_id is not None:
        details = {"invite": command.invite_id}
        writes.append(Audited(action="invite.use", subject=id, details=details))
    return Decision(by=by, entries=entries, writes=writes)


async def update(actor: "ChatActor", letter: Letter) -> Decision:
    command: accounts.UpdateUser = letter.command
    await check_still(actor, letter)
    me = await actor.store.me(command.user_id)
    if me is None:
        raise errors.NotFound("There is no such person.")
    check_update(letter, command)
    if me.role == "admin" and me.disabled_at is None and (
        command.disabled is True or command.role not in (UNSET, "admin")
    ) and await actor.store.administrators() <= 1:  # fmt: skip
        raise errors.Forbidden("This is the last administrator; name another one first.")
    sessions = await actor.store.sessions(me.id, None) if command.disabled is True else []
    member = actor.seats[me.id].member if me.id in actor.seats else None
    at = timestamp(actor.now())
    decision = updated(actor.id, me, member, command, at, by(letter), sessions)
    seat = await first_seat(actor, command.role)
    return msgspec.structs.replace(decision, writes=[*decision.writes, *seat])


async def end_late(actor: "ChatActor", user_id: int) -> None:
    """End what signed in while the account was being disabled."""
    late = await actor.store.sessions(user_id, None)
    if late:
        command = accounts.RevokeSessions(user_id=user_id, session_ids=late)
        actor.directory.send(SYSTEM, command, NoReply())


async def check_still(actor: "ChatActor", letter: Letter) -> None:
    """Refuse who may not act any more, by what is stored at this moment.

    What memory says is a little older: an identity nobody uses is forgotten, and not kept current.
    """
    who = letter.identity
    if who.user_id == SYSTEM_ID:
        return
    found = await actor.store.identify(who.session_id, actor.now())
    if found is None:
        raise errors.Unauthorized()
    who.role = found.role


def check_update(letter: Letter, command: accounts.UpdateUser) -> None:
    who = letter.identity
    check_signed_in(who)
    if who.role == "admin":
        return
    if who.user_id != command.user_id:
        raise errors.Forbidden("Only administrators change other people's accounts.")
    if command.role is not UNSET or command.disabled is not UNSET:
        raise errors.Forbidden("Only administrators change roles.")


def updated(
    org_id: int,
    me: Me,
    member: Member | None,
    command: accounts.UpdateUser,
    at: str,
    by: int | None,
    sessions: list[str],
) -> Decision:
    """What changes of a person; `sessions` end with it when they are disabled."""
    public = {
        name: getattr(command, name)
        for name in PUBLIC
        if getattr(command, name) not in (UNSET, getattr(me, name))
    }
    if command.disabled is True and me.disabled_at is None:
        public["disabled_at"] = at
    elif command.disabled is False and me.disabled_at is not None:
        public["disabled_at"] = None
    private = {
        name: getattr(command, name)
        for name in PRIVATE
        if getattr(command, name) not in (UNSET, getattr(me, name))
    }
    about = ("settings.changed", me.id, me.id)
    if not public and not private:
        return Decision(answer=None, result=me, about=about)
    now = msgspec.structs.replace(me, **public, **private)
    entries = [Entry(stream=me.id, type="settings.changed", subject=me.id)]
    writes: list[Write] = []
    if private:
        writes.append(
            PrivateSaved(user_id=me.id, email=now.email, locale=now.locale, time_zone=now.time_zone)
        )
    if public:
        user = User(**{name: getattr(now, name) for name in User.__struct_fields__})
        entries.append(Entry(stream=org_id, type="user.updated", subject=me.id, data=user))
    if "role" in public:
        entries += seated(org_id, now, member, at)
    if sessions:
        entries += ended(me.id, sessions)
        writes.append(SessionsRevoked(session_ids=sessions))
    if by != me.id or not {*public, *private} <= OWN:
        changes: dict[str, Any] = {"changed": sorted([*public, *private])}
        if "role" in public:
            changes.update(old=me.role, new=now.role)
        writes.append(Audited(action="user.update", subject=me.id, details=changes))
    if me.role == "admin" and (now.role != "admin" or now.disabled_at is not None):
        writes.append(InvitesVoided(maker=me.id))
    return Decision(by=by, entries=entries, writes=writes)


def seated(org_id: int, now: Me, member: Member | None, at: str) -> list[Entry]:
    """What a new role means for the common chat: guests are not in it."""
    if now.role == "guest":
        if member is None or member.left_at is not None:
            return []
        gone = msgspec.structs.replace(member, left_at=at)
        return [
            Entry(stream=org_id, type="member.left", subject=now.id, data=gone),
            told(org_id, now.id, "chat.left"),
        ]
    if member is None or member.left_at is not None:
        return [joining(org_id, now.id, seat_of(now.role), at), told(org_id, now.id)]
    if member.role == "owner" and now.role == "admin":
        return []
    changed = msgspec.structs.replace(member, role=seat_of(now.role))
    return [Entry(stream=org_id, type="member.updated", subject=now.id, data=changed)]


def ended(user_id: int, sessions: list[str]) -> list[Entry]:
    return [
        Entry(stream=user_id, type="session.revoked", data=SessionRevoked(session_id))
        for session_id in sessions
    ]
