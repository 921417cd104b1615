"""Every trip to the store is a moment at which something else may happen: each test of a race
counts them first and then lets it happen at every one in turn."""

import asyncio
import functools
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from messenger import errors
from messenger.actors.directory import IDLE_AFTER
from messenger.actors.stream import RING
from messenger.decision import Decision, Entry
from messenger.model import SYSTEM, Identity, ReactionChange
from messenger.protocol import accounts, commands, connection, events
from messenger.protocol.codec import JSON, MSGPACK, Codec
from messenger.rules.streams import FURTHEST
from messenger.ws import subscriptions
from messenger.ws.session import Session

from .cast import EPOCH, SETTINGS, Line, Stage, open_stage, settled, until
from .memory import Memory, Way, away


class Moment:
    """Counts the trips to the store, and lets something happen on one of them."""

    def __init__(self, memory: Memory, at: int, happening: Callable[[], Awaitable[Any]]) -> None:
        self.memory = memory
        self.at = at
        self.trips = 0
        self.happening = happening
        self.calm = memory.trip
        memory.trip = self

    async def __call__(self, call: str, way: Way) -> None:
        self.trips += 1
        if self.trips == self.at:
            # The happening's own trips are no moments of the subscribe.
            self.memory.trip = self.calm
            await self.happening()
            self.memory.trip = self
        await self.calm(call, way)


async def subscribe(
    stage: Stage, session: Session, line: Line, cursors: dict[int, int | None] | None = None,
    all: bool = False, epoch: int | None = EPOCH, answered: bool = True,
) -> list[Any]:  # fmt: skip
    """Subscribe, and return what the ack says of each stream."""
    given: dict[str, Any] = {"streams": list((cursors or {}).items())}
    if all:
        given = {"all": True, "cursors": list((cursors or {}).items())}
    command = connection.Subscribe(id=1, epoch=epoch, **given)
    subscriptions.check(session, command, SETTINGS)
    await subscriptions.subscribe(stage.directory, session, command)
    if not answered:
        return []
    ack = await line.heard.expect("ack", id=1)
    assert ack["data"]["epoch"] == stage.directory.epoch
    streams: list[Any] = ack["data"]["streams"]
    return streams


def ack_place(line: Line) -> int:
    return next(place for place, said in enumerate(line.heard.all) if said["type"] == "ack")


def fill(memory: Memory, chat_id: int, count: int) -> None:
    """A long past, without the work of it."""
    seq = next(seq for (chat, seq) in memory.messages if chat == chat_id)
    change = ReactionChange(chat_id=chat_id, seq=seq, emoji="👍", user_id=0)
    for number in range(count):
        type = "reaction.removed" if number % 2 else "reaction.added"
        entry = Entry(stream=chat_id, type=type, subject=seq, data=change)
        memory.commit_now(Decision(entries=[entry]), memory.clock())


async def three_messages(stage: Stage, who: Identity, chat_id: int) -> list[int]:
    return [(await stage.send(who, chat_id, f"{number}")).seq for number in range(3)]


# The usual


@pytest.mark.parametrize("codec", [JSON, MSGPACK])
async def test_backlog_comes_before_the_ack_and_live_events_after(
    stage: Stage, lobby: int, alice: Identity, bob: Identity, codec: Codec
) -> None:
    seqs = await three_messages(stage, alice, lobby)
    session, line = stage.open_socket(bob, codec)
    (state,) = await subscribe(stage, session, line, {lobby: seqs[0]})
    live = await stage.send(alice, lobby, "live")
    await line.heard.expect("message.created", seq=seqs[1])
    assert (state["id"], state["seq"], state["my"]["chat_id"]) == (lobby, seqs[-1], lobby)
    assert line.heard.seqs(lobby) == [*seqs[1:], live.seq]
    assert [event["seq"] for event in line.heard.all[: ack_place(line)]] == seqs[1:]


async def test_null_cursor_starts_at_the_present(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    seqs = await three_messages(stage, alice, lobby)
    session, line = stage.open_socket(bob)
    (state,) = await subscribe(stage, session, line, {lobby: None}, epoch=None)
    assert (state["seq"], line.heard.seqs(lobby)) == (seqs[-1], [])
    live = await stage.send(alice, lobby)
    await until(lambda: line.heard.seqs(lobby) == [live.seq])


async def test_second_subscribe_of_a_stream_replaces_the_first(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    session, line = stage.open_socket(bob)
    seqs = await three_messages(stage, alice, lobby)
    await subscribe(stage, session, line, {lobby: seqs[-1]})
    await subscribe(stage, session, line, {lobby: seqs[0]})
    live = await stage.send(alice, lobby)
    await until(lambda: line.heard.seqs(lobby) == [*seqs[1:], live.seq])


async def test_long_backlog_comes_in_pages_as_the_reader_takes_them(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    first = (await stage.send(alice, lobby)).seq
    fill(memory, lobby, 300)
    stage.restart()
    memory.page = 50
    session, line = stage.open_socket(bob)
    line.unread = SETTINGS.ws_max_pending_bytes
    subscribing = asyncio.ensure_future(subscribe(stage, session, line, {lobby: first}))
    await asyncio.sleep(5)
    assert len(line.heard.seqs(lobby)) == 50
    line.unread = 0
    await subscribing
    assert line.heard.seqs(lobby) == list(range(first + 1, first + 301))


async def test_deleted_text_is_gone_from_the_backlog(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    """Also from the newest events, which are not read from the log."""
    before = stage.memory.tops[lobby].seq
    reader = stage.reader(alice, lobby)
    sent = await stage.send(alice, lobby, "a secret")
    await stage.ask(alice, commands.DeleteMessage(chat_id=lobby, seq=sent.seq))
    session, line = stage.open_socket(bob)
    await subscribe(stage, session, line, {lobby: before})
    texts = [event["data"]["text"] for event in line.heard.events(lobby)]
    assert (texts, reader.seqs(lobby)) == (["", ""], line.heard.seqs(lobby))


# What cannot be bridged


async def check_reset(stage: Stage, who: Identity, chat_id: int, cursor: int, **more: Any) -> None:
    session, line = stage.open_socket(who)
    (state,) = await subscribe(stage, session, line, {chat_id: cursor}, **more)
    head = stage.memory.tops[chat_id].seq
    assert (state.get("reset"), state["seq"], line.heard.seqs(chat_id)) == (True, head, [])
    live = await stage.send(who, chat_id)
    await until(lambda: line.heard.seqs(chat_id) == [live.seq])


async def test_cursor_ahead_of_the_stream_is_reset(stage: Stage, lobby: int, bob: Identity) -> None:
    await check_reset(stage, bob, lobby, 1000)


async def test_cursor_of_another_epoch_is_reset(stage: Stage, lobby: int, bob: Identity) -> None:
    with pytest.raises(AssertionError):
        await check_reset(stage, bob, lobby, stage.memory.tops[lobby].seq)
    await check_reset(stage, bob, lobby, stage.memory.tops[lobby].seq, epoch=EPOCH + 1)


@pytest.mark.parametrize(("kept_from", "reset"), [(5, True), (4, False), (3, False)])
async def test_cursor_older_than_what_is_kept_is_reset(
    stage: Stage, lobby: int, alice: Identity, bob: Identity, kept_from: int, reset: bool
) -> None:
    await three_messages(stage, alice, lobby)
    stage.memory.trim(lobby, kept_from - 1)
    stage.restart()
    session, line = stage.open_socket(bob)
    (state,) = await subscribe(stage, session, line, {lobby: 3})
    assert state.get("reset", False) is reset
    assert line.heard.seqs(lobby) == ([] if reset else [4, 5, 6])


@pytest.mark.parametrize(("behind", "reset"), [(FURTHEST, False), (FURTHEST + 1, True)])
async def test_backlog_that_is_too_long_is_reset(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity, behind: int,
    reset: bool,
) -> None:  # fmt: skip
    first = (await stage.send(alice, lobby)).seq
    fill(memory, lobby, behind)
    stage.restart()
    session, line = stage.open_socket(bob)
    (state,) = await subscribe(stage, session, line, {lobby: first})
    assert state.get("reset", False) is reset
    assert len(line.heard.events(lobby)) == (0 if reset else behind)


async def test_stream_that_may_not_be_read_is_gone_and_nothing_else_fails(
    stage: Stage, lobby: int, alice_and_bob: int, alice: Identity, bob: Identity, carol: Identity
) -> None:
    carols = await stage.make_group(carol)
    session, line = stage.open_socket(carol)
    wanted = {lobby: 3, carols: 1, 999: 4, alice_and_bob: None, bob.user_id: None}
    states = await subscribe(stage, session, line, wanted)
    assert [(state["id"], state.get("gone", False)) for state in states] == [
        (lobby, True), (carols, False), (999, True), (alice_and_bob, True), (bob.user_id, True)
    ]  # fmt: skip
    await three_messages(stage, alice, lobby)
    await settled()
    assert {event["stream"] for event in line.heard.all if "stream" in event} == {carols}


async def test_failing_store_is_an_error_and_not_silence(
    stage: Stage, memory: Memory, lobby: int, bob: Identity
) -> None:
    session, line = stage.open_socket(bob)
    memory.once("access", "out", away)
    command = connection.Subscribe(id=1, streams=[(lobby, None)])
    await subscriptions.subscribe(stage.directory, session, command)
    error = await line.heard.expect("error", id=1)
    assert error["error"]["code"] == "unavailable"


@pytest.mark.parametrize(
    "given",
    [
        {},
        {"streams": [(5, 1)], "all": True, "epoch": EPOCH},
        {"streams": [(5, 1)], "cursors": [(5, 1)], "epoch": EPOCH},
        {"streams": [(5, 1)]},
        {"all": True, "cursors": [(5, 1)]},
        {"streams": [(n, None) for n in range(1, SETTINGS.ws_max_ids_per_subscribe + 2)]},
    ],
    ids=["nothing", "both", "cursors for some", "no epoch", "no epoch for all", "too many"],
)
async def test_malformed_subscribe_is_refused(
    stage: Stage, bob: Identity, given: dict[str, Any]
) -> None:
    session, _ = stage.open_socket(bob)
    with pytest.raises(errors.ValidationFailed):
        subscriptions.check(session, connection.Subscribe(**given), SETTINGS)


# All


async def test_all_is_ones_own_stream_first_and_then_every_chat(
    stage: Stage, lobby: int, alice_and_bob: int, bob: Identity
) -> None:
    session, line = stage.open_socket(bob)
    states = await subscribe(stage, session, line, all=True)
    ids = [state["id"] for state in states]
    notebook = await stage.memory.direct([bob.user_id])
    assert ids == [bob.user_id, stage.directory.org_id, notebook, lobby, alice_and_bob]
    assert [("my" in state, "marks" in state) for state in states] == [(False, False)] + [
        (True, True)
    ] * 4


async def test_all_says_which_cursors_are_gone(
    stage: Stage, lobby: int, alice: Identity, carol: Identity
) -> None:
    session, line = stage.open_socket(carol)
    states = await subscribe(stage, session, line, {lobby: 3, carol.user_id: 0}, all=True)
    assert states[0] == {"id": carol.user_id, "seq": 2}
    assert states[-1] == {"id": lobby, "gone": True}


async def test_chat_joined_later_is_heard_from_the_present(
    stage: Stage, lobby: int, alice: Identity, carol: Identity
) -> None:
    session, line = stage.open_socket(carol)
    await subscribe(stage, session, line, all=True)
    await stage.ask(alice, commands.AddMembers(chat_id=lobby, user_ids=[carol.user_id]))
    joined = await line.heard.expect("chat.joined", chat_id=lobby)
    live = await stage.send(alice, lobby)
    await until(lambda: line.heard.seqs(lobby) == [live.seq])
    assert live.seq == joined["data"]["seq"] + 1


# Races: at every moment of a subscribe


class Cast(Stage):
    """A stage of one's own for each moment: fixtures are one a test."""

    alice: Identity
    bob: Identity
    carol: Identity
    session: Session
    line: Line
    first: int


async def new_stage() -> Cast:
    bare = await open_stage()
    stage = Cast(bare.memory, bare.directory)
    stage.alice, stage.bob, stage.carol = [await stage.add(n) for n in ("alice", "bob", "carol")]
    stage.lobby = await stage.make_group(stage.alice, stage.bob)
    stage.first = (await stage.send(stage.alice, stage.lobby, "first")).seq
    # More than the stream's newest events, so that the log has to be read, in pages.
    fill(stage.memory, stage.lobby, RING + 10)
    stage.restart()
    stage.memory.page = 30
    stage.session, stage.line = stage.open_socket(stage.bob)
    return stage


async def at_every_moment(
    happening: Callable[[Cast], Awaitable[Any]],
    check: Callable[[Cast, list[Any]], None],
    all: bool = False,
    answered: bool = True,
) -> None:
    """Subscribe bob to the lobby with something happening at the first moment, the second …"""
    at = 0
    while True:
        at += 1
        stage = await new_stage()
        moment = Moment(stage.memory, at, functools.partial(happening, stage))
        states = await subscribe(
            stage, stage.session, stage.line, {stage.lobby: stage.first}, all, answered=answered
        )
        stage.memory.trip = moment.calm
        if moment.trips < at:
            break
        await settled()
        check(stage, states)
    assert at > 10


def whole(stage: Cast, states: list[Any]) -> None:
    """All events after the cursor, once and in order, and the ack at the right place of them."""
    state = next(state for state in states if state["id"] == stage.lobby)
    seqs = stage.line.heard.seqs(stage.lobby)
    assert seqs == list(range(stage.first + 1, stage.memory.tops[stage.lobby].seq + 1))
    before = [said for said in stage.line.heard.all[: ack_place(stage.line)] if "seq" in said]
    assert [said["seq"] for said in before if said["stream"] == stage.lobby][-1] == state["seq"]


@pytest.mark.parametrize("all", [False, True], ids=["one", "all"])
async def test_message_at_any_moment_is_neither_missed_nor_repeated(all: bool) -> None:
    async def send(stage: Cast) -> None:
        await stage.send(stage.alice, stage.lobby, "now")

    await at_every_moment(send, whole, all)


async def test_more_messages_than_are_kept_at_hand_at_any_moment_are_not_missed() -> None:
    async def send_many(stage: Cast) -> None:
        head = stage.memory.tops[stage.lobby].seq
        fill(stage.memory, stage.lobby, RING + 5)
        stage.directory.streams.learn(stage.lobby, head + 1, head + RING + 5)
        await stage.send(stage.alice, stage.lobby, "now")
        await settled()

    await at_every_moment(send_many, whole)


async def test_message_with_an_unknown_outcome_at_any_moment_is_not_missed() -> None:
    async def send(stage: Cast) -> None:
        stage.memory.once("journal", "back", away)
        with pytest.raises(errors.Unavailable):
            await stage.send(stage.alice, stage.lobby, "now")

    await at_every_moment(send, whole)


async def test_events_of_another_process_at_any_moment_are_not_missed() -> None:
    async def elsewhere(stage: Cast) -> None:
        fill(stage.memory, stage.lobby, 3)
        head = stage.memory.tops[stage.lobby].seq
        stage.directory.streams.learn(stage.lobby, head - 2, head)

    await at_every_moment(elsewhere, whole)


def nothing_after_removal(stage: Cast, states: list[Any]) -> None:
    """Gone or ended, and in either case nothing at or after the removal."""
    left = removal(stage)
    assert not [seq for seq in stage.line.heard.seqs(stage.lobby) if seq >= left]
    state = next(state for state in states if state["id"] == stage.lobby)
    ended = [said for said in stage.line.heard.all if said["type"] == "subscription.ended"]
    assert bool(state.get("gone")) != bool(ended)
    assert stage.session not in stage.stream(stage.lobby).of(stage.bob.user_id)


def removal(stage: Cast) -> int:
    ends = ("member.left", "chat.deleted")
    return next(row.seq for row in stage.memory.log[stage.lobby] if row.type in ends)


@pytest.mark.parametrize("all", [False, True], ids=["one", "all"])
async def test_who_is_removed_at_any_moment_gets_nothing_from_then_on(all: bool) -> None:
    async def remove(stage: Cast) -> None:
        command = commands.RemoveMember(chat_id=stage.lobby, user_id=stage.bob.user_id)
        await stage.ask(stage.alice, command)
        await stage.send(stage.alice, stage.lobby, "among ourselves")

    await at_every_moment(remove, nothing_after_removal, all)


async def test_chat_that_is_deleted_at_any_moment_is_not_subscribed() -> None:
    async def delete(stage: Cast) -> None:
        await stage.ask(stage.alice, commands.DeleteChat(chat_id=stage.lobby))

    def not_subscribed(stage: Cast, states: list[Any]) -> None:
        assert stage.stream(stage.lobby).deserted
        assert stage.lobby not in stage.session.streams

    await at_every_moment(delete, not_subscribed)


async def test_who_is_signed_out_at_any_moment_is_closed() -> None:
    async def sign_out(stage: Cast) -> None:
        ids = [stage.bob.session_id]
        command = accounts.RevokeSessions(user_id=stage.bob.user_id, session_ids=ids)
        await stage.ask(SYSTEM, command)
        await stage.send(stage.alice, stage.lobby, "among ourselves")

    def closed(stage: Cast, states: list[Any]) -> None:
        assert stage.session.closing is not None
        assert stage.memory.tops[stage.lobby].seq not in stage.line.heard.seqs(stage.lobby)

    await at_every_moment(sign_out, closed, answered=False)


@pytest.mark.parametrize("all", [False, True], ids=["one", "all"])
async def test_socket_that_is_gone_at_any_moment_leaves_nothing_behind(all: bool) -> None:
    """Else a dead session would be written to for ever, and its streams never be forgotten."""

    async def hang_up(stage: Cast) -> None:
        stage.line.gone = True
        stage.session.gone()

    def nothing_left(stage: Cast, states: list[Any]) -> None:
        streams = stage.directory.streams.by_id.values()
        assert [stream for stream in streams if stream.of(stage.bob.user_id)] == []

    await at_every_moment(hang_up, nothing_left, all, answered=False)


@pytest.mark.parametrize("again", [False, True], ids=["first", "second time"])
async def test_chat_joined_at_any_moment_of_all_is_heard(again: bool) -> None:
    """It is in the answer, or it is joined as one that came later; it is never lost."""

    async def join(stage: Cast) -> None:
        stage.alice_and_bob = await stage.make_group(stage.alice, stage.bob)

    def heard(stage: Cast, states: list[Any]) -> None:
        assert stage.stream(stage.alice_and_bob).of(stage.bob.user_id) == [stage.session]

    async def joined_before(stage: Cast) -> None:
        if again:
            stage.session.everything = True
        await join(stage)

    await at_every_moment(joined_before, heard, all=True)


async def test_who_is_removed_and_added_again_at_any_moment_gets_nothing_twice() -> None:
    async def remove_and_add(stage: Cast) -> None:
        stage.session.everything = True
        remove = commands.RemoveMember(chat_id=stage.lobby, user_id=stage.bob.user_id)
        add = commands.AddMembers(chat_id=stage.lobby, user_ids=[stage.bob.user_id])
        await stage.ask(stage.alice, remove)
        await stage.ask(stage.alice, add)
        await stage.send(stage.alice, stage.lobby, "welcome back")

    def no_repeat(stage: Cast, states: list[Any]) -> None:
        seqs = stage.line.heard.seqs(stage.lobby)
        assert seqs == sorted(set(seqs))
        assert stage.stream(stage.lobby).of(stage.bob.user_id) == [stage.session]

    await at_every_moment(remove_and_add, no_repeat, all=True)


async def test_subscribe_that_outlasts_the_streams_memory_takes_it_from_nobody(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    """A slow reader's backlog takes minutes; meanwhile the stream is forgotten and found again."""
    first = (await stage.send(alice, lobby)).seq
    fill(memory, lobby, RING + 10)
    stage.restart()
    slow, slow_line = stage.open_socket(bob)
    gate = asyncio.Event()
    memory.once("events", "back", gate.wait)
    subscribing = asyncio.ensure_future(subscribe(stage, slow, slow_line, {lobby: first}))
    await asyncio.sleep(IDLE_AFTER + 1)
    stage.directory.unload()
    quick, quick_line = stage.open_socket(alice)
    await subscribe(stage, quick, quick_line, {lobby: None})
    gate.set()
    await subscribing
    sent = await stage.send(alice, lobby, "to both")
    await settled()
    assert (slow_line.heard.seqs(lobby)[-1], quick_line.heard.seqs(lobby)) == (sent.seq, [sent.seq])


async def test_an_answer_longer_than_what_may_be_unread_makes_no_slow_reader(
    stage: Stage, bob: Identity
) -> None:
    """It is as long as one's list of chats. What comes behind it unread is another matter."""
    session, line = stage.open_socket(bob)
    session.max_pending, line.stalled = 500, True
    await subscribe(stage, session, line, all=True)
    assert line.unread > session.max_pending
    assert session.closing is None
    await subscribe(stage, session, line, all=True, answered=False)
    await settled()
    assert session.closing is events.TOO_SLOW


async def test_after_a_long_answer_the_reader_may_leave_no_more_than_before(
    stage: Stage, bob: Identity
) -> None:
    session, line = stage.open_socket(bob)
    session.max_pending, line.stalled = 500, True
    await subscribe(stage, session, line, all=True)
    line.unread = 0
    session.tell(events.AuthExpiring())
    await settled()
    assert session.closing is None
    line.unread = session.max_pending
    session.tell(events.AuthExpiring())
    await settled()
    assert session.closing is events.TOO_SLOW
