"""The `id` of a frame that cannot be read otherwise, so that its sender gets an answer.

Looks at the outermost object alone and checks no characters: half of one, bytes that are not
UTF-8 and any depth are passed over. One step a token, however the frame is made.
"""

import re
from collections.abc import Callable
from typing import Final

import msgspec

from messenger.protocol.command import AnswerId

Found = int | str | None

# A string that does not end reaches to the end of the frame: no byte is looked at twice.
_token = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[{]++|[\]}]++', re.DOTALL)
_value = re.compile(rb'\s*+:\s*+("(?:[^"\\]++|\\.)*+"|-?[0-9]{1,17})\s*+[,}]', re.DOTALL)
_json = msgspec.json.Decoder(AnswerId)
_msgpack = msgspec.msgpack.Decoder(AnswerId)


def id_in_json(frame: bytes) -> Found:
    """The `id` of a JSON object whose brackets close; None where there is no good one."""
    depth, value, end = 0, None, 0
    for token in _token.finditer(frame):
        start, end = token.span()
        if frame[start] == ord('"'):
            if depth == 1 and end - start == 4 and frame[start:end] == b'"id"':
                value = _value.match(frame, end)
        elif frame[start] in b"[{":
            depth += end - start
        else:
            depth -= end - start
            if depth <= 0:
                break
    if value is None or depth != 0 or not frame.lstrip().startswith(b"{") or frame[end:].strip():
        return None
    return _read(_json.decode, value[1])


def id_in_msgpack(frame: bytes) -> Found:
    """The `id` of a whole MessagePack map; None where there is no good one."""
    try:
        count, place = _map(frame)
        found: Found = None
        for _ in range(count):
            key, value = place, _after(frame, place)
            place = _after(frame, value)
            if frame[key:value] in (b"\xa2id", b"\xd9\x02id"):
                found = _read(_msgpack.decode, frame[value:place])
    except (IndexError, ValueError):
        return None
    return found if place == len(frame) else None


def _read(decode: Callable[[bytes], Found], value: bytes) -> Found:
    try:
        return decode(value)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


def _map(frame: bytes) -> tuple[int, int]:
    """How many pairs the outermost map has, and where they begin."""
    head = frame[0]
    if 0x80 <= head <= 0x8F:
        return head & 0x0F, 1
    if head not in (0xDE, 0xDF):
        raise ValueError("no map")
    width = _COUNTED[head][0]
    return int.from_bytes(frame[1 : 1 + width], "big"), 1 + width


# The MessagePack specification, "Formats": after these bytes, how many bytes follow …
_FIXED: Final = {
    **dict.fromkeys((0xCC, 0xD0), 1), **dict.fromkeys((0xCD, 0xD1), 2), 0xD4: 2, 0xD5: 3, 0xD6: 5,
    **dict.fromkeys((0xCA, 0xCE, 0xD2), 4), **dict.fromkeys((0xCB, 0xCF, 0xD3), 8), 0xD7: 9,
    0xD8: 17,
}  # fmt: skip
# … how wide the number of them is, and how many come besides …
_SIZED: Final = {
    0xC4: (1, 0), 0xC5: (2, 0), 0xC6: (4, 0), 0xC7: (1, 1), 0xC8: (2, 1), 0xC9: (4, 1),
    0xD9: (1, 0), 0xDA: (2, 0), 0xDB: (4, 0),
}  # fmt: skip
# … or how wide the number of members is, and how many values each has.
_COUNTED: Final = {0xDC: (2, 1), 0xDD: (4, 1), 0xDE: (2, 2), 0xDF: (4, 2)}


def _after(frame: bytes, place: int) -> int:
    """Where the value ends that begins at a place; raises IndexError or ValueError for none."""
    waiting = 1
    while waiting:
        head = frame[place]
        place += 1
        waiting -= 1
        if head <= 0x7F or head >= 0xE0 or head in (0xC0, 0xC2, 0xC3):
            continue
        if head <= 0x8F:
            waiting += 2 * (head & 0x0F)
        elif head <= 0x9F:
            waiting += head & 0x0F
        elif head <= 0xBF:
            place += head & 0x1F
        elif head in _FIXED:
            place += _FIXED[head]
        elif head in _SIZED:
            width, more = _SIZED[head]
            place += width + more + int.from_bytes(frame[place : place + width], "big")
        elif head in _COUNTED:
            width, each = _COUNTED[head]
            waiting += each * int.from_bytes(frame[place : place + width], "big")
            place += width
        else:
            raise ValueError("no value")
        if waiting > len(frame):
            raise ValueError("more values than bytes")
    if place > len(frame):
        raise IndexError
    return place
