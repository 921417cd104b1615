import asyncio
from contextlib import suppress
from typing import Any

import pytest

from messenger import errors
from messenger.actors.chat.forwarding import copy_key
from messenger.model import Identity, Message
from messenger.protocol.commands import (
    DeleteMessage,
    EditMessage,
    Forwarded,
    ForwardMessages,
    RemoveMember,
)
from messenger.protocol.tasks import MakeTask, UpdateTask

from .cast import Stage, fresh_key, post
from .memory import Memory, away, lost

KEY = "01890a5d-ac96-774b-bcce-b302099a8057"


def forwarding(chat_id: int, seqs: list[int], *to: int, key: str = KEY) -> ForwardMessages:
    return ForwardMessages(chat_id=chat_id, seqs=seqs, to=list(to), client_message_id=key)


async def refused(work: Any) -> errors.DomainError:
    with pytest.raises(errors.DomainError) as refusal:
        await work
    return refusal.value


def texts(memory: Memory, chat_id: int) -> list[str]:
    return [message.text for (chat, _), message in memory.messages.items() if chat == chat_id]


@pytest.fixture
async def den(stage: Stage, alice: Identity, carol: Identity) -> int:
    """A chat of Alice and Carol, who is not in the lobby."""
    return await stage.make_group(alice, carol)


async def test_copies_say_where_they_come_from_and_mention_nobody(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity, carol: Identity
) -> None:
    first = await stage.send(bob, lobby, "@carol @all one")
    second = await stage.send(bob, lobby, "two")
    reader = stage.reader(carol, den)
    made: Forwarded = await stage.ask(alice, forwarding(lobby, [second.seq, first.seq], den))
    assert not made.duplicate
    copies = [stage.message(den, sent.seq) for sent in made.messages]
    assert [(copy.text, copy.sender_id) for copy in copies] == [
        ("@carol @all one", alice.user_id), ("two", alice.user_id),
    ]  # fmt: skip
    assert (copies[0].mentions, copies[0].mentions_all) == ([], False)
    event = await reader.expect("message.created", seq=made.messages[0].seq)
    assert event["data"]["forwarded_from"] == {
        "chat_kind": "group", "chat_title": "Lobby", "author_id": bob.user_id, "author": "Bob",
        "at": first.created_at,
    }  # fmt: skip


async def test_a_forwarded_copy_keeps_its_first_author(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity, carol: Identity
) -> None:
    sent = await stage.send(bob, lobby)
    [copy] = (await stage.ask(alice, forwarding(lobby, [sent.seq], den))).messages
    notes = await stage.open_direct(carol, carol)
    [again] = (await stage.ask(carol, forwarding(den, [copy.seq], notes))).messages
    of = stage.message(notes, again.seq).forwarded_from
    assert of is not None
    assert (of.author_id, of.chat_title, of.at) == (bob.user_id, "Lobby", sent.created_at)
    assert stage.memory.sources[notes, again.seq] == stage.memory.sources[den, copy.seq]


async def test_each_chat_gets_its_copies_in_the_order_of_the_messages(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    seqs = [(await stage.send(bob, lobby, text)).seq for text in "abc"]
    notes = await stage.open_direct(alice, alice)
    made = await stage.ask(alice, forwarding(lobby, [seqs[2], seqs[0], seqs[1]], den, notes))
    assert [sent.chat_id for sent in made.messages] == [den] * 3 + [notes] * 3
    assert texts(stage.memory, den) == texts(stage.memory, notes) == ["a", "b", "c"]


async def test_a_repeat_is_answered_as_the_first_time_whatever_became_of_the_original(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    seqs = [(await stage.send(bob, lobby, text)).seq for text in "ab"]
    first = await stage.ask(alice, forwarding(lobby, seqs, den))
    await stage.ask(bob, EditMessage(chat_id=lobby, seq=seqs[0], text="changed"))
    await stage.ask(bob, DeleteMessage(chat_id=lobby, seq=seqs[1]))
    again = await stage.ask(alice, forwarding(lobby, seqs, den))
    assert again.duplicate
    assert [m.seq for m in again.messages] == [m.seq for m in first.messages]
    assert texts(stage.memory, den) == ["a", "b"]


async def test_a_repeat_posts_what_could_not_be_stored(
    stage: Stage, memory: Memory, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    seqs = [(await stage.send(bob, lobby, text)).seq for text in "ab"]
    memory.once("journal", "out", nothing)
    memory.once("journal", "out", away)
    error = await refused(stage.ask(alice, forwarding(lobby, seqs, den)))
    assert (error.code, texts(memory, den)) == ("unavailable", ["a"])
    again = await stage.ask(alice, forwarding(lobby, seqs, den))
    assert [sent.duplicate for sent in again.messages] == [True, False]
    assert not again.duplicate
    assert texts(memory, den) == ["a", "b"]


async def nothing() -> None:
    """The first trip is as it should be."""


async def test_a_lost_connection_doubles_no_copy(
    stage: Stage, memory: Memory, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(bob, lobby, "a")
    memory.once("journal", "back", lost)
    await stage.ask(alice, forwarding(lobby, [sent.seq], den))
    assert texts(memory, den) == ["a"]


@pytest.mark.parametrize("other", [[1], [1, 0], [0, 1, 1]])
async def test_one_key_forwards_one_thing(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity, other: list[int]
) -> None:
    seqs = [(await stage.send(bob, lobby, text)).seq for text in "ab"]
    await stage.ask(alice, forwarding(lobby, [seqs[0]], den))
    error = await refused(stage.ask(alice, forwarding(lobby, [seqs[each] for each in other], den)))
    assert isinstance(error, errors.IdempotencyMismatch)
    assert texts(stage.memory, den) == ["a"]


async def test_a_message_sent_with_the_key_is_no_forward(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(bob, lobby, "a")
    await stage.send(alice, den, "mine", KEY)
    error = await refused(stage.ask(alice, forwarding(lobby, [sent.seq], den)))
    assert isinstance(error, errors.IdempotencyMismatch)


async def test_nothing_is_posted_unless_all_of_it_may_be(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity, carol: Identity
) -> None:
    sent = await stage.send(bob, lobby, "a")
    secret = await stage.make_group(bob)
    error = await refused(stage.ask(alice, forwarding(lobby, [sent.seq], den, secret)))
    assert (error.code, error.details) == ("not_found", {"to": [secret]})
    error = await refused(stage.ask(alice, forwarding(lobby, [sent.seq, 10**6], den)))
    assert (error.code, error.details) == ("not_found", {"seq": 10**6})
    error = await refused(stage.ask(carol, forwarding(lobby, [sent.seq], den)))
    assert error.code == "not_found"
    assert texts(stage.memory, den) == []


async def test_neither_tombstones_nor_other_events_can_be_forwarded(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(bob, lobby)
    await stage.ask(bob, DeleteMessage(chat_id=lobby, seq=sent.seq))
    for seq in (sent.seq, 1):
        error = await refused(stage.ask(alice, forwarding(lobby, [seq], den)))
        assert error.code == "not_found"


async def test_who_has_left_the_other_chat_cannot_forward_there(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity, carol: Identity
) -> None:
    sent = await stage.send(bob, lobby)
    notes = await stage.open_direct(carol, carol)
    await stage.ask(carol, RemoveMember(chat_id=den, user_id=carol.user_id))
    copy = await stage.send(carol, notes)
    error = await refused(stage.ask(carol, forwarding(notes, [copy.seq], den)))
    assert error.code == "not_found"
    assert sent.seq


async def test_a_copy_can_be_deleted_but_not_edited(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(bob, lobby)
    [copy] = (await stage.ask(alice, forwarding(lobby, [sent.seq], den))).messages
    edit = EditMessage(chat_id=den, seq=copy.seq, text="never said")
    assert (await refused(stage.ask(alice, edit))).code == "forbidden"
    gone: Message = await stage.ask(alice, DeleteMessage(chat_id=den, seq=copy.seq))
    assert (gone.text, gone.forwarded_from) == ("", None)


async def test_the_first_message_of_a_direct_chat_may_be_a_copy(
    stage: Stage, lobby: int, alice: Identity, bob: Identity, carol: Identity
) -> None:
    sent = await stage.send(bob, lobby, "a")
    direct = await stage.open_direct(alice, carol)
    reader = stage.reader(carol, carol.user_id)
    await stage.ask(alice, forwarding(lobby, [sent.seq], direct))
    await reader.expect("chat.joined", chat_id=direct)
    assert texts(stage.memory, direct) == ["a"]


async def test_a_task_made_from_a_message_is_copied_once_with_it(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(bob, lobby, "buy bread")
    task = await stage.ask(bob, MakeTask(chat_id=lobby, seq=sent.seq, assigned_to=bob.user_id))
    await stage.ask(bob, UpdateTask(task_id=task.id, description="the dark one", labels=["food"]))
    for _ in range(2):
        [copy] = (await stage.ask(alice, forwarding(lobby, [sent.seq], den))).messages
    made = [each for each in stage.memory.tasks.values() if each.chat_id == den]
    assert [(each.title, each.description, each.labels) for each in made] == [
        ("buy bread", "the dark one", ["food"])
    ]
    assert (made[0].creator, made[0].assigned_to, made[0].source_seq) == (
        alice.user_id, None, copy.seq,
    )  # fmt: skip
    assert stage.message(den, copy.seq).task_id == made[0].id


async def test_copies_count_against_the_rate_of_writes_and_repeats_do_not(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(bob, lobby)
    await stage.ask(alice, forwarding(lobby, [sent.seq], den))
    with suppress(errors.RateLimited):
        while True:
            stage.directory.context.check_rate(alice, forwarding(lobby, [sent.seq], den))
    error = await refused(stage.ask(alice, forwarding(lobby, [sent.seq], den, key=fresh_key())))
    assert error.code == "rate_limited"
    again = await stage.ask(alice, forwarding(lobby, [sent.seq], den))
    assert again.duplicate


async def test_too_many_copies_are_refused(
    stage: Stage, lobby: int, den: int, alice: Identity
) -> None:
    to = [den, *range(10**6, 10**6 + 10)]
    error = await refused(stage.ask(alice, forwarding(lobby, list(range(1, 51)), *to)))
    assert (error.code, error.details) == ("validation_failed", {"limit": 200})


async def test_sending_goes_on_while_copies_are_posted(
    stage: Stage, lobby: int, den: int, alice: Identity, bob: Identity
) -> None:
    sent = await stage.send(bob, lobby)
    work = asyncio.ensure_future(stage.ask(alice, forwarding(lobby, [sent.seq], lobby, den)))
    await stage.ask(bob, post(lobby, "beside it"))
    made = await work
    assert [each.chat_id for each in made.messages] == [lobby, den]


def test_keys_of_copies_are_ordered_by_time_and_all_different() -> None:
    keys = [copy_key(KEY, number) for number in range(200)]
    assert keys[0] == KEY
    assert len(set(keys)) == 200
    assert {key[:18] for key in keys} == {KEY[:18]}
    assert {key[19] for key in keys} <= set("89ab")
