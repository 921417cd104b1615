import asyncio
import gc
from typing import Any

import pytest
from msgspec.structs import replace

from messenger import errors
from messenger.actors.chat.actor import ChatActor
from messenger.actors.chat.receipts import MEMBERS
from messenger.actors.directory import Directory
from messenger.decision import Decision, Entry
from messenger.model import Event, Identity, SentMessage, timestamp
from messenger.protocol import commands
from messenger.protocol.preferences import SetDraft
from messenger.storage import Marked, Seat
from messenger.ws.session import SocketReply

from .cast import SETTINGS, Stage, fresh_key, post, settled, until
from .memory import Memory, away, lost

COUNT, WINDOW = SETTINGS.message_rate_limit


async def refused(work: Any) -> errors.DomainError:
    with pytest.raises(errors.DomainError) as refusal:
        await work
    return refusal.value


def later(work: Any) -> asyncio.Task[Any]:
    return asyncio.get_running_loop().create_task(work)


def stored_texts(memory: Memory, chat_id: int) -> list[str]:
    return [message.text for (chat, _), message in memory.messages.items() if chat == chat_id]


# Sending


async def test_message_takes_the_next_number_and_reaches_every_subscriber(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader = stage.reader(bob, lobby)
    head = stage.memory.tops[lobby].seq
    sent = await stage.send(alice, lobby, "hi", "00000000-0000-4000-9000-00000000c0de")
    assert sent == SentMessage(
        lobby, head + 1, 1, sent.created_at, "00000000-0000-4000-9000-00000000c0de", False
    )
    event = await reader.expect("message.created", seq=sent.seq, by=alice.user_id, text="hi", n=1)
    assert event["data"]["rev"] == sent.seq
    await reader.expect_nothing("message.created")


async def test_own_event_precedes_the_ack(
    stage: Stage, directory: Directory, lobby: int, alice: Identity
) -> None:
    session, line = stage.open_socket(alice)
    session.join(lobby)
    directory.send(alice, post(lobby), SocketReply(session, 7))
    await line.heard.expect("ack", id=7)
    assert [said["type"] for said in line.heard.all] == ["message.created", "ack"]


async def test_send_does_not_wait_for_the_commit_of_the_one_before(
    stage: Stage, memory: Memory, lobby: int, alice: Identity
) -> None:
    gate = asyncio.Event()
    memory.once("journal", "out", gate.wait)
    sends = [later(stage.send(alice, lobby, f"{n}")) for n in range(5)]
    await settled()
    actor = stage.directory.chats[lobby]
    assert isinstance(actor, ChatActor)
    assert (actor.outbound.in_journal, actor.waiting, actor.idle) == (5, 0, False)
    gate.set()
    assert [(await sent).n for sent in sends] == [1, 2, 3, 4, 5]
    assert actor.idle


async def test_stranger_is_told_that_there_is_no_such_chat(
    stage: Stage, lobby: int, carol: Identity
) -> None:
    for work in (stage.send(carol, lobby), stage.send(carol, 999)):
        assert isinstance(await refused(work), errors.NotFound)


@pytest.mark.parametrize("text", ["", "  ", "a\x00b", "x" * (SETTINGS.message_max_length + 1)])
async def test_bad_text_is_refused_and_takes_no_number(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, text: str
) -> None:
    head = memory.tops[lobby].seq
    assert isinstance(await refused(stage.send(alice, lobby, text)), errors.ValidationFailed)
    assert memory.tops[lobby].seq == head


async def test_reply_is_to_a_message_that_is_there(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    first = await stage.send(alice, lobby)
    reply = await stage.send(bob, lobby, reply_to=first.seq)
    assert stage.message(lobby, reply.seq).reply_to == first.seq
    no_message = stage.send(bob, lobby, reply_to=1)
    assert isinstance(await refused(no_message), errors.NotFound)


# Repeats


async def test_repeat_of_a_stored_message_is_answered_as_the_first(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader, key = stage.reader(bob, lobby), fresh_key()
    first = await stage.send(alice, lobby, "hi", key)
    again = await stage.send(alice, lobby, "hi", key)
    assert (again.seq, again.n, again.created_at) == (first.seq, first.n, first.created_at)
    assert (first.duplicate, again.duplicate) == (False, True)
    await reader.expect("message.created", text="hi")
    await reader.expect_nothing("message.created")


async def test_repeat_of_a_message_in_flight_is_answered_as_the_first(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader, key, gate = stage.reader(bob, lobby), fresh_key(), asyncio.Event()
    memory.once("journal", "back", gate.wait)
    first = later(stage.send(alice, lobby, "hi", key))
    await settled()
    again = [later(stage.send(alice, lobby, "hi", key)) for _ in range(3)]
    await settled()
    gate.set()
    assert [(await each).seq for each in again] == [(await first).seq] * 3
    assert [(await each).duplicate for each in (first, *again)] == [False, True, True, True]
    assert reader.seqs(lobby) == [(await first).seq]


async def test_repeat_after_an_edit_is_answered_as_the_first(
    stage: Stage, lobby: int, alice: Identity
) -> None:
    key = fresh_key()
    first = await stage.send(alice, lobby, "hi", key)
    await stage.ask(alice, commands.EditMessage(chat_id=lobby, seq=first.seq, text="hello"))
    again = await stage.send(alice, lobby, "hi", key)
    assert (again.seq, again.duplicate) == (first.seq, True)
    changed = stage.send(alice, lobby, "hello", key)
    assert isinstance(await refused(changed), errors.IdempotencyMismatch)


async def test_one_key_is_one_message_of_one_sender(
    stage: Stage, lobby: int, alice_and_bob: int, alice: Identity, bob: Identity
) -> None:
    key = fresh_key()
    await stage.send(alice, lobby, "hi", key)
    for work in (stage.send(alice, lobby, "ho", key), stage.send(alice, alice_and_bob, "hi", key)):
        assert isinstance(await refused(work), errors.IdempotencyMismatch)
    assert not (await stage.send(bob, lobby, "hi", key)).duplicate


# Changes are exclusive


async def test_change_waits_for_the_sends_before_it(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    gate = asyncio.Event()
    memory.once("journal", "out", gate.wait)
    sent = later(stage.send(bob, lobby, "last words"))
    command = commands.RemoveMember(chat_id=lobby, user_id=bob.user_id)
    removed = later(stage.ask(alice, command))
    await settled()
    assert not removed.done()
    gate.set()
    assert (await sent).seq < (await removed).rev


async def test_queued_send_of_a_removed_member_is_refused(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    gate = asyncio.Event()
    memory.once("commit", "back", gate.wait)
    command = commands.RemoveMember(chat_id=lobby, user_id=bob.user_id)
    removed = later(stage.ask(alice, command))
    sent = later(stage.send(bob, lobby, "too late"))
    await settled()
    gate.set()
    assert isinstance(await refused(sent), errors.NotFound)
    await removed
    assert "too late" not in stored_texts(memory, lobby)


async def test_changes_are_decided_one_after_the_other(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    """Two owners leave at once: the second is the last and has to hand over."""
    promote = commands.UpdateMember(chat_id=lobby, user_id=bob.user_id, role="owner")
    await stage.ask(alice, promote)
    leaves = [commands.RemoveMember(chat_id=lobby, user_id=who.user_id) for who in (alice, bob)]
    carol_stays = await stage.add("dave")
    add = commands.AddMembers(chat_id=lobby, user_ids=[carol_stays.user_id])
    await stage.ask(alice, add)
    first, second = later(stage.ask(alice, leaves[0])), later(stage.ask(bob, leaves[1]))
    assert (await first).left_at is not None
    assert isinstance(await refused(second), errors.Forbidden)


async def test_change_with_a_key_happens_once(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader = stage.reader(bob, lobby)
    sent = await stage.send(alice, lobby, "hi")
    edit = commands.EditMessage(chat_id=lobby, seq=sent.seq, text="hello", key="k")
    first, again = await asyncio.gather(stage.ask(alice, edit), stage.ask(alice, edit))
    assert first == again
    await reader.expect("message.edited", text="hello")
    await reader.expect_nothing("message.edited")
    other = commands.EditMessage(chat_id=lobby, seq=sent.seq, text="bye", key="k")
    assert isinstance(await refused(stage.ask(alice, other)), errors.IdempotencyMismatch)


async def test_repeat_of_a_removed_member_shows_nothing(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    """A key is no way back into the chat: the answer would be the message as it stands now."""
    sent = await stage.send(bob, lobby, "hi")
    edit = commands.EditMessage(chat_id=lobby, seq=sent.seq, text="hello", key="k")
    await stage.ask(bob, edit)
    await stage.ask(alice, commands.RemoveMember(chat_id=lobby, user_id=bob.user_id))
    assert isinstance(await refused(stage.ask(bob, edit)), errors.NotFound)


async def test_repeat_of_leaving_is_answered(stage: Stage, lobby: int, bob: Identity) -> None:
    leave = commands.RemoveMember(chat_id=lobby, user_id=bob.user_id, key="k")
    first = await stage.ask(bob, leave)
    assert await stage.ask(bob, leave) == first


# Who comes and goes


async def test_removed_member_hears_nothing_of_it_and_the_others_do(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    ours, theirs = stage.reader(alice, lobby), stage.reader(bob, lobby, bob.user_id)
    await stage.ask(alice, commands.RemoveMember(chat_id=lobby, user_id=bob.user_id))
    await stage.send(alice, lobby, "among ourselves")
    await ours.expect("member.left", user_id=bob.user_id)
    await ours.expect("message.created")
    await theirs.expect("chat.left", chat_id=lobby)
    assert (theirs.events(lobby), theirs.over) == ([], [lobby])


async def test_who_is_added_is_told_and_hears_what_follows(
    stage: Stage, lobby: int, alice: Identity, carol: Identity
) -> None:
    reader = stage.reader(carol, carol.user_id)
    reader.everything = True
    await stage.ask(alice, commands.AddMembers(chat_id=lobby, user_ids=[carol.user_id]))
    await stage.send(alice, lobby, "welcome")
    joined = await reader.expect("chat.joined", chat_id=lobby, unread=0)
    await reader.expect("message.created", text="welcome", seq=joined["data"]["seq"] + 1)


async def test_first_message_of_a_direct_chat_reveals_it(
    stage: Stage, alice: Identity, carol: Identity
) -> None:
    reader = stage.reader(carol, carol.user_id)
    reader.everything = True
    chat_id = await stage.open_direct(alice, carol)
    await reader.expect_nothing("chat.joined")
    assert isinstance(await refused(stage.send(carol, chat_id)), errors.NotFound)
    sent = await stage.send(alice, chat_id, "hi carol")
    await reader.expect("chat.joined", chat_id=chat_id)
    await reader.expect("message.created", text="hi carol", seq=sent.seq)
    assert stage.memory.members[chat_id, carol.user_id].member.left_at is None


async def test_both_opening_a_direct_chat_at_once_get_the_same(
    stage: Stage, alice: Identity, carol: Identity
) -> None:
    mine, theirs = await asyncio.gather(
        stage.open_direct(alice, carol), stage.open_direct(carol, alice)
    )
    assert mine == theirs
    assert (await stage.send(carol, mine)).n == 1


async def test_revealing_with_an_unknown_outcome_is_made_known_all_the_same(
    stage: Stage, memory: Memory, alice: Identity, carol: Identity
) -> None:
    chat_id = await stage.open_direct(alice, carol)
    reader = stage.reader(carol, carol.user_id)
    reader.everything = True
    memory.once("commit", "back", away)
    assert isinstance(await refused(stage.send(alice, chat_id)), errors.Unavailable)
    await reader.expect("chat.joined", chat_id=chat_id)


# Mentions


@pytest.mark.parametrize(
    ("text", "names", "everyone"),
    [
        ("hi", [], False),
        ("@bob and @Alice", ["alice", "bob"], False),
        ("@carol is not here", [], False),
        ("@all", [], True),
        ("@bob, not mail@alice.example", ["bob"], False),
    ],
)
async def test_present_members_are_mentioned(
    stage: Stage, lobby: int, alice: Identity, text: str, names: list[str], everyone: bool
) -> None:
    sent = await stage.send(alice, lobby, text)
    message = stage.message(lobby, sent.seq)
    mentioned = [stage.memory.people[user_id].username for user_id in message.mentions]
    assert (mentioned, message.mentions_all) == (names, everyone)


async def test_who_was_just_added_can_be_mentioned(
    stage: Stage, lobby: int, alice: Identity, carol: Identity
) -> None:
    await stage.ask(alice, commands.AddMembers(chat_id=lobby, user_ids=[carol.user_id]))
    sent = await stage.send(alice, lobby, "@carol")
    assert stage.message(lobby, sent.seq).mentions == [carol.user_id]


async def test_who_entered_a_direct_chat_can_be_mentioned(
    stage: Stage, alice: Identity, carol: Identity
) -> None:
    chat_id = await stage.open_direct(alice, carol)
    stage.directory.context.usernames.by_id.clear()
    await stage.open_direct(carol, alice)
    sent = await stage.send(alice, chat_id, "@carol")
    assert stage.message(chat_id, sent.seq).mentions == [carol.user_id]


# Pace


async def test_too_many_messages_have_to_wait(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    for _ in range(COUNT):
        await stage.send(alice, lobby)
    refusal = await refused(stage.send(alice, lobby))
    assert isinstance(refusal, errors.RateLimited)
    assert 0 < refusal.retry_after_ms <= WINDOW * 1000 + 1
    await stage.send(bob, lobby)
    await asyncio.sleep(refusal.retry_after_ms / 1000)
    await stage.send(alice, lobby)


async def test_repeats_are_answered_whatever_the_pace(
    stage: Stage, lobby: int, alice: Identity
) -> None:
    key = fresh_key()
    first = await stage.send(alice, lobby, "hi", key)
    for _ in range(COUNT - 1):
        await stage.send(alice, lobby)
    again = await stage.send(alice, lobby, "hi", key)
    assert (again.seq, again.duplicate) == (first.seq, True)


async def test_repeats_are_not_counted(stage: Stage, lobby: int, alice: Identity) -> None:
    key = fresh_key()
    for _ in range(COUNT * 2):
        await stage.send(alice, lobby, "hi", key)
    for _ in range(COUNT - 1):
        await stage.send(alice, lobby)
    assert isinstance(await refused(stage.send(alice, lobby)), errors.RateLimited)


# Marks, receipts, typing


async def test_mark_is_answered_with_ones_own_state(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    seqs = [(await stage.send(alice, lobby, "@bob")).seq for _ in range(3)]
    answer = await stage.ask(bob, commands.MarkRead(chat_id=lobby, read_seq=seqs[1]))
    assert (answer["my"].read_seq, answer["my"].unread, answer["my"].mentions) == (seqs[1], 1, 1)
    answer = await stage.ask(bob, commands.MarkRead(chat_id=lobby, read_seq=seqs[0]))
    assert answer["my"].read_seq == seqs[1]


async def test_receipts_are_told_at_most_once_a_second(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    seqs = [(await stage.send(alice, lobby)).seq for _ in range(10)]
    reader = stage.reader(alice, lobby)
    for seq in seqs:
        await stage.ask(bob, commands.MarkRead(chat_id=lobby, read_seq=seq))
        await asyncio.sleep(0.15)
    await settled()
    told = [said for said in reader.all if said["type"] == "receipts"]
    assert 2 <= len(told) <= 3
    assert told[-1] == {
        "type": "receipts", "chat_id": lobby, "marks": [[bob.user_id, seqs[-1], seqs[-1]]]
    }  # fmt: skip


async def test_mark_is_told_to_ones_other_devices_at_once(
    stage: Stage, lobby: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(alice, lobby)
    phone = stage.reader(await stage.sign_in(bob.user_id), lobby)
    laptop = stage.reader(bob, lobby)
    await stage.ask(bob, commands.MarkRead(chat_id=lobby, read_seq=sent.seq))
    await phone.expect("mark", read_seq=sent.seq, read_n=1)
    await laptop.expect_nothing("mark")


async def test_typing_is_told_at_most_once_a_second_and_not_to_oneself(
    stage: Stage, directory: Directory, lobby: int, alice: Identity, bob: Identity
) -> None:
    await stage.send(alice, lobby)
    theirs, own = stage.reader(alice, lobby), stage.reader(bob, lobby)
    for _ in range(20):
        directory.typing(bob, lobby)
        await asyncio.sleep(0.1)
    told = [said for said in theirs.all if said["type"] == "typing"]
    assert told == [{"type": "typing", "chat_id": lobby, "user_id": bob.user_id}] * 2
    await own.expect_nothing("typing")


@pytest.mark.parametrize(("members", "told"), [(MEMBERS, True), (MEMBERS + 1, False)])
async def test_large_chats_have_no_receipts_and_no_typing(
    stage: Stage, lobby: int, alice: Identity, bob: Identity, members: int, told: bool
) -> None:
    await stage.send(alice, lobby)
    actor = stage.directory.chats[lobby]
    assert isinstance(actor, ChatActor)
    member = actor.state.seats[bob.user_id].member
    actor.state.seats |= {-n: Seat(member, "") for n in range(members - len(actor.state.seats))}
    reader = stage.reader(alice, lobby)
    stage.directory.typing(bob, lobby)
    actor.outbound.receipts.moved(Marked(lobby, bob.user_id, 3, 3, 0), bob.session_id)
    await settled()
    assert {said["type"] for said in reader.all} == ({"typing", "receipts"} if told else set())


async def test_typing_of_a_stranger_is_refused_without_a_word_in_the_log(
    stage: Stage, directory: Directory, carol: Identity
) -> None:
    """The chat is not loaded, so the refusal goes to a reply that nobody awaits."""
    complaints: list[Any] = []
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda _, context: complaints.append(context["message"]))
    directory.typing(carol, stage.memory._new_stream("chat"))
    await settled()
    gc.collect()
    assert complaints == []


# When the store fails


async def test_message_that_was_not_stored_is_refused_as_unavailable(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader, key = stage.reader(bob, lobby), fresh_key()
    memory.once("journal", "out", away)
    assert isinstance(await refused(stage.send(alice, lobby, "hi", key)), errors.Unavailable)
    await reader.expect_nothing("message.created")
    assert not (await stage.send(alice, lobby, "hi", key)).duplicate


async def test_message_with_an_unknown_outcome_reaches_the_readers_all_the_same(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader, key = stage.reader(bob, lobby), fresh_key()
    memory.once("journal", "back", away)
    assert isinstance(await refused(stage.send(alice, lobby, "hi", key)), errors.Unavailable)
    await reader.expect("message.created", text="hi")
    assert (await stage.send(alice, lobby, "hi", key)).duplicate
    await reader.expect_nothing("message.created")


async def test_batch_sent_again_after_a_lost_connection_reaches_the_readers(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    """The second time every row is known already, and yet nobody has been told of it."""
    reader = stage.reader(bob, lobby)
    memory.once("journal", "back", lost)
    sent = await stage.send(alice, lobby, "hi")
    await reader.expect("message.created", text="hi", seq=sent.seq)


async def test_own_event_precedes_the_ack_of_a_batch_sent_again(
    stage: Stage, memory: Memory, directory: Directory, lobby: int, alice: Identity
) -> None:
    session, line = stage.open_socket(alice)
    session.join(lobby)
    memory.once("journal", "back", lost)
    directory.send(alice, post(lobby), SocketReply(session, 7))
    await line.heard.expect("ack", id=7)
    assert [said["type"] for said in line.heard.all] == ["message.created", "ack"]


async def test_own_event_precedes_the_ack_of_a_repeat_after_an_unknown_outcome(
    stage: Stage, memory: Memory, directory: Directory, lobby: int, alice: Identity
) -> None:
    session, line = stage.open_socket(alice)
    session.join(lobby)
    command = post(lobby)
    memory.once("journal", "back", away)
    directory.send(alice, command, SocketReply(session, 7))
    await line.heard.expect("error", id=7)
    directory.send(alice, command, SocketReply(session, 8))
    await line.heard.expect("ack", id=8)
    assert [said["type"] for said in line.heard.all] == ["error", "message.created", "ack"]


@pytest.mark.parametrize("way", ["out", "back"])
async def test_change_with_an_unknown_outcome_is_told_as_it_happened(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity, way: Any
) -> None:
    reader = stage.reader(alice, lobby)
    memory.once("commit", way, away)
    command = commands.RemoveMember(chat_id=lobby, user_id=bob.user_id)
    assert isinstance(await refused(stage.ask(alice, command)), errors.Unavailable)
    await settled()
    happened = way == "back"
    assert bool(reader.events(lobby)) is happened
    answer = await asyncio.gather(stage.send(bob, lobby), return_exceptions=True)
    assert isinstance(answer[0], errors.NotFound) is happened


async def test_what_others_wrote_during_a_turn_counts_in_its_decision(
    stage: Stage, memory: Memory, directory: Directory, lobby: int, alice: Identity
) -> None:
    """Published here before the head was asked for, and not in the state that is decided on."""
    stage.reader(alice, lobby)

    async def removed() -> None:
        remove_elsewhere(memory, lobby, alice.user_id)
        head = memory.tops[lobby].seq
        directory.streams.learn(lobby, head, head)
        await until(lambda: directory.streams.stream(lobby).seq == head)

    memory.once("find_keys", "back", removed)
    command = commands.UpdateChat(chat_id=lobby, title="Mine", key=fresh_key())
    assert isinstance(await refused(stage.ask(alice, command)), errors.NotFound)
    assert memory.chats[lobby].title != "Mine"


async def test_what_lands_long_after_its_connection_was_lost_is_published(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = stage.reader(alice, lobby)
    lingering = True

    async def uncertain() -> bool:
        return lingering

    monkeypatch.setattr(memory, "uncertain", uncertain)
    memory.once("commit", "out", away)
    await refused(stage.ask(alice, commands.UpdateChat(chat_id=lobby, title="Hall")))
    await asyncio.sleep(0.5)
    assert reader.seqs(lobby) == []
    [event] = rename(memory, lobby, "Hall")
    lingering = False
    await reader.expect("chat.updated", seq=event.seq)
    await until(lambda: not stage.directory.streams.looking)


async def test_readers_catch_up_when_the_database_is_back(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader = stage.reader(bob, lobby)
    memory.once("journal", "back", away)
    for _ in range(3):
        memory.once("heads", "out", away)
    memory.once("events", "out", away)
    await refused(stage.send(alice, lobby, "hi"))
    await reader.expect("message.created", text="hi")


async def test_readers_catch_up_whatever_breaks_while_the_log_is_read(
    stage: Stage,
    memory: Memory,
    lobby: int,
    alice: Identity,
    bob: Identity,
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def broken() -> None:
        raise KeyError("bug")

    reader = stage.reader(bob, lobby)
    memory.once("journal", "back", away)
    memory.once("heads", "out", broken)
    memory.once("events", "out", broken)
    await refused(stage.send(alice, lobby, "hi"))
    await reader.expect("message.created", text="hi")
    assert [record.name for record in caplog.records] == ["messenger.actors.streams"] * 2
    caplog.clear()


async def test_hole_closes_from_the_log(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader = stage.reader(bob, lobby)
    rename(memory, lobby, "Hall")
    sent = await stage.send(alice, lobby, "hi")
    await until(lambda: reader.seqs(lobby) == [sent.seq - 1, sent.seq])


def rename(memory: Memory, chat_id: int, title: str) -> list[Event]:
    """Another process changes the chat."""
    entry = Entry(stream=chat_id, type="chat.updated", subject=chat_id, data=memory.chats[chat_id])
    return memory.commit_now(Decision(entries=[entry]), memory.clock())


def remove_elsewhere(memory: Memory, chat_id: int, user_id: int) -> None:
    """Another process removes a member."""
    gone = replace(memory.members[chat_id, user_id].member, left_at=timestamp(memory.clock()))
    entry = Entry(stream=chat_id, type="member.left", subject=user_id, data=gone)
    memory.commit_now(Decision(entries=[entry]), memory.clock())


async def test_actor_that_learns_of_what_it_did_not_write_loads_afresh(
    stage: Stage, memory: Memory, directory: Directory, lobby: int, bob: Identity
) -> None:
    await stage.send(bob, lobby, "still here")
    remove_elsewhere(memory, lobby, bob.user_id)
    head = memory.tops[lobby].seq
    directory.streams.learn(lobby, head, head)
    assert isinstance(await refused(stage.send(bob, lobby)), errors.NotFound)


async def test_actor_whose_hole_was_filled_from_the_log_loads_afresh(
    stage: Stage, memory: Memory, lobby: int, alice: Identity, bob: Identity
) -> None:
    """The notice may be lost or late; what was read is as good."""
    await stage.send(bob, lobby, "still here")
    remove_elsewhere(memory, lobby, bob.user_id)
    sent = await stage.send(alice, lobby, "makes the hole seen")
    await until(lambda: stage.stream(lobby).seq == sent.seq)
    stage.directory.streams.learn(lobby, sent.seq - 1, sent.seq - 1)
    assert isinstance(await refused(stage.send(bob, lobby)), errors.NotFound)


# Life


async def test_close_returns_when_all_that_was_taken_on_is_answered(
    stage: Stage, memory: Memory, directory: Directory, lobby: int, alice: Identity
) -> None:
    """Sockets are closed next, so an answer after that would reach nobody."""
    gate = asyncio.Event()
    memory.once("journal", "out", gate.wait)
    sent = later(stage.send(alice, lobby))
    await settled()
    asyncio.get_running_loop().call_later(1, gate.set)
    await directory.close()
    await asyncio.sleep(0)
    assert sent.done()


async def test_closed_directory_takes_nothing(
    stage: Stage, directory: Directory, lobby: int, alice: Identity
) -> None:
    await directory.close()
    for chat_id in (lobby, 999):
        assert isinstance(await refused(stage.send(alice, chat_id)), errors.Unavailable)


async def test_idle_actor_is_unloaded_and_its_chat_goes_on(
    stage: Stage, directory: Directory, lobby: int, alice: Identity, bob: Identity
) -> None:
    reader = stage.reader(bob, lobby)
    first = await stage.send(alice, lobby)
    await asyncio.sleep(200)
    directory.unload()
    assert (lobby in directory.chats, lobby in directory.streams.by_id) == (False, True)
    second = await stage.send(alice, lobby)
    assert reader.seqs(lobby) == [first.seq, second.seq]


async def test_actor_with_a_message_in_the_journal_is_not_unloaded(
    stage: Stage, memory: Memory, directory: Directory, lobby: int, alice: Identity
) -> None:
    gate = asyncio.Event()
    memory.once("journal", "out", gate.wait)
    sent = later(stage.send(alice, lobby))
    await asyncio.sleep(200)
    directory.unload()
    assert lobby in directory.chats
    gate.set()
    await sent


async def test_chat_command_with_a_persons_id_finds_no_chat(
    stage: Stage, alice: Identity, bob: Identity
) -> None:
    await stage.ask(alice, SetDraft(chat_id=stage.lobby, text="mine"))
    assert isinstance(await refused(stage.send(bob, alice.user_id)), errors.NotFound)


async def test_chat_command_with_a_persons_id_is_not_in_that_persons_way(
    stage: Stage, directory: Directory, alice: Identity, bob: Identity
) -> None:
    """Else anybody could keep anybody from changing a password, by knowing their id."""
    directory.users.pop(alice.user_id)
    assert isinstance(await refused(stage.send(bob, alice.user_id)), errors.NotFound)
    await stage.ask(alice, SetDraft(chat_id=stage.lobby, text="mine"))
    assert stage.memory.preferences[alice.user_id, stage.lobby].draft == "mine"
