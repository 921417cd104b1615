import asyncio
from typing import Any

import pytest

from messenger import errors
from messenger.actors import identities as module
from messenger.actors.directory import Directory
from messenger.actors.identities import Identities
from messenger.decision import Decision, Entry, SessionsRevoked
from messenger.model import SYSTEM, Identity, SessionRevoked
from messenger.protocol import accounts, events

from .cast import Stage, settled
from .memory import Memory, away


@pytest.fixture
def identities(directory: Directory) -> Identities:
    return directory.identities


def revoke(*identities: Identity) -> accounts.RevokeSessions:
    ids = [identity.session_id for identity in identities]
    return accounts.RevokeSessions(user_id=identities[0].user_id, session_ids=ids)


def disable(who: Identity, disabled: bool = True) -> accounts.UpdateUser:
    return accounts.UpdateUser(user_id=who.user_id, disabled=disabled)


def revoke_elsewhere(memory: Memory, *identities: Identity) -> tuple[int, int, int]:
    """Another process ends sessions; returns what it would announce."""
    user_id = identities[0].user_id
    first = memory.tops[user_id].seq + 1
    ids = [identity.session_id for identity in identities]
    entries = [
        Entry(stream=user_id, type="session.revoked", data=SessionRevoked(session_id))
        for session_id in ids
    ]
    decision = Decision(entries=entries, writes=[SessionsRevoked(session_ids=ids)])
    memory.commit_now(decision, memory.clock())
    return user_id, first, memory.tops[user_id].seq


async def count_asked(memory: Memory, work: Any) -> int:
    """How often the store is asked who somebody is while something is done."""
    asked: list[str] = []
    trip = memory.trip

    async def counting(call: str, way: Any) -> None:
        if (call, way) == ("identify", "out"):
            asked.append(call)
        await trip(call, way)

    memory.trip = counting
    await work
    memory.trip = trip
    return len(asked)


# Who is this


async def test_session_is_looked_up_once(
    memory: Memory, identities: Identities, alice: Identity
) -> None:
    session_id = memory.open_session(alice.user_id)
    first = await identities.identify(alice.user_id, session_id)
    assert await count_asked(memory, identities.identify(alice.user_id, session_id)) == 0
    assert await identities.identify(alice.user_id, session_id) is first


async def test_two_requests_at_once_share_one_identity(
    memory: Memory, identities: Identities, alice: Identity
) -> None:
    session_id = memory.open_session(alice.user_id)
    one, other = await asyncio.gather(
        *(identities.identify(alice.user_id, session_id) for _ in range(2))
    )
    assert one is other


async def test_session_that_is_not_there_or_anothers_is_refused(
    identities: Identities, alice: Identity, bob: Identity
) -> None:
    for user_id, session_id in ((alice.user_id, "none"), (alice.user_id, bob.session_id)):
        with pytest.raises(errors.Unauthorized):
            await identities.identify(user_id, session_id)


async def test_only_so_many_identities_are_remembered(
    memory: Memory, identities: Identities, stage: Stage, alice: Identity, bob: Identity,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(module, "REMEMBERED", 3)
    stage.reader(alice)
    for _ in range(5):
        await stage.sign_in(bob.user_id)
    # Whoever has a socket stays, beyond the number if need be.
    assert len(identities.by_session) <= 3 + 1
    assert await count_asked(memory, identities.identify(alice.user_id, alice.session_id)) == 0


# Signing out


async def test_revoked_session_is_refused_and_its_sockets_are_closed(
    stage: Stage, identities: Identities, alice: Identity
) -> None:
    phone_session = await stage.sign_in(alice.user_id)
    laptop, phone = stage.reader(alice), stage.reader(phone_session)
    await stage.ask(alice, revoke(phone_session))
    assert (laptop.closed, phone.closed) == (None, events.UNAUTHORIZED)
    assert phone_session.revoked
    with pytest.raises(errors.Unauthorized):
        await identities.identify(alice.user_id, phone_session.session_id)
    assert await identities.identify(alice.user_id, alice.session_id) is alice


async def test_command_of_a_revoked_session_finds_nothing(
    stage: Stage, lobby: int, alice: Identity
) -> None:
    """Also one that was under way: the identity it carries is the live one."""
    await stage.ask(alice, revoke(alice))
    with pytest.raises(errors.NotFound):
        await stage.send(alice, lobby)


async def test_session_that_ends_while_it_is_looked_up_is_refused(
    stage: Stage, memory: Memory, identities: Identities, alice: Identity
) -> None:
    """What was read is old by the time it arrives; remembered, it would stay good for ever."""
    session_id = memory.open_session(alice.user_id)
    command = accounts.RevokeSessions(user_id=alice.user_id, session_ids=[session_id])
    memory.once("identify", "back", lambda: stage.ask(alice, command))
    with pytest.raises(errors.Unauthorized):
        await identities.identify(alice.user_id, session_id)


async def test_role_that_changes_while_it_is_looked_up_is_the_new_one(
    stage: Stage, memory: Memory, identities: Identities, alice: Identity
) -> None:
    session_id = memory.open_session(alice.user_id)
    command = accounts.UpdateUser(user_id=alice.user_id, role="guest")
    memory.once("identify", "back", lambda: stage.ask(SYSTEM, command))
    assert (await identities.identify(alice.user_id, session_id)).role == "guest"


async def test_all_sessions_ended_elsewhere_at_once_are_over_here(
    stage: Stage, memory: Memory, directory: Directory, identities: Identities, alice: Identity
) -> None:
    """Nobody here reads the person's stream; what its events mean is true all the same."""
    others = [await stage.sign_in(alice.user_id) for _ in range(3)]
    sockets = [stage.reader(identity) for identity in others]
    directory.users.pop(alice.user_id, None)
    directory.streams.by_id.pop(alice.user_id, None)
    directory.streams.learn(*revoke_elsewhere(memory, *others))
    await settled()
    assert [socket.closed for socket in sockets] == [events.UNAUTHORIZED] * 3
    for identity in others:
        with pytest.raises(errors.Unauthorized):
            await identities.identify(identity.user_id, identity.session_id)


async def test_session_ended_while_the_notices_were_lost_is_over(
    stage: Stage, memory: Memory, directory: Directory, identities: Identities, alice: Identity
) -> None:
    request_only, on_socket = await stage.sign_in(alice.user_id), await stage.sign_in(alice.user_id)
    socket = stage.reader(on_socket)
    directory.streams.by_id.pop(alice.user_id, None)
    revoke_elsewhere(memory, request_only, on_socket)
    await directory.streams.look_everywhere()
    assert socket.closed is events.UNAUTHORIZED
    for identity in (request_only, on_socket):
        with pytest.raises(errors.Unauthorized):
            await identities.identify(alice.user_id, identity.session_id)


async def test_session_that_ends_while_everybody_is_looked_up_again_is_no_trouble(
    stage: Stage, memory: Memory, directory: Directory, alice: Identity, bob: Identity
) -> None:
    stage.reader(alice)
    memory.once("identify", "out", lambda: stage.ask(bob, revoke(bob)))
    await directory.streams.look_everywhere()
    assert bob.revoked


async def test_password_with_an_unknown_outcome_still_ends_the_late_sessions(
    stage: Stage, memory: Memory, alice: Identity
) -> None:
    """Somebody signed in with the old password while the new one was on its way."""
    command = accounts.SetPassword(
        user_id=alice.user_id, password_hash="x", keep_session=alice.session_id
    )
    late: list[Identity] = []

    async def sign_in() -> None:
        late.append(await stage.sign_in(alice.user_id))

    memory.once("commit", "back", sign_in)
    memory.once("commit", "back", away)
    await stage.ask(alice, command)
    socket = stage.reader(late[0])
    await settled()
    assert socket.closed is events.UNAUTHORIZED


async def test_new_password_ends_all_other_sessions(stage: Stage, alice: Identity) -> None:
    other = await stage.sign_in(alice.user_id)
    ours, theirs = stage.reader(alice), stage.reader(other)
    command = accounts.SetPassword(
        user_id=alice.user_id, password_hash="x", keep_session=alice.session_id
    )
    await stage.ask(alice, command)
    assert (ours.closed, theirs.closed) == (None, events.UNAUTHORIZED)


# Accounts


async def test_disabled_person_is_cut_off_everywhere(
    stage: Stage, identities: Identities, lobby: int, bob: Identity
) -> None:
    sockets = [stage.reader(bob, lobby), stage.reader(await stage.sign_in(bob.user_id))]
    await stage.ask(SYSTEM, disable(bob))
    assert all(socket.closed is not None for socket in sockets)
    assert bob.disabled
    with pytest.raises(errors.Unauthorized):
        await identities.identify(bob.user_id, bob.session_id)
    with pytest.raises(errors.NotFound):
        await stage.send(bob, lobby)


async def test_enabled_person_has_to_sign_in_again(
    stage: Stage, identities: Identities, bob: Identity
) -> None:
    await stage.ask(SYSTEM, disable(bob))
    await stage.ask(SYSTEM, disable(bob, False))
    with pytest.raises(errors.Unauthorized):
        await identities.identify(bob.user_id, bob.session_id)
    assert (await stage.sign_in(bob.user_id)).role == "user"


async def test_new_role_counts_at_once(stage: Stage, bob: Identity) -> None:
    command = accounts.UpdateUser(user_id=bob.user_id, role="guest")
    await stage.ask(SYSTEM, command)
    assert bob.role == "guest"
    with pytest.raises(errors.Forbidden):
        await stage.make_group(bob)


async def test_last_administrator_stays(stage: Stage) -> None:
    admin = await stage.add("root", "admin")
    with pytest.raises(errors.Forbidden):
        await stage.ask(SYSTEM, disable(admin))
    await stage.add("root2", "admin")
    await stage.ask(SYSTEM, disable(admin))
    assert admin.disabled


async def test_user_name_is_taken_once(stage: Stage) -> None:
    with pytest.raises(errors.AlreadyExists) as refused:
        await stage.add("аlice".replace("а", "a"))
    assert refused.value.details == {"field": "username"}


async def test_guest_is_not_in_the_common_chat(
    stage: Stage, directory: Directory, bob: Identity
) -> None:
    reader = stage.reader(bob, directory.org_id)
    await stage.ask(SYSTEM, accounts.UpdateUser(user_id=bob.user_id, role="guest"))
    assert reader.over == [directory.org_id]
    assert not stage.memory.readable(bob.user_id, directory.org_id)
