import itertools
import random
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messenger.actors.stream import RING, UNKNOWN, Stream
from messenger.model import Event, Identity, ReactionChange
from messenger.protocol import events
from messenger.protocol.codec import CODECS, JSON, MSGPACK, Codec

from .cast import unpack


class Listener:
    """A subscriber that keeps what it is given."""

    def __init__(self, user_id: int = 5, codec: Codec = JSON) -> None:
        self.codec = codec
        self.identity = Identity(user_id=user_id, session_id="s", username="bob", role="user")
        self.everything = False
        self.frames: list[Any] = []
        self.pieces: list[bytes] = []

    def push(self, data: bytes) -> None:
        self.pieces.append(data)
        self.frames += unpack(data, self.codec)

    def ended(self, stream_id: int) -> None:
        raise AssertionError("nothing ended")

    @property
    def seqs(self) -> list[int]:
        return [frame["seq"] for frame in self.frames]


class Behind:
    """Counts how often a stream asked for what it lacks."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, stream: Stream) -> None:
        self.asked += 1


@pytest.fixture
def behind() -> Behind:
    return Behind()


@pytest.fixture
def stream(behind: Behind) -> Stream:
    return Stream(17, behind)


def numbered(seqs: Iterable[int]) -> list[Event]:
    change = ReactionChange(chat_id=17, seq=1, emoji="👍", user_id=5)
    return [Event("reaction.added", 17, seq, "at", 5, change) for seq in seqs]


def seqs(some: Iterable[Event] | None) -> list[int] | None:
    return None if some is None else [event.seq for event in some]


# Start


def test_before_the_start_everything_is_held_back(stream: Stream) -> None:
    assert stream.accept(numbered([6, 7])) == []
    assert stream.seq == UNKNOWN


def test_start_takes_what_follows_from_what_was_held_back(stream: Stream) -> None:
    stream.accept(numbered([5, 6, 7]))
    stream.start(5)
    assert (stream.seq, stream.early) == (7, {})
    assert seqs(stream.since(5)) == [6, 7]


def test_only_the_first_start_counts(stream: Stream) -> None:
    stream.start(5)
    stream.accept(numbered([6]))
    stream.start(5)
    stream.start(9)
    assert stream.seq == 6


def test_start_behind_what_is_known_asks_for_the_rest(stream: Stream, behind: Behind) -> None:
    """Heard of 7 while the log was asked and had 5: nobody else will bring 6 and 7."""
    stream.learn(7)
    assert behind.asked == 0
    stream.start(5)
    assert behind.asked == 1


def test_start_below_a_hole_asks_for_the_rest(stream: Stream, behind: Behind) -> None:
    stream.accept(numbered([7]))
    stream.start(5)
    assert (stream.seq, behind.asked) == (5, 1)


# Order


def test_what_follows_is_ready_at_once(stream: Stream, behind: Behind) -> None:
    stream.start(5)
    assert seqs(stream.accept(numbered([6, 7]))) == [6, 7]
    assert (stream.seq, behind.asked) == (7, 0)


def test_early_event_waits_for_the_hole_to_close(stream: Stream, behind: Behind) -> None:
    stream.start(5)
    assert stream.accept(numbered([8])) == []
    assert behind.asked == 1
    assert seqs(stream.accept(numbered([6, 7]))) == [6, 7, 8]
    assert stream.early == {}


def test_event_that_was_handed_out_is_dropped(stream: Stream) -> None:
    stream.start(5)
    stream.accept(numbered([6, 7]))
    assert stream.accept(numbered([6, 7])) == []
    assert seqs(stream.accept(numbered([7, 8]))) == [8]


def test_learning_of_more_asks_for_it_once(stream: Stream, behind: Behind) -> None:
    stream.start(5)
    stream.learn(5)
    stream.learn(8)
    stream.learn(7)
    stream.learn(8)
    assert behind.asked == 1


@settings(max_examples=300)
@given(seed=st.integers(0, 2**32), start=st.integers(0, 50), count=st.integers(1, 120))
def test_in_whatever_order_events_come_they_leave_once_in_order(
    seed: int, start: int, count: int
) -> None:
    """Split into runs, shuffled, some repeated, the start somewhere between."""
    chance = random.Random(seed)
    stream, alice, bob = Stream(17, Behind()), Listener(), Listener(codec=MSGPACK)
    stream.add(alice)
    stream.add(bob)
    cuts = {
        start + 1,
        *chance.sample(range(start + 1, start + count + 1), chance.randint(1, count)),
    }
    edges = [*sorted(cuts), start + count + 1]
    runs = [
        range(max(start + 1, first - chance.randint(0, 2)), end)
        for first, end in itertools.pairwise(edges)
    ]
    chance.shuffle(runs)
    started = chance.randrange(len(runs) + 1)
    heard_from = start
    for place, run in enumerate([*runs, range(0)]):
        if place == started:
            stream.start(start)
            # Nobody listens before the start: what followed it at once was handed to nobody.
            heard_from = stream.seq
        if run and (ready := stream.accept(numbered(run))):
            stream.deliver(ready)
    assert alice.seqs == bob.seqs == list(range(heard_from + 1, start + count + 1))
    assert (stream.seq, stream.early) == (start + count, {})


# The newest events


def test_ring_has_the_events_after_a_cursor(stream: Stream) -> None:
    stream.start(5)
    assert seqs(stream.since(5)) == []
    stream.accept(numbered(range(6, 10)))
    assert seqs(stream.since(5)) == [6, 7, 8, 9]
    assert seqs(stream.since(8)) == [9]
    assert seqs(stream.since(9)) == []


def test_ring_says_so_when_it_does_not_reach_back(stream: Stream) -> None:
    stream.start(5)
    assert stream.since(4) is None
    stream.accept(numbered(range(6, 6 + RING + 1)))
    assert stream.since(5) is None
    assert seqs(stream.since(6)) == list(range(7, 6 + RING + 1))


def test_cursor_ahead_of_the_stream_is_not_answered_from_the_ring(stream: Stream) -> None:
    stream.start(5)
    stream.accept(numbered([6]))
    assert stream.since(7) is None


# Out


def test_each_codec_is_encoded_once_and_all_get_the_same_piece(
    stream: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    readers = [Listener(codec=codec) for codec in CODECS for _ in range(3)]
    for reader in readers:
        stream.add(reader)
    packed: list[Codec] = []
    pack = Codec.pack

    def counted(codec: Codec, said: Any) -> bytes:
        packed.append(codec)
        return pack(codec, said)

    monkeypatch.setattr(Codec, "pack", counted)
    stream.deliver(numbered([6, 7]))
    assert packed == [JSON, JSON, MSGPACK, MSGPACK]
    assert {id(reader.pieces[0]) for reader in readers[:3]} == {id(readers[0].pieces[0])}
    assert all(reader.seqs == [6, 7] for reader in readers)


def test_who_left_hears_nothing_more(stream: Stream) -> None:
    bob = Listener()
    stream.add(bob)
    stream.discard(bob)
    stream.deliver(numbered([6]))
    stream.signal(events.Typing(chat_id=17, user_id=1))
    assert bob.pieces == []
    assert stream.deserted


def test_signal_goes_to_everybody_but_one_person(stream: Stream) -> None:
    alice, alices_phone, bob = Listener(1), Listener(1, MSGPACK), Listener(2)
    for reader in (alice, alices_phone, bob):
        stream.add(reader)
    stream.signal(events.Typing(chat_id=17, user_id=1), but=1)
    assert (alice.frames, alices_phone.frames) == ([], [])
    assert bob.frames == [{"type": "typing", "chat_id": 17, "user_id": 1}]
    assert stream.of(1) == [alice, alices_phone]
