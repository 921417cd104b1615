"""The load client's bytes: what it cannot read right, no benchmark can be right about."""

import struct
from collections.abc import Iterator

import pytest

from bench.wire import (
    FIRST_ID,
    JSON,
    MSGPACK,
    PONG,
    TEXT,
    BadFrame,
    Codec,
    Sends,
    client_frame,
    cut,
)
from messenger.model import Event, Message, SentMessage
from messenger.protocol import codec as server
from messenger.protocol.commands import SendMessage
from messenger.protocol.events import Ack

SIZES = [0, 1, 125, 126, 65535, 65536]
both = pytest.mark.parametrize(
    ("codec", "spoken"), [(JSON, server.JSON), (MSGPACK, server.MSGPACK)]
)


def payloads(stream: bytes, piece: int) -> Iterator[tuple[int, bytes]]:
    """Feed a stream in pieces; each frame's first byte and payload."""
    rest = b""
    for at in range(0, len(stream), piece):
        data, spans, rest = cut(rest, stream[at : at + piece])
        for first, start, stop in spans:
            yield first, data[start:stop]
    assert rest == b""


def created(stream_id: int, seq: int) -> Event:
    message = Message(
        chat_id=stream_id,
        seq=seq,
        n=seq,
        sender_id=3,
        client_message_id="k",
        text="hi",
        created_at="",
    )
    return Event("message.created", stream_id, seq, "", 3, message)


@pytest.mark.parametrize("size", SIZES)
def test_every_size_of_header_is_read(size: int) -> None:
    payload = b"x" * size
    assert list(payloads(server.frame(payload, TEXT), 1 << 20)) == [(0x81, payload)]


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 130, 65540])
def test_frames_are_whole_wherever_they_are_split(piece: int) -> None:
    sent = [bytes([size % 251]) * size for size in (0, 5, 125, 126, 300, 65536, 3)]
    stream = b"".join(server.frame(payload, TEXT) for payload in sent)
    assert [payload for _, payload in payloads(stream, piece)] == sent


def test_an_incomplete_frame_waits_for_its_rest() -> None:
    whole = server.frame(b"first", TEXT)
    data, spans, rest = cut(b"", whole + server.frame(b"second", TEXT)[:-1])
    assert [data[start:stop] for _, start, stop in spans] == [b"first"]
    data, spans, rest = cut(rest, b"d")
    assert [data[start:stop] for _, start, stop in spans] == [b"second"]
    assert rest == b""


def test_pings_between_events_keep_their_kind() -> None:
    stream = server.frame(b"a", TEXT) + server.frame(b"", server.PING) + server.frame(b"b", TEXT)
    found = list(payloads(stream, 1))
    assert found == [(0x81, b"a"), (0x89, b""), (0x81, b"b")]


def test_a_masked_frame_is_not_the_servers() -> None:
    with pytest.raises(BadFrame):
        cut(b"", client_frame(b"hi", TEXT))


@pytest.mark.parametrize("size", SIZES)
def test_client_frames_are_masked_with_zeros(size: int) -> None:
    frame = client_frame(b"x" * size, PONG)
    length = frame[1] & 0x7F
    wide = {126: ("!H", 2), 127: ("!Q", 8)}.get(length)
    at = 2
    if wide is not None:
        (length,) = struct.unpack_from(wide[0], frame, 2)
        at += wide[1]
    assert (frame[0], frame[1] & 0x80, length) == (0x8A, 0x80, size)
    assert frame[at:] == b"\0\0\0\0" + b"x" * size


@both
def test_the_beginning_tells_an_event_by_its_seq(codec: Codec, spoken: server.Codec) -> None:
    payload = spoken.encode(created(17, 341))
    assert payload.startswith(codec.event(17, 341), 1)
    for stream_id, seq in ((17, 34), (17, 3410), (17, 342), (1, 341)):
        assert not payload.startswith(codec.event(stream_id, seq), 1)


@both
def test_the_beginning_tells_an_ack(codec: Codec, spoken: server.Codec) -> None:
    ack = Ack(id=FIRST_ID, data=SentMessage(17, 341, 300, "", "k", False))
    assert spoken.encode(ack).startswith(codec.ack, 1)
    assert not spoken.encode(created(17, 341)).startswith(codec.ack, 1)


@both
def test_prebuilt_sends_are_commands_with_a_key_each(codec: Codec, spoken: server.Codec) -> None:
    sends = Sends(codec, chat_id=FIRST_ID, text="hello")
    keys = set()
    for expected in (FIRST_ID, FIRST_ID + 1, FIRST_ID + 2):
        id, frame = sends.next()
        head = 8 if len(frame) - 8 > 125 else 6
        assert frame[:head] == client_frame(frame[head:], codec.opcode)[:head]
        command = spoken.decode(frame[head:])
        assert isinstance(command, SendMessage)
        assert (id, command.id, command.chat_id, command.text) == (
            expected,
            expected,
            FIRST_ID,
            "hello",
        )
        keys.add(command.client_message_id)
    assert len(keys) == 3
