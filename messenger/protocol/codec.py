"""Bytes: WebSocket frames for both subprotocols, and commands out of them.

An event is encoded once per subprotocol into a finished frame (RFC 6455 §5.2,
server to client: FIN set, unmasked), which every subscriber's transport gets
as it is.
"""

import struct
from collections.abc import Callable
from typing import Any, Final

import msgspec

from messenger.errors import ValidationFailed
from messenger.protocol.frame_id import id_in_json, id_in_msgpack
from messenger.protocol.frames import ClientFrame, FrameHead

TEXT: Final = 0x1
BINARY: Final = 0x2
CLOSE: Final = 0x8
PING: Final = 0x9
PONG: Final = 0xA
SAID: Final = 500
"""Characters of what is wrong with a frame: it may quote what stands in it."""


_MEDIUM: Final = struct.Struct("!BBH").pack
_LONG: Final = struct.Struct("!BBQ").pack


class BadFrame(Exception):
    """These bytes are not an object of the subprotocol; the socket is closed with 4400."""


class Refused(ValidationFailed):
    """The frame is readable but wrong; `id` is the command's own, where it has one."""

    def __init__(self, message: str, id: int | str | None) -> None:
        super().__init__(message)
        self.id = id


def frame(payload: bytes, opcode: int) -> bytes:
    """Put the header of a whole, unmasked frame before a payload."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | opcode, size)) + payload
    if size < 65536:
        return _MEDIUM(0x80 | opcode, 126, size) + payload
    return _LONG(0x80 | opcode, 127, size) + payload


class Codec:
    """One subprotocol: its name, its kind of frame, its encoder and decoder."""

    def __init__(
        self,
        name: str,
        opcode: int,
        encode: Callable[[Any], bytes],
        decoder: Callable[[Any], Any],
        scan: Callable[[bytes], int | str | None],
    ) -> None:
        self.name = name
        self.opcode = opcode
        self.encode = encode
        self._frames: Callable[[bytes], Any] = decoder(ClientFrame).decode
        self._head: Callable[[bytes], FrameHead] = decoder(FrameHead).decode
        self._scan = scan

    def __repr__(self) -> str:
        return f"<Codec {self.name}>"

    def pack(self, message: Any) -> bytes:
        """Encode into a finished frame."""
        return frame(self.encode(message), self.opcode)

    def decode(self, payload: bytes) -> Any:
        """Read a command; raises BadFrame or Refused, and nothing else."""
        try:
            return self._frames(payload)
        except msgspec.ValidationError as error:
            raise Refused(str(error)[:SAID], self.id_of(payload)) from None
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            # msgspec lets the last two through: bytes that are not UTF-8, and depth 100,000.
            reason = "nested too deep" if isinstance(error, RecursionError) else str(error)[:SAID]
            id = self.id_of(payload)
            if id is None:
                raise BadFrame(reason) from None
            raise Refused(f"The frame cannot be read: {reason}", id) from None

    def id_of(self, payload: bytes) -> int | str | None:
        """The `id` of a frame that is not to be read, or cannot be; None where it has none."""
        try:
            return self._head(payload).id
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            return self._scan(payload)


JSON: Final = Codec(
    "messenger.v1.json", TEXT, msgspec.json.Encoder().encode, msgspec.json.Decoder, id_in_json
)
MSGPACK: Final = Codec(
    "messenger.v1.msgpack",
    BINARY,
    msgspec.msgpack.Encoder().encode,
    msgspec.msgpack.Decoder,
    id_in_msgpack,
)
CODECS: Final = (JSON, MSGPACK)
