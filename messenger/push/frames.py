"""What the server and the process that sends say: a length in four bytes, then MessagePack."""

import asyncio
import struct
from typing import Any, Final

import msgspec

from messenger.push.posting import Parcel, Result

LENGTH: Final = struct.Struct(">I")
LONGEST: Final = 1024 * 1024


class Send(msgspec.Struct, frozen=True, array_like=True):
    """A parcel, by the number its result is to have."""

    number: int
    parcel: Parcel


class Done(msgspec.Struct, frozen=True, array_like=True):
    number: int
    result: Result


_encode = msgspec.msgpack.Encoder().encode


def framed(message: Send | Done) -> bytes:
    content = _encode(message)
    return LENGTH.pack(len(content)) + content


async def read(reader: asyncio.StreamReader, decoder: msgspec.msgpack.Decoder[Any]) -> Any:
    """The next message; raises IncompleteReadError at the end, ValueError for what is none."""
    (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
    if length > LONGEST:
        raise ValueError("this is no message")
    return decoder.decode(await reader.readexactly(length))
