"""What the server and the worker say to each other: a length in four bytes, then MessagePack."""

import struct
from typing import Final, Literal, TypeAlias

import msgspec

SMALL: Final = 320
LARGE: Final = 1600
"""Pixels of a preview's longer side; a smaller picture keeps its size."""
LENGTH: Final = struct.Struct(">I")
LONGEST_REPLY: Final = 16 * 1024 * 1024
"""Bytes. No preview comes near; more is no worker of ours any more."""

Reason: TypeAlias = Literal["unsupported", "damaged", "too_large", "time", "crash"]
"""Why there is no preview: not a kind of picture that is drawn; not readable; more pixels or
memory than is allowed; it took too long; the worker ended over it, twice."""


class Job(msgspec.Struct, frozen=True, tag="preview"):
    """Draw what is in the file at `path` so that its longer side has `side` pixels."""

    path: str
    side: int


class Crop(msgspec.Struct, frozen=True):
    """A square of a picture that is upright.

    It begins at parts of the picture's width and height; its side is a part of the shorter one.
    """

    x: float
    y: float
    size: float


class SquaresJob(msgspec.Struct, frozen=True, tag="squares"):
    """Draw a square of the picture at `path`, once for each of the sides; the middle of it without
    a crop.
    """

    path: str
    sides: list[int]
    crop: Crop | None = None


class TextJob(msgspec.Struct, frozen=True, tag="text"):
    """Read what the file at `path` says."""

    path: str


class Preview(msgspec.Struct, frozen=True, tag="preview"):
    """A WebP, the ThumbHash of it, and the pixels of the original, upright.

    A page of a PDF has none: `width` and `height` are None.
    """

    width: int | None
    height: int | None
    placeholder: bytes
    webp: bytes


class Squares(msgspec.Struct, frozen=True, tag="squares"):
    """A WebP for each of the sides; none is larger than the square is in the original."""

    webps: list[bytes]


class Text(msgspec.Struct, frozen=True, tag="text"):
    """What a document says, the first mebibyte of it."""

    text: str


class NoPreview(msgspec.Struct, frozen=True, tag="none"):
    """What cannot be drawn, and why. It is a file all the same."""

    reason: Reason


AnyJob: TypeAlias = Job | SquaresJob | TextJob
Reply: TypeAlias = Preview | Squares | Text | NoPreview

encode_job = msgspec.msgpack.Encoder().encode
decode_job = msgspec.msgpack.Decoder(Job | SquaresJob | TextJob).decode
encode_reply = msgspec.msgpack.Encoder().encode
decode_reply = msgspec.msgpack.Decoder(Preview | Squares | Text | NoPreview).decode


def framed(content: bytes) -> bytes:
    return LENGTH.pack(len(content)) + content
