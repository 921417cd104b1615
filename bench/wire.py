"""The bytes of the load client: frames cut by their headers alone, client frames from a template.

Decodes nothing that a measure does not ask for: what an event must begin with is known beforehand,
so one comparison checks its type, stream and `seq`. Pure; no sockets.
"""

import struct
import uuid
from collections.abc import Callable
from typing import Any

import msgspec

TEXT = 0x1
BINARY = 0x2
CLOSE = 0x8
PING = 0x9
PONG = 0xA

SENTENCE = (
    "The meeting moves to three; please bring the October figures along,"
    " and the plans of the new floors."
)
"""A hundred bytes, as most messages have about."""

FIRST_ID = 1_000_000
"""Ids of sent messages all take the same room, so that a frame's length never changes."""

Span = tuple[int, int, int]
"""A frame's first byte, and where its payload starts and ends."""


class BadFrame(Exception):
    """The server sent what no client frame parser has to accept (RFC 6455 §5.2)."""


class Codec:
    """One subprotocol, as the load needs it."""

    def __init__(
        self,
        name: str,
        opcode: int,
        encode: Callable[[Any], bytes],
        decode: Callable[[bytes], Any],
        cut: Callable[[bytes], bytes],
    ) -> None:
        self.name = name
        self.opcode = opcode
        self.encode = encode
        self.decode = decode
        self._cut = cut
        self.ack = self.beginning({"type": "ack"})

    def __repr__(self) -> str:
        return f"<Codec {self.name}>"

    def beginning(self, fields: dict[str, Any]) -> bytes:
        """What a payload with these first fields starts with, after its very first byte.

        That byte is left out because in MessagePack it counts the fields that follow.
        """
        return self._cut(self.encode(fields))

    def event(self, stream_id: int, seq: int) -> bytes:
        """The beginning of a posted message's event."""
        return self.beginning({"type": "message.created", "stream": stream_id, "seq": seq})


# The comma ends the last number: without it 34 would pass for the beginning of 341.
JSON = Codec(
    "messenger.v1.json",
    TEXT,
    msgspec.json.encode,
    msgspec.json.decode,
    lambda encoded: encoded[1:-1] + b",",
)
MSGPACK = Codec(
    "messenger.v1.msgpack",
    BINARY,
    msgspec.msgpack.encode,
    msgspec.msgpack.decode,
    lambda encoded: encoded[1:],
)


def cut(rest: bytes, data: bytes) -> tuple[bytes, list[Span], bytes]:
    """Find the whole frames in what has come: the bytes, where in them, and the incomplete rest."""
    if rest:
        data = rest + data
    spans: list[Span] = []
    at, end = 0, len(data)
    while at + 1 < end:
        size = data[at + 1]
        if size < 126:
            start = at + 2
        elif size == 126:
            start = at + 4
            if start > end:
                break
            size = data[at + 2] << 8 | data[at + 3]
        elif size == 127:
            start = at + 10
            if start > end:
                break
            size = int.from_bytes(data[at + 2 : start])
        else:
            raise BadFrame("a frame of the server is masked")
        stop = start + size
        if stop > end:
            break
        spans.append((data[at], start, stop))
        at = stop
    return data, spans, data[at:]


def client_frame(payload: bytes, opcode: int) -> bytes:
    """A whole client frame. A zero key is a valid mask and leaves the payload as it is."""
    return client_header(len(payload), opcode) + payload


def client_header(size: int, opcode: int) -> bytes:
    first, mask = 0x80 | opcode, b"\0\0\0\0"
    if size < 126:
        return struct.pack("!BB", first, 0x80 | size) + mask
    if size < 65536:
        return struct.pack("!BBH", first, 0x80 | 126, size) + mask
    return struct.pack("!BBQ", first, 0x80 | 127, size) + mask


class Sends:
    """The `message.send` frames of one sender in one chat: only `id` and key differ."""

    def __init__(self, codec: Codec, chat_id: int, text: str) -> None:
        key = str(uuid.uuid4())
        sample = {
            "type": "message.send",
            "id": FIRST_ID,
            "chat_id": chat_id,
            "client_message_id": key,
            "text": text,
        }
        payload = codec.encode(sample)
        head, tail = payload.split(codec.encode(FIRST_ID), 1)
        self._middle, self._tail = tail.split(key[24:].encode(), 1)
        self._head = client_header(len(payload), codec.opcode) + head
        self._encode = codec.encode
        self._next = FIRST_ID

    def next(self) -> tuple[int, bytes]:
        """The next frame and its `id`, which is the end of its key too."""
        id = self._next
        self._next += 1
        return id, b"".join(
            (self._head, self._encode(id), self._middle, b"%012d" % id, self._tail)
        )  # fmt: skip
