"""Whole systems under trouble, one a seed. To look at more of them than every run does:

SIMULATION_SEEDS=2000 SIMULATION_FROM=1000 bin/test tests/unit/test_simulation.py
"""

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from messenger.actors.actor import Envelope
from messenger.actors.chat.posting import Outbound
from messenger.actors.stream import Stream
from messenger.actors.streams import Streams
from messenger.model import Event, SentMessage

from .memory import Memory
from .simulation import run
from .tables import Tables

FIRST = int(os.environ.get("SIMULATION_FROM", "0"))
SEEDS = int(os.environ.get("SIMULATION_SEEDS", "200"))
BLOCK = 20


@pytest.mark.parametrize("first", range(FIRST, FIRST + SEEDS, BLOCK))
def test_promises_hold_under_trouble(first: int, caplog: pytest.LogCaptureFixture) -> None:
    broken = {seed: found for seed in range(first, first + BLOCK) if (found := run(seed).broken)}
    assert broken == {}
    # Trouble is expected; what the server calls an error is not.
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []


def test_seed_tells_the_same_story_again() -> None:
    one, other = run(7), run(7)
    assert one.attempts == other.attempts
    assert one.tables.log == other.tables.log


# Canaries: with each of these faults in the server, the checker has to say so.


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    stored = Tables._store

    def forgetful(self: Tables, posting: Any, at: str) -> Any:
        self.sent_keys.clear()
        return stored(self, posting, at)

    patch.setattr(Tables, "_store", forgetful)


def ack_before_commit(patch: pytest.MonkeyPatch) -> None:
    post = Outbound.post

    def hasty(outbound: Outbound, envelope: Envelope) -> None:
        command, seq = envelope.command, outbound.stream.seq + outbound.in_journal + 1
        post(outbound, envelope)
        envelope.reply.answer(
            SentMessage(outbound.state.id, seq, 0, "", command.client_message_id, duplicate=False)
        )

    patch.setattr(Outbound, "post", hasty)


def lost_commits(patch: pytest.MonkeyPatch) -> None:
    """As `synchronous_commit=off`: what was stored last is gone after a crash."""
    crash = Memory.crash

    def forgetful(self: Memory) -> None:
        crash(self)
        (chat, seq), last = max(self.messages.items(), key=lambda item: item[1].created_at)
        if self.tops[chat].seq == seq:
            del self.messages[chat, seq], self.sent_keys[last.sender_id, last.client_message_id]
            self.log[chat].pop()
            self.tops[chat].seq -= 1
            self.tops[chat].n -= 1

    patch.setattr(Memory, "crash", forgetful)


def swapped_events(patch: pytest.MonkeyPatch) -> None:
    deliver = Stream.deliver

    def swapping(self: Stream, events: list[Event]) -> None:
        # Messages alone: with members swapped the company would never come together.
        swapped = all(event.type.startswith("message.") for event in events)
        deliver(self, events[::-1] if swapped else events)

    patch.setattr(Stream, "deliver", swapping)


def dropped_broadcast(patch: pytest.MonkeyPatch) -> None:
    deliver, chance = Stream.deliver, random.Random(0)

    def lossy(self: Stream, events: list[Event]) -> None:
        if chance.random() > 0.01:
            deliver(self, events)

    patch.setattr(Stream, "deliver", lossy)


def numbers_with_gaps(patch: pytest.MonkeyPatch) -> None:
    """As a PostgreSQL sequence: a number that was taken and not used is gone."""
    append, chance = Tables._append, random.Random(0)

    def wasteful(self: Tables, stream: int, *event: Any) -> int:
        # Once there is trouble: without it the company would never come together.
        self.tops[stream].seq += self.trip != self._calm and chance.random() < 0.01
        return append(self, stream, *event)

    patch.setattr(Tables, "_append", wasteful)


def members_that_are_never_forgotten(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Streams, "_before", lambda self, stream, event: None)


def holes_that_stay(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Streams, "_read_on", lambda self, stream: None)


CANARIES: list[tuple[Callable[[pytest.MonkeyPatch], None], str]] = [
    (no_dedupe, "I2"),
    (ack_before_commit, "I1"),
    (lost_commits, "I1"),
    (swapped_events, "I4"),
    (dropped_broadcast, "I4"),
    (numbers_with_gaps, "I3"),
    (members_that_are_never_forgotten, "I7"),
    (holes_that_stay, "I8"),
]


@pytest.mark.parametrize(
    ("fault", "promise"), CANARIES, ids=lambda one: getattr(one, "__name__", one)
)
def test_checker_sees(
    fault: Callable[[pytest.MonkeyPatch], None], promise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fault(monkeypatch)
    seen = (line for seed in range(30) for line in run(seed).broken)
    assert any(line.startswith(promise) for line in seen)
