import asyncio
from typing import Any

import pytest

from messenger import errors
from messenger.actors import identities as module
from messenger.actors.directory import Directory
from messenger.actors.identities import Identities
from messenger.actors.presence import AWAY_AFTER, Presence
from messenger.decision import Decision, Entry, SessionsRevoked
from messenger.model import SYSTEM, Identity, SessionRevoked
from messenger.protocol import accounts, commands, connection, events
from messenger.ws import resume
from messenger.ws.session import Session

from .cast import Reader, Stage, settled
from .memory import Memory, away


@pytest.fixture
def identities(directory: Directory) -> Identities:
    return directory.identities


@pytest.fixture
def presence(directory: Directory) -> Presence:
    return directory.presence


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


# One's own settings


@pytest.mark.parametrize(
    "until", ["tomorrow", "2026-12-01", "2026-12-01T09:00:00", "0001-01-01T00:00:00+23:59", ""]
)
async def test_only_a_moment_mutes(stage: Stage, lobby: int, alice: Identity, until: str) -> None:
    command = commands.SetNotify(chat_id=lobby, level="none", until=until)
    with pytest.raises(errors.ValidationFailed):
        await stage.ask(alice, command)


async def test_settings_of_a_chat_are_told_to_ones_devices_alone(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    own, others = stage.reader(alice, alice.user_id), stage.reader(bob, lobby, bob.user_id)
    await stage.ask(alice, commands.SetNotify(chat_id=lobby, level="mentions"))
    await stage.ask(alice, commands.SetDraft(chat_id=lobby, text="dear bob"))
    await own.expect("notify.changed", notify="mentions")
    await own.expect("draft.changed", draft="dear bob", notify="mentions")
    await others.expect_nothing()


async def test_a_chat_is_pinned_and_marked_as_unread_each_for_itself(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    own, others = stage.reader(alice, alice.user_id), stage.reader(bob, lobby, bob.user_id)
    await stage.ask(alice, commands.SetDraft(chat_id=lobby, text="dear bob"))
    pinned = await stage.ask(alice, commands.SetListing(chat_id=lobby, pinned=True))
    assert pinned.pinned_at is not None
    marked = await stage.ask(alice, commands.SetListing(chat_id=lobby, unread=True))
    assert (marked.pinned_at, marked.draft) == (pinned.pinned_at, "dear bob")
    assert (marked.marked_unread, marked.unread) == (True, pinned.unread)
    await own.expect("listing.changed", marked_unread=False, draft="dear bob")
    await own.expect("listing.changed", marked_unread=True)
    again = await stage.ask(alice, commands.SetListing(chat_id=lobby, pinned=True, unread=True))
    assert again == marked
    bare = await stage.ask(alice, commands.SetListing(chat_id=lobby, pinned=False, unread=False))
    assert (bare.pinned_at, bare.marked_unread) == (None, False)
    await others.expect_nothing()


async def test_settings_of_a_chat_one_is_not_in_are_not_found(
    stage: Stage, lobby: int, carol: Identity
) -> None:
    with pytest.raises(errors.NotFound):
        await stage.ask(carol, commands.SetDraft(chat_id=lobby, text="hm"))


# Presence


def watch(stage: Stage, who: Identity, *whom: Identity) -> Reader:
    reader = stage.reader(who)
    stage.directory.presence.watch(reader, (), [identity.user_id for identity in whom])
    return reader


async def test_first_socket_is_arrival_and_last_is_leaving(
    stage: Stage, presence: Presence, alice: Identity, bob: Identity
) -> None:
    watcher = watch(stage, bob, alice)
    sockets = [stage.reader(alice), stage.reader(alice)]
    await watcher.expect("presence", id=alice.user_id, online=True)
    presence.left(sockets[0], ())
    await asyncio.sleep(AWAY_AFTER + 1)
    await watcher.expect_nothing("presence")
    presence.left(sockets[1], ())
    gone = await watcher.expect("presence", id=alice.user_id, online=False)
    assert gone["last_seen_at"] is not None
    await watcher.expect_nothing("presence")


async def test_reconnect_is_no_absence(
    stage: Stage, presence: Presence, alice: Identity, bob: Identity
) -> None:
    watcher, socket = watch(stage, bob, alice), stage.reader(alice)
    await watcher.expect("presence", online=True)
    for _ in range(5):
        presence.left(socket, ())
        await asyncio.sleep(AWAY_AFTER - 1)
        presence.arrived(socket)
        await asyncio.sleep(0.5)
    await watcher.expect_nothing("presence")


async def test_grace_begins_anew_with_every_leaving(
    stage: Stage, presence: Presence, alice: Identity
) -> None:
    socket = stage.reader(alice)
    presence.left(socket, ())
    await asyncio.sleep(1)
    presence.arrived(socket)
    await asyncio.sleep(2)
    presence.left(socket, ())
    await asyncio.sleep(AWAY_AFTER - 1)
    assert presence.online(alice.user_id)
    await asyncio.sleep(2)
    assert not presence.online(alice.user_id)


async def test_late_timer_of_a_leaving_does_not_forget_who_is_here(
    stage: Stage, presence: Presence, alice: Identity
) -> None:
    """Else a revoked session would keep its socket: nobody would know of it."""
    socket = stage.reader(alice)
    for pause in (1.0, 2.0):
        presence.left(socket, ())
        await asyncio.sleep(pause)
        presence.arrived(socket)
    presence.left(socket, ())
    await asyncio.sleep(AWAY_AFTER - 1.5)
    back = stage.reader(alice)
    await asyncio.sleep(AWAY_AFTER)
    assert presence.sockets(alice.user_id) == [back]


@pytest.mark.parametrize("away_for", [AWAY_AFTER / 4 * n for n in range(1, 9)])
async def test_open_sockets_are_known_however_often_somebody_came_and_went(
    stage: Stage, presence: Presence, alice: Identity, away_for: float
) -> None:
    socket = stage.reader(alice)
    for _ in range(6):
        presence.left(socket, ())
        await asyncio.sleep(away_for)
        presence.arrived(socket)
        await asyncio.sleep(0.7)
        assert presence.sockets(alice.user_id) == [socket]


async def test_who_shares_a_direct_chat_sees_the_other_come(
    stage: Stage, directory: Directory, alice_and_bob: int, alice: Identity, bob: Identity
) -> None:
    reader = stage.reader(bob, alice_and_bob)
    session, _ = stage.open_socket(alice)
    await subscribe_all(directory, session)
    await reader.expect("presence", id=alice.user_id, online=True)


async def subscribe_all(directory: Directory, session: Session) -> None:
    await resume.subscribe(directory, session, connection.Subscribe(all=True, id=1))


async def test_who_shares_a_direct_chat_sees_the_other_go(
    stage: Stage, directory: Directory, alice_and_bob: int, alice: Identity, bob: Identity
) -> None:
    reader = stage.reader(bob, alice_and_bob)
    session, _ = stage.open_socket(alice)
    await subscribe_all(directory, session)
    session.gone()
    await asyncio.sleep(AWAY_AFTER + 1)
    told = [said["online"] for said in reader.all if said["type"] == "presence"]
    assert told[-1] is False


async def test_strangers_are_not_told(stage: Stage, alice: Identity, carol: Identity) -> None:
    reader = stage.reader(carol)
    stage.reader(alice)
    await reader.expect_nothing("presence")


async def test_last_seen_is_stored_now_and_then(
    stage: Stage, memory: Memory, presence: Presence, alice: Identity
) -> None:
    presence.left(stage.reader(alice), ())
    (before,) = await presence.presence([alice.user_id])
    await presence.keep()
    (after,) = await presence.presence([alice.user_id])
    assert before.last_seen_at == after.last_seen_at is not None
    assert memory.seen.keys() == {alice.user_id}


async def test_last_seen_that_could_not_be_stored_is_kept_for_the_next_time(
    stage: Stage, memory: Memory, presence: Presence, alice: Identity
) -> None:
    presence.left(stage.reader(alice), ())
    memory.once("save_last_seen", "out", away)
    with pytest.raises(errors.Unavailable):
        await presence.keep()
    await presence.keep()
    assert memory.seen.keys() == {alice.user_id}
