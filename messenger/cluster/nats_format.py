"""What servers say over NATS, as bytes: committed events, and what passes; signed.

A word is a signature (16 bytes: keyed BLAKE2b, RFC 7693, under `SECRET_KEY` and for one epoch), its
kind (1) and:

- `e`: stream (8, big-endian), first and last number (8 each), whether plain (1); then MessagePack:
  the events, each type, seq, at, by, data
- `g`: the same without events, which would be larger than the server of NATS takes
- `s`: MessagePack, the teller's name and its signals

Subjects are `all`, for what concerns every server, and `lane.<number>`, a stream's being its id
modulo `LANES`.
"""

import hashlib
import hmac
import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import groupby
from typing import Any, Final, NamedTuple

import msgspec

from messenger.actors.streams import Signal
from messenger.model import Event
from messenger.protocol.event_types import EVENT_TYPES, PLAIN, Effect

LANES: Final = 256
ALL: Final = "all"
EVERY_LANE: Final = "lane.*"
FOR_ALL: Final = frozenset({Effect.END_SESSION, Effect.UPDATE_USER})
OF_A_CHAT: Final = frozenset({"typing", "mark", "receipts"})
"""Signals whose second part is a chat."""
SIGNED: Final = 16
HEAD: Final = struct.Struct("!cQQQ?")

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[tuple[str, int, str, int | None, msgspec.Raw]]).decode


class Head(NamedTuple):
    """What stands before the events of a word: enough to let it go, or to read the log."""

    stream: int
    first: int
    last: int
    plain: bool


def lane(stream_id: int) -> str:
    return f"lane.{stream_id % LANES}"


class Words:
    """Writes and reads them, with the key of one epoch of one deployment."""

    def __init__(self, secret_key: bytes, epoch: int) -> None:
        self._key = hashlib.blake2b(b"messenger.%d" % epoch, key=secret_key[:64]).digest()

    def __repr__(self) -> str:
        return "<Words>"

    def of_events(self, events: Iterable[Event], most: int) -> Iterator[tuple[str, bytes]]:
        """Subject and word of each run of a stream's events; none is longer than `most` bytes."""
        for stream_id, run in groupby(events, key=lambda event: event.stream):
            some = list(run)
            plain = all(event.type == PLAIN for event in some)
            for_all = any(EVENT_TYPES[event.type].effect in FOR_ALL for event in some)
            span = stream_id, some[0].seq, some[-1].seq, plain
            rows = [[event.type, event.seq, event.at, event.by, event.data] for event in some]
            word = self._signed(HEAD.pack(b"e", *span) + _encode(rows))
            if len(word) > most:
                word = self._signed(HEAD.pack(b"g", *span))
            yield ALL if for_all else lane(stream_id), word

    def of_signals(self, name: str, signals: Iterable[Signal]) -> Iterator[tuple[str, bytes]]:
        found: dict[str, list[Signal]] = defaultdict(list)
        for signal in signals:
            found[lane(signal[1]) if signal[0] in OF_A_CHAT else ALL].append(signal)
        for subject, some in found.items():
            yield subject, self._signed(b"s" + _encode([name, *some]))

    def _signed(self, word: bytes) -> bytes:
        return self._signature(word) + word

    def _signature(self, word: bytes) -> bytes:
        return hashlib.blake2b(word, digest_size=SIGNED, key=self._key).digest()

    def is_ours(self, word: bytes) -> bool:
        return hmac.compare_digest(word[:SIGNED], self._signature(word[SIGNED:]))


def head_of(word: bytes) -> Head | None:
    """Of a word of events; None for any other."""
    if len(word) < SIGNED + HEAD.size or word[SIGNED : SIGNED + 1] not in (b"e", b"g"):
        return None
    return Head(*HEAD.unpack_from(word, SIGNED)[1:])


def signals_of(word: bytes) -> tuple[str, list[Any]] | None:
    """The teller's name and its signals, of a word that is ours; None for any other kind."""
    if word[SIGNED : SIGNED + 1] != b"s":
        return None
    name, *signals = msgspec.msgpack.decode(word[SIGNED + 1 :])
    return name, signals


def events_of(head: Head, word: bytes) -> list[Event] | None:
    """The events of a word; None where it takes the log to read them."""
    if word[SIGNED : SIGNED + 1] != b"e":
        return None
    try:
        rows = _decode(word[SIGNED + HEAD.size :])
        return [
            Event(type, head.stream, seq, at, by, _decoder(type).decode(data))
            for type, seq, at, by, data in rows
        ]
    except (msgspec.MsgspecError, KeyError):
        # Of another version beside this one.
        return None


@cache
def _decoder(type: str) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(EVENT_TYPES[type].data | None)
