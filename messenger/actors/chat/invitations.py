"""Invitations: decided by the `org` chat's actor, like all that concerns accounts."""

import uuid
from datetime import datetime, timedelta

import msgspec

from messenger import errors
from messenger.actors.chat.accounts import load_asker
from messenger.actors.chat.state import ChatState
from messenger.actors.commands import InviteFirst
from messenger.actors.context import ActorContext
from messenger.actors.deciding import Decider, Deciders, Facts
from messenger.decision import Answer, Audited, Decision, InviteCreated, InviteRevoked
from messenger.model import Identity, Invite, timestamp
from messenger.protocol.accounts import CreateInvite, RevokeInvite
from messenger.rules import permissions as rules
from messenger.storage import FirstInvite


class CreateFacts(Facts, frozen=True):
    invite_id: str = ""


class FirstFacts(CreateFacts, frozen=True, kw_only=True):
    first: FirstInvite


class RevokeFacts(Facts, frozen=True):
    invite: Invite | None


def invite_id(user_id: int, key: str | None) -> str:
    """The id of a new invitation. The request's key decides it: a repeat finds what was made."""
    return str(uuid.uuid4() if key is None else uuid.uuid5(uuid.NAMESPACE_OID, f"{user_id} {key}"))


async def allocate_invite(
    context: ActorContext, state: ChatState, facts: CreateFacts, command: CreateInvite | InviteFirst
) -> CreateFacts:
    id = invite_id(facts.who.user_id, command.key)
    return msgspec.structs.replace(facts, invite_id=id)


async def load_create(
    context: ActorContext, state: ChatState, who: Identity, command: CreateInvite
) -> CreateFacts:
    await load_asker(context, who)
    return CreateFacts(who, context.settings)


def create(state: ChatState, facts: CreateFacts, command: CreateInvite, at: datetime) -> Decision:
    rules.check_invite(facts.who)
    invite = Invite(
        id=facts.invite_id,
        role=command.role,
        created_by=facts.maker,
        created_at=timestamp(at),
        expires_at=timestamp(at + timedelta(days=command.days)),
        uses=command.uses,
        uses_left=command.uses,
        email=command.email,
    )
    after = {"role": invite.role, "uses": invite.uses, "expires_at": invite.expires_at}
    if invite.email is not None:
        after["email"] = invite.email
    details: dict[str, object] = {"invite": invite.id, "after": after}
    return Decision(
        by=facts.maker,
        writes=[InviteCreated(invite=invite), Audited(action="invite.create", details=details)],
        answer=Answer(invite),
    )


async def load_first(
    context: ActorContext, state: ChatState, who: Identity, command: InviteFirst
) -> FirstFacts:
    first = await context.store.first_invite(context.clock())
    return FirstFacts(who, context.settings, first=first)


def invite_first(
    state: ChatState, facts: FirstFacts, command: InviteFirst, at: datetime
) -> Decision:
    if facts.first.administered or facts.first.invite_id is not None:
        rules.check_invite(facts.who)
        return Decision(answer=Answer(facts.first.invite_id))
    decision = create(state, facts, CreateInvite(role="admin"), at)
    return msgspec.structs.replace(decision, answer=Answer(facts.invite_id))


async def load_revoke(
    context: ActorContext, state: ChatState, who: Identity, command: RevokeInvite
) -> RevokeFacts:
    await load_asker(context, who)
    return RevokeFacts(who, context.settings, await context.store.invite(command.invite_id))


def revoke(state: ChatState, facts: RevokeFacts, command: RevokeInvite, at: datetime) -> Decision:
    rules.check_invite(facts.who)
    if facts.invite is None:
        raise errors.NotFound("There is no such invitation.")
    if facts.invite.revoked_at is not None:
        return Decision()
    details = {"invite": facts.invite.id}
    return Decision(
        by=facts.maker,
        writes=[
            InviteRevoked(invite_id=facts.invite.id),
            Audited(action="invite.revoke", details=details),
        ],
    )


DECIDERS: Deciders = {
    CreateInvite: Decider(load_create, create, allocate_invite),
    InviteFirst: Decider(load_first, invite_first, allocate_invite),
    RevokeInvite: Decider(load_revoke, revoke),
}
