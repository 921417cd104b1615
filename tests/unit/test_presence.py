import asyncio

import pytest

from messenger import errors
from messenger.actors.directory import Directory
from messenger.actors.presence import AWAY_AFTER, Presence
from messenger.model import Identity
from messenger.protocol import connection
from messenger.ws import subscriptions
from messenger.ws.session import Session

from .cast import Reader, Stage
from .memory import Memory, away


@pytest.fixture
def presence(directory: Directory) -> Presence:
    return directory.presence


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
    presence.leave(sockets[0], ())
    await asyncio.sleep(AWAY_AFTER + 1)
    await watcher.expect_nothing("presence")
    presence.leave(sockets[1], ())
    gone = await watcher.expect("presence", id=alice.user_id, online=False)
    assert gone["last_seen_at"] is not None
    await watcher.expect_nothing("presence")


async def test_reconnect_is_no_absence(
    stage: Stage, presence: Presence, alice: Identity, bob: Identity
) -> None:
    watcher, socket = watch(stage, bob, alice), stage.reader(alice)
    await watcher.expect("presence", online=True)
    for _ in range(5):
        presence.leave(socket, ())
        await asyncio.sleep(AWAY_AFTER - 1)
        presence.arrive(socket)
        await asyncio.sleep(0.5)
    await watcher.expect_nothing("presence")


async def test_grace_begins_anew_with_every_leaving(
    stage: Stage, presence: Presence, alice: Identity
) -> None:
    socket = stage.reader(alice)
    presence.leave(socket, ())
    await asyncio.sleep(1)
    presence.arrive(socket)
    await asyncio.sleep(2)
    presence.leave(socket, ())
    await asyncio.sleep(AWAY_AFTER - 1)
    assert presence.is_online(alice.user_id)
    await asyncio.sleep(2)
    assert not presence.is_online(alice.user_id)


async def test_late_timer_of_a_leaving_does_not_forget_who_is_here(
    stage: Stage, presence: Presence, alice: Identity
) -> None:
    """Else a revoked session would keep its socket: nobody would know of it."""
    socket = stage.reader(alice)
    for pause in (1.0, 2.0):
        presence.leave(socket, ())
        await asyncio.sleep(pause)
        presence.arrive(socket)
    presence.leave(socket, ())
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
        presence.leave(socket, ())
        await asyncio.sleep(away_for)
        presence.arrive(socket)
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
    await subscriptions.subscribe(directory, session, connection.Subscribe(all=True, id=1))


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
    presence.leave(stage.reader(alice), ())
    (before,) = await presence.states([alice.user_id])
    await presence.keep()
    (after,) = await presence.states([alice.user_id])
    assert before.last_seen_at == after.last_seen_at is not None
    assert memory.seen.keys() == {alice.user_id}


async def test_last_seen_that_could_not_be_stored_is_kept_for_the_next_time(
    stage: Stage, memory: Memory, presence: Presence, alice: Identity
) -> None:
    presence.leave(stage.reader(alice), ())
    memory.once("save_last_seen", "out", away)
    with pytest.raises(errors.Unavailable):
        await presence.keep()
    await presence.keep()
    assert memory.seen.keys() == {alice.user_id}
