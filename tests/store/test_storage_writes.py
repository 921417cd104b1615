"""What `Storage` promises of writes; each test runs over the model and over PostgreSQL."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from messenger.decision import (
    Decision,
    Entry,
    NotificationsSet,
    PreferenceSet,
    RequestKey,
    SearchesSet,
    SessionsRevoked,
)
from messenger.errors import IdempotencyMismatch, NotFound
from messenger.model import (
    ForwardedFrom,
    Message,
    NotifySettings,
    QuietHours,
    ReactionChange,
    SavedSearch,
    SavedSearches,
    SentMessage,
    SessionRevoked,
)
from messenger.protocol.event_types import EVENT_TYPES
from messenger.storage import Duplicate, Keyed, Marked, Source, StaleHead, Stored
from tests.store.scene import AT, NOW, Scene

OTHER = "11" * 32


async def test_streams_and_ids_are_never_given_twice(scene: Scene) -> None:
    streams = [await scene.store.new_stream(kind) for kind in ("user", "chat", "user")]
    assert len({scene.org_id, *streams}) == 4
    assert await scene.store.heads(streams) == dict.fromkeys(streams, 0)
    for kind in ("task", "column", "number"):
        first, second = [await scene.store.new_ids(kind, 2) for _ in range(2)]
        assert len({*first, *second}) == 4


async def test_entries_take_the_next_numbers_of_their_streams(scene: Scene) -> None:
    alice = await scene.user("alice")
    lobby, attic = await scene.chat(alice), await scene.chat(alice)
    before = await scene.store.heads([lobby, attic])
    events = await scene.commit(
        scene.join(lobby, alice), scene.join(attic, alice), scene.join(lobby, alice, "admin"),
        by=alice,
    )  # fmt: skip
    assert [(event.stream, event.seq - before[event.stream]) for event in events] == [
        (lobby, 1), (attic, 1), (lobby, 2),
    ]  # fmt: skip
    assert [event.data.rev for event in events] == [event.seq for event in events]
    assert {(event.by, event.at) for event in events} == {(alice, AT)}
    after = await scene.store.heads([lobby, attic])
    assert after == {lobby: before[lobby] + 2, attic: before[attic] + 1}


async def test_an_entrys_own_author_counts_before_the_decisions(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice)
    [event] = await scene.commit(replace(scene.join(lobby, bob), by=bob), by=alice)
    assert event.by == bob


async def test_a_decision_on_an_old_head_is_refused_whole(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice)
    head = (await scene.store.heads([lobby]))[lobby]
    await scene.commit(scene.join(lobby, bob), head=(lobby, head))
    with pytest.raises(StaleHead):
        await scene.commit(scene.join(lobby, bob, "admin"), head=(lobby, head))
    record = await scene.store.chat(lobby)
    assert record is not None
    assert record.seq == head + 1
    assert {seat.member.user_id: seat.member.role for seat in record.seats}[bob] == "member"


async def test_a_taken_key_refuses_the_whole_decision(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice)
    key = RequestKey(
        user_id=alice, key="k", digest=b"d" * 32, subject=("member.joined", lobby, bob)
    )
    await scene.commit(scene.join(lobby, bob), keys=[key])
    head = await scene.store.heads([lobby])
    with pytest.raises(Duplicate) as caught:
        await scene.commit(scene.join(lobby, bob, "admin"), keys=[replace(key, digest=b"e" * 32)])
    assert caught.value.constraint == "request_keys_pkey"
    assert await scene.store.heads([lobby]) == head
    kept = Keyed(b"d" * 32, ("member.joined", lobby, bob))
    assert await scene.store.find_keys([(alice, "k"), (alice, "other"), (bob, "k")]) == {
        (alice, "k"): kept
    }


async def test_a_user_name_an_address_and_a_pair_are_unique(scene: Scene) -> None:
    alice = await scene.user("alice", email="alice@example.org")
    bob = await scene.user("bob")
    await scene.chat(alice, bob, kind="direct")
    for constraint, make in {
        "users_username_key_key": scene.user("Alice"),
        "users_email_key_key": scene.user("carol", email="ALICE@example.org"),
        "chats_user_ids_key": scene.chat(bob, alice, kind="direct"),
    }.items():
        with pytest.raises(Duplicate) as caught:
            await make
        assert caught.value.constraint == constraint
    assert await scene.store.direct(sorted([alice, bob])) is not None


# Messages and marks


async def test_messages_are_numbered_in_the_order_of_their_posting(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    head = (await scene.store.heads([lobby]))[lobby]
    for number, sender in enumerate([alice, bob, alice]):
        scene.send(scene.posting(lobby, sender, str(number)), number)
    heard = await scene.poster.results(3)
    assert [heard[number].seq for number in range(3)] == [head + 1, head + 2, head + 3]
    assert [heard[number].n for number in range(3)] == [1, 2, 3]
    assert [(await scene.message(lobby, head + 1 + n)).text for n in range(3)] == ["0", "1", "2"]


async def test_a_message_is_stored_alone_as_it_is_among_others(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby, attic = await scene.chat(alice, bob), await scene.chat(alice)
    first = await scene.post(attic, alice)
    shown = ForwardedFrom(chat_kind="group", chat_title="\\'\"", author_id=alice, author="A", at=AT)
    forms: list[dict[str, Any]] = [
        {"text": 'it\'s % \\ "said" \u2028 😀'},
        {"reply_to": first.seq},
        {"mentions": [alice, bob]},
        {"mentions_all": True},
        {"source": Source(attic, first.seq, shown)},
    ]
    alone = [await scene.post(lobby, alice, **form) for form in forms]
    for number, form in enumerate(forms):
        scene.send(scene.posting(lobby, alice, **form), number)
    among = await scene.poster.results(len(forms))
    for number, one in enumerate(alone):
        other = among[number]
        assert (other.seq, other.n) == (one.seq + len(forms), one.n + len(forms))
        assert bare(await scene.message(lobby, one.seq)) == bare(
            await scene.message(lobby, other.seq)
        )


def bare(message: Message) -> Message:
    """Without what is each message's own."""
    return replace(message, seq=0, n=0, rev=0, client_message_id="", created_at=AT)


async def test_a_repeated_key_gets_the_first_answer(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby, attic = await scene.chat(alice, bob), await scene.chat(alice)
    key = scene.key()
    first = await scene.post(lobby, alice, client_message_id=key)
    again = await scene.post(lobby, alice, client_message_id=key)
    assert again == replace(first, duplicate=True)
    assert first.duplicate is False
    other = await scene.post(attic, alice, client_message_id=key, digest=OTHER)
    assert isinstance(other, IdempotencyMismatch)
    assert isinstance(await scene.post(lobby, bob, client_message_id=key), Stored)
    stored = SentMessage(lobby, first.seq, first.n, first.created_at, key, True)
    assert await scene.store.sent_message(alice, key, "00" * 32) == stored
    assert await scene.store.sent_message(alice, key, OTHER) is None
    assert await scene.store.sent_message(alice, scene.key(), "00" * 32) is None


async def test_a_message_into_no_chat_is_not_found(scene: Scene) -> None:
    alice = await scene.user("alice")
    assert isinstance(await scene.post(10**6, alice), NotFound)


async def test_a_forwarded_message_knows_its_source(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby, attic = await scene.chat(alice, bob), await scene.chat(alice)
    first = await scene.post(lobby, alice, "hi")
    shown = ForwardedFrom(chat_kind="group", chat_title="Lobby", author_id=alice, author="A", at=AT)
    source = Source(lobby, first.seq, shown)
    copy = await scene.post(attic, alice, "hi", source=source)
    assert (await scene.message(attic, copy.seq)).forwarded_from == shown
    assert (await scene.store.events(attic, copy.seq - 1, copy.seq))[0].data.forwarded_from == shown
    found = await scene.store.forwardable(attic, [copy.seq, 10**6])
    assert {seq: (message.text, of) for seq, (message, of) in found.items()} == {
        copy.seq: ("hi", source)
    }
    found = await scene.store.forwardable(lobby, [first.seq])
    assert found[first.seq][1] is None


async def test_marks_go_forward_only_and_reading_is_receiving(scene: Scene) -> None:
    alice, bob, carol = await scene.users("alice", "bob", "carol")
    lobby = await scene.chat(alice, bob)
    sent = [await scene.post(lobby, alice) for _ in range(3)]
    second = sent[1]
    moved = Marked(lobby, bob, second.seq, second.seq, second.n)
    assert await scene.mark(lobby, bob, second.seq) == moved
    assert await scene.mark(lobby, bob, sent[0].seq) == moved
    received = await scene.mark(lobby, bob, 0, sent[2].seq)
    assert received == replace(moved, received_seq=sent[2].seq)
    assert isinstance(await scene.mark(lobby, carol, second.seq), NotFound)


async def test_sending_moves_the_senders_own_marks(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    await scene.post(lobby, alice)
    last = await scene.post(lobby, bob)
    marks = (await scene.store.marks([lobby]))[lobby]
    assert (bob, last.seq, last.seq) in marks
    assert await scene.mark(lobby, bob, 0) == Marked(lobby, bob, last.seq, last.seq, last.n)


# Reactions, preferences, sessions, presence


async def test_reactions_are_grouped_and_go_with_the_text(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    lobby = await scene.chat(alice, bob)
    seq = (await scene.post(lobby, alice)).seq

    async def react(type: str, user_id: int, emoji: str) -> None:
        change = ReactionChange(chat_id=lobby, seq=seq, emoji=emoji, user_id=user_id)
        await scene.commit(Entry(stream=lobby, type=type, subject=seq, data=change))

    for user_id in (bob, alice):
        await react("reaction.added", user_id, "👍")
    await react("reaction.added", alice, "🎉")
    message = await scene.message(lobby, seq)
    shown = [(each.emoji, each.count, each.user_ids) for each in message.reactions]
    assert sorted(shown) == sorted([("👍", 2, [bob, alice]), ("🎉", 1, [alice])])
    assert message.rev == (await scene.store.heads([lobby]))[lobby]
    met = await scene.store.reaction_state(lobby, seq, "👍", bob)
    assert met is not None
    assert (met.deleted, met.given, met.known, met.kinds) == (False, True, True, 2)
    await react("reaction.removed", bob, "👍")
    met = await scene.store.reaction_state(lobby, seq, "👍", bob)
    assert met is not None
    assert (met.given, met.known, met.kinds) == (False, True, 2)
    gone = replace(await scene.message(lobby, seq), text="", deleted_at=AT)
    await scene.commit(Entry(stream=lobby, type="message.deleted", subject=seq, data=gone))
    message = await scene.message(lobby, seq)
    assert (message.text, message.deleted_at, message.reactions) == ("", AT, [])
    met = await scene.store.reaction_state(lobby, seq, "🎉", alice)
    assert met is not None
    assert (met.deleted, met.kinds) == (True, 0)
    assert await scene.store.reaction_state(lobby, 10**6, "🎉", alice) is None


async def test_preferences_replace_the_row_and_are_read_back_with_the_event(scene: Scene) -> None:
    alice = await scene.user("alice")
    lobby, attic = await scene.chat(alice), await scene.chat(alice)
    assert await scene.store.preference(alice, lobby) == PreferenceSet(user_id=alice, chat_id=lobby)
    chosen = PreferenceSet(user_id=alice, chat_id=lobby, notify="none", draft="ещё", pinned_at=AT)
    entry = Entry(stream=alice, type="draft.changed", subject=lobby)
    [event] = await scene.commit(entry, writes=[chosen])
    assert (event.data.notify, event.data.draft, event.data.pinned_at) == ("none", "ещё", AT)
    assert await scene.store.preference(alice, lobby) == chosen
    assert await scene.store.draft_bytes(alice, attic) == len("ещё".encode())
    assert await scene.store.draft_bytes(alice, lobby) == 0
    await scene.commit(writes=[PreferenceSet(user_id=alice, chat_id=lobby, marked_unread=True)])
    chosen = await scene.store.preference(alice, lobby)
    assert (chosen.draft, chosen.notify, chosen.marked_unread) == (None, None, True)


async def test_the_searches_somebody_keeps_are_read_back_with_their_event(scene: Scene) -> None:
    alice, bob = await scene.user("alice"), await scene.user("bob")
    kept = SavedSearches({"a": SavedSearch(id="a", of="tasks", name="Срочное", q="label:срочно")})
    entry = Entry(stream=alice, type="searches.changed", subject=alice)
    [event] = await scene.commit(entry, writes=[SearchesSet(user_id=alice, searches=kept)])
    assert event.data == kept
    assert await scene.store.saved_searches(alice) == kept
    assert await scene.store.saved_searches(bob) == SavedSearches()


async def test_what_may_notify_somebody_is_read_back_with_its_event(scene: Scene) -> None:
    alice, bob = await scene.user("alice"), await scene.user("bob")
    assert await scene.store.notifications(alice) == NotifySettings()
    chosen = NotifySettings(causes={"chat": "off"}, keywords=["счёт"], quiet=QuietHours(days=[1]))
    entry = Entry(stream=alice, type="notifications.changed", subject=alice)
    [event] = await scene.commit(entry, writes=[NotificationsSet(user_id=alice, settings=chosen)])
    assert event.data == chosen
    assert await scene.store.notifications(alice) == chosen
    assert await scene.store.notifications(bob) == NotifySettings()


async def test_a_revoked_session_is_nobodys(scene: Scene) -> None:
    alice = await scene.user("alice", "admin")
    phone, laptop = await scene.open_session(alice), await scene.open_session(alice)
    who = await scene.store.identify(phone, NOW)
    assert who is not None
    assert (who.user_id, who.session_id, who.username, who.role) == (alice, phone, "alice", "admin")
    assert sorted(await scene.store.sessions(alice, None)) == sorted([phone, laptop])
    assert await scene.store.sessions(alice, phone) == [laptop]
    entry = Entry(stream=alice, type="session.revoked", data=SessionRevoked(phone))
    [event] = await scene.commit(entry, writes=[SessionsRevoked(session_ids=[phone])])
    assert event.data == SessionRevoked(phone)
    assert await scene.store.identify(phone, NOW) is None
    assert await scene.store.sessions(alice, None) == [laptop]
    assert await scene.store.identify(scene.key(), NOW) is None


async def test_last_seen_is_what_was_saved_last_even_if_it_is_earlier(scene: Scene) -> None:
    alice, bob = await scene.users("alice", "bob")
    await scene.store.save_last_seen({alice: NOW + timedelta(days=1)})
    await scene.store.save_last_seen({alice: NOW})
    assert await scene.store.last_seen([alice, bob]) == {alice: AT, bob: None}


async def test_everything_ends_and_then_nothing_is_uncertain(scene: Scene) -> None:
    alice = await scene.user("alice")
    lobby = await scene.chat(alice)
    await asyncio.gather(*(scene.store.commit(Decision(entries=[]), NOW) for _ in range(3)))
    await scene.post(lobby, alice)
    assert await scene.store.uncertain() is False
    assert {event.type for event in await scene.store.events(lobby, 0, 99)} <= EVENT_TYPES.keys()
