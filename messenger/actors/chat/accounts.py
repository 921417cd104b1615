"""Accounts, in the `org` chat's log: who is here, under which name, in which role."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET

from messenger import errors
from messenger.actors.chat.entries import direct_entries, join_entry, session_entries, user_entry
from messenger.actors.chat.state import ChatState
from messenger.actors.commands import EndSessions
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import (
    Answer,
    Audited,
    Decision,
    Entry,
    InvitesVoided,
    PrivateSaved,
    SessionsRevoked,
    UserAdded,
    Write,
)
from messenger.model import SYSTEM_ID, Identity, Me, Member, User, timestamp
from messenger.protocol import accounts
from messenger.rules import permissions as rules

PUBLIC = ("display_name", "role", "avatar_url")
PRIVATE = ("email", "locale", "time_zone")
OWN = frozenset({"locale", "time_zone", "avatar_url"})
"""Fields of their own account that users change without a record in the audit."""


class AddFacts(Facts, frozen=True):
    """How many administrators there are, and the ids of the person's stream and notebook."""

    administrators: int
    user_id: int = 0
    notebook_id: int = 0


class UpdateFacts(Facts, frozen=True):
    """The account, how many administrators there are, and the person's open sessions."""

    me: Me
    administrators: int
    sessions: Sequence[str]
    erased: bool = False


async def load_asker(context: ActorContext, who: Identity) -> None:
    """Bring the asker's role up to what is stored at this moment; raises Unauthorized.

    What memory says is a little older: an identity that is not used is forgotten, and not kept
    current.
    """
    if who.user_id == SYSTEM_ID:
        return
    found = await context.store.identify(who.session_id, context.clock())
    if found is None:
        raise errors.Unauthorized()
    who.role = found.role


async def load_add(
    context: ActorContext, state: ChatState, who: Identity, command: accounts.AddUser
) -> AddFacts:
    await load_asker(context, who)
    count = await context.store.administrators() if command.role == "admin" else 0
    return AddFacts(who, context.settings, count)


async def allocate_streams(
    context: ActorContext, state: ChatState, facts: AddFacts, command: accounts.AddUser
) -> AddFacts:
    user_id = await context.store.new_stream("user")
    notebook_id = await context.store.new_stream("chat")
    return msgspec.structs.replace(facts, user_id=user_id, notebook_id=notebook_id)


def add(state: ChatState, facts: AddFacts, command: accounts.AddUser, at: datetime) -> Decision:
    """A new person with their notebook; the first administrator leads the common chat."""
    rules.check_add_user(facts.who)
    moment, id = timestamp(at), facts.user_id
    user = User(
        id=id,
        username=command.username,
        display_name=command.display_name,
        role=command.role,
        created_at=moment,
    )
    joined = Entry(stream=state.id, type="user.joined", subject=id, data=user)
    entries = [joined]
    if command.role != "guest":
        has_owner = any(
            seat.present and seat.member.role == "owner" for seat in state.seats.values()
        )
        role = rules.member_role(command.role, has_owner)
        entries += [join_entry(state.id, id, role, moment), user_entry(state.id, id)]
    entries += direct_entries(facts.notebook_id, id, id, moment)
    writes: list[Write] = [
        UserAdded(user=user, command=command),
        Audited(action="user.add", subject=id, details={"after": made_of(user)}),
    ]
    if command.invite_id is not None:
        details = {"invite": command.invite_id}
        writes.append(Audited(action="invite.use", subject=id, details=details))
    writes += first_administrator(command.role, facts.administrators)
    return Decision(by=facts.maker, entries=entries, writes=writes, answer=Answer.of(joined))


def made_of(user: User) -> dict[str, Any]:
    """What the audit tells of a new account."""
    return {
        "username": user.username, "display_name": user.display_name, "role": user.role,
    }  # fmt: skip


def first_administrator(role: Any, administrators: int) -> list[Write]:
    """With the first administrator, the link that was to make one is void, wherever it is."""
    return [InvitesVoided(maker=None)] if role == "admin" and administrators == 0 else []


async def load_update(
    context: ActorContext, state: ChatState, who: Identity, command: accounts.UpdateUser
) -> UpdateFacts:
    await load_asker(context, who)
    me = await context.store.me(command.user_id)
    if me is None:
        raise errors.NotFound("There is no such person.")
    counts = command.role == "admin" or rules.loses_administrator(me, command)
    administrators = await context.store.administrators() if counts else 0
    sessions = await context.store.sessions(me.id, None) if command.disabled is True else []
    gone = command.erasing or me.disabled_at is not None
    erased = gone and await context.store.erased(me.id)
    return UpdateFacts(who, context.settings, me, administrators, sessions, erased)


def update(
    state: ChatState, facts: UpdateFacts, command: accounts.UpdateUser, at: datetime
) -> Decision:
    me = facts.me
    rules.check_update_user(facts.who, command)
    rules.check_not_erased(facts.erased and not command.erasing)
    rules.check_verified(me, command)
    if rules.loses_administrator(me, command):
        rules.check_administrators_left(facts.administrators)
    moment = timestamp(at)
    public, private = changed_fields(me, command, moment)
    # What signed in while the account was being disabled.
    follow_ups = [EndSessions(user_id=me.id)] if command.disabled is True else []
    first = first_administrator(command.role, facts.administrators)
    if not public and not private:
        answer = Answer(me, subject=("settings.changed", me.id, me.id))
        return Decision(by=facts.maker, writes=first, answer=answer, follow_ups=follow_ups)
    now = msgspec.structs.replace(me, **public, **private)
    changed = Entry(stream=me.id, type="settings.changed", subject=me.id)
    entries = [changed]
    if public:
        user = User(**{name: getattr(now, name) for name in User.__struct_fields__})
        entries.append(Entry(stream=state.id, type="user.updated", subject=me.id, data=user))
    if "role" in public:
        seat = state.seats.get(me.id)
        entries += role_entries(state.id, now, seat.member if seat else None, moment)
    entries += session_entries(me.id, facts.sessions)
    return Decision(
        by=facts.maker,
        entries=entries,
        writes=[*update_writes(facts, now, public, private), *first],
        answer=Answer.of(changed),
        follow_ups=follow_ups,
    )


def changed_fields(
    me: Me, command: accounts.UpdateUser, at: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What becomes different of an account: what others see, and what is private."""
    public, private = (
        {
            name: getattr(command, name)
            for name in names
            if getattr(command, name) not in (UNSET, getattr(me, name))
        }
        for names in (PUBLIC, PRIVATE)
    )
    if "email" in private and me.email_verified_at is not None:
        private["email_verified_at"] = None
    if command.verified_email is not UNSET and me.email_verified_at is None:
        private["email_verified_at"] = at
    if command.disabled is True and me.disabled_at is None:
        public["disabled_at"] = at
    elif command.disabled is False and me.disabled_at is not None:
        public["disabled_at"] = None
    return public, private


def update_writes(
    facts: UpdateFacts, now: Me, public: dict[str, Any], private: dict[str, Any]
) -> list[Write]:
    """The rows beside the events of a changed account."""
    me = facts.me
    writes: list[Write] = []
    if private:
        writes.append(
            PrivateSaved(
                user_id=me.id,
                email=now.email,
                email_verified_at=now.email_verified_at,
                locale=now.locale,
                time_zone=now.time_zone,
            )
        )
    if facts.sessions:
        writes.append(SessionsRevoked(session_ids=list(facts.sessions)))
    changed = {*public, *private}
    if not facts.erased and (facts.maker != me.id or not changed <= OWN):
        details = {"before": told(me, changed), "after": told(now, changed)}
        writes.append(Audited(action="user.update", subject=me.id, details=details))
    if me.role == "admin" and (now.role != "admin" or now.disabled_at is not None):
        writes.append(InvitesVoided(maker=me.id))
    return writes


def told(me: Me, changed: set[str]) -> dict[str, Any]:
    """What the audit tells of these fields; of moments, whether there is one."""
    return {
        name.removesuffix("_at"): getattr(me, name) is not None
        if name.endswith("_at")
        else getattr(me, name)
        for name in sorted(changed)
    }


def role_entries(org_id: int, now: Me, member: Member | None, at: str) -> list[Entry]:
    """What a new role means for the common chat: guests are not in it."""
    if now.role == "guest":
        if member is None or member.left_at is not None:
            return []
        gone = msgspec.structs.replace(member, left_at=at)
        return [
            Entry(stream=org_id, type="member.left", subject=now.id, data=gone),
            user_entry(org_id, now.id, "chat.left"),
        ]
    role = rules.member_role(now.role)
    if member is None or member.left_at is not None:
        return [join_entry(org_id, now.id, role, at), user_entry(org_id, now.id)]
    if member.role == "owner" and now.role == "admin":
        return []
    changed = msgspec.structs.replace(member, role=role)
    return [Entry(stream=org_id, type="member.updated", subject=now.id, data=changed)]


DECIDERS: Deciders = {
    accounts.AddUser: Decider(load_add, add, allocate_streams),
    accounts.UpdateUser: Decider(load_update, update),
}
