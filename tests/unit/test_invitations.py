"""Invitations are changes of the organisation like any other: checked, once per key."""

from datetime import datetime

import pytest

from messenger import errors
from messenger.actors.commands import InviteFirst
from messenger.model import SYSTEM, Identity, Invite
from messenger.protocol.accounts import CreateInvite, RevokeInvite

from .cast import Stage, fresh_key
from .memory import Memory


@pytest.fixture
async def root(stage: Stage) -> Identity:
    return await stage.add("root", role="admin")


async def test_an_invitation_says_who_made_it_and_when_it_runs_out(
    stage: Stage, memory: Memory, root: Identity
) -> None:
    made: Invite = await stage.ask(root, CreateInvite(role="guest", uses=3, days=2))
    assert memory.invites == {made.id: made}
    assert (made.created_by, made.role, made.uses, made.uses_left) == (root.user_id, "guest", 3, 3)
    lifetime = datetime.fromisoformat(made.expires_at) - datetime.fromisoformat(made.created_at)
    assert lifetime.days == 2


async def test_an_invitation_made_again_under_one_key_is_one(
    stage: Stage, memory: Memory, root: Identity
) -> None:
    key = fresh_key()
    made = [await stage.ask(root, CreateInvite(key=key)) for _ in range(2)]
    assert made[0] == made[1]
    with pytest.raises(errors.IdempotencyMismatch):
        await stage.ask(root, CreateInvite(role="guest", key=key))
    assert len(memory.invites) == 1


async def test_only_administrators_invite(stage: Stage, memory: Memory, alice: Identity) -> None:
    for command in (CreateInvite(), RevokeInvite(invite_id=fresh_key())):
        with pytest.raises(errors.Forbidden):
            await stage.ask(alice, command)
    assert memory.invites == {}


async def test_an_invitation_is_taken_back_once(
    stage: Stage, memory: Memory, root: Identity
) -> None:
    made: Invite = await stage.ask(root, CreateInvite())
    for _ in range(2):
        await stage.ask(root, RevokeInvite(invite_id=made.id))
    assert memory.invites[made.id].revoked_at is not None
    with pytest.raises(errors.NotFound):
        await stage.ask(root, RevokeInvite(invite_id=fresh_key()))


async def test_the_first_administrator_is_invited_once_and_while_there_is_none(
    stage: Stage, memory: Memory
) -> None:
    first = await stage.ask(SYSTEM, InviteFirst())
    assert await stage.ask(SYSTEM, InviteFirst()) == first
    assert [invite.role for invite in memory.invites.values()] == ["admin"]
    await stage.add("root", role="admin")
    assert await stage.ask(SYSTEM, InviteFirst()) is None
