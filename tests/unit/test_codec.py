import random
import struct
import time
from collections.abc import Iterator
from typing import Any, get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messenger.protocol import commands, connection, events
from messenger.protocol.codec import CODECS, JSON, MSGPACK, BadFrame, Codec, Refused, frame
from messenger.protocol.command import Change
from messenger.protocol.frames import ClientFrame

from .cast import fresh_key, unpack

KEY = fresh_key()
SAMPLES: list[dict[str, Any]] = [
    {"type": "auth", "id": 1, "token": "a.b.c"},
    {"type": "subscribe", "id": "s", "streams": [[17, 341], [5, None]], "epoch": 99},
    {"type": "subscribe", "id": 2, "all": True, "cursors": [[17, 0]], "epoch": 2**48},
    {"type": "unsubscribe", "id": 3, "streams": [17, 5]},
    {"type": "ping"},
    {"type": "presence.look", "id": 4, "chat_id": 17},
    {"type": "presence.watch", "id": 4, "user_ids": [1, 2]},
    {"type": "typing", "chat_id": 17},
    {"type": "message.forward", "chat_id": 17, "seqs": [3], "to": [5], "client_message_id": KEY},
    {"type": "message.send", "id": 5, "chat_id": 17, "client_message_id": KEY, "text": "привет",
     "reply_to": 3, "task_id": None, "file_ids": [KEY]},
    {"type": "message.edit", "id": 6, "key": "k", "chat_id": 17, "seq": 4, "text": "hi"},
    {"type": "message.delete", "chat_id": 17, "seq": 4},
    {"type": "message.pin", "chat_id": 17, "seq": 4},
    {"type": "message.unpin", "chat_id": 17, "seq": 4},
    {"type": "reaction.add", "id": -7, "chat_id": 17, "seq": 4, "emoji": "👍"},
    {"type": "reaction.remove", "chat_id": 17, "seq": 4, "emoji": "👍"},
    {"type": "read.mark", "chat_id": 17, "read_seq": 4, "received_seq": 5, "key": "k"},
    {"type": "chat.create", "id": 8, "title": "Lobby", "member_ids": [2, 3], "board": True},
    {"type": "chat.direct", "id": 9, "user_id": 2},
    {"type": "chat.update", "chat_id": 17, "title": "Hall"},
    {"type": "chat.delete", "chat_id": 17},
    {"type": "member.add", "chat_id": 17, "user_ids": [3]},
    {"type": "member.update", "chat_id": 17, "user_id": 3, "role": "admin"},
    {"type": "member.remove", "chat_id": 17, "user_id": 3},
    {"type": "notify.set", "chat_id": 17, "level": "none", "until": "2026-12-01T09:00:00Z"},
    {
        "type": "searches.set",
        "searches": {"00000000-0000-4000-8000-000000000007": None},
    },
    {"type": "notifications.set", "id": 9, "causes": {"reaction": "silent"}, "quiet": None},
    {"type": "listing.set", "id": 9, "chat_id": 17, "pinned": True, "unread": None},
    {"type": "task.snooze", "id": 10, "task_id": 5, "minutes": 60},
    {"type": "draft.set", "id": 10, "chat_id": 17, "text": ""},
    {"type": "task.create", "id": 11, "title": "Cake", "assigned_to": 2, "labels": ["party"],
     "due": {"date": "2026-12-01"}, "chat_id": 17, "column_id": 3},
    {"type": "message.task", "chat_id": 17, "seq": 4, "title": "Cake", "assigned_to": None},
    {"type": "task.update", "task_id": 9, "status": "done", "due": None, "version": 2},
    {"type": "task.move", "task_id": 9, "column_id": 3, "before": None, "version": 2},
    {"type": "task.attach", "task_id": 9, "file_ids": [KEY], "cover": True},
    {"type": "task.detach", "task_id": 9, "file_id": KEY},
    {"type": "task.delete", "task_id": 9},
    {"type": "column.create", "chat_id": 17, "title": "Later", "is_done": False, "limit": 5},
    {"type": "column.update", "column_id": 3, "limit": None, "version": 1},
    {"type": "column.move", "column_id": 3, "before": 4},
    {"type": "column.delete", "column_id": 3},
]  # fmt: skip
ENCODERS = {JSON: msgspec.json.encode, MSGPACK: msgspec.msgpack.encode}
TYPES = get_args(ClientFrame)
REFUSABLE = {"id": 7, "type": "reaction.add", "chat_id": 17, "seq": 4, "emoji": "👍"}

codecs = pytest.mark.parametrize("codec", CODECS, ids=["json", "msgpack"])


def numbers(value: Any) -> Iterator[int]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from numbers(each)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield value


def check_decode(codec: Codec, payload: bytes) -> None:
    """Whatever comes in is a command within the contract's bounds, or one of the two refusals."""
    try:
        command = codec.decode(payload)
    except BadFrame:
        return
    except Refused as error:
        command = connection.Ping(id=error.id)
    assert isinstance(command, TYPES)
    fields = msgspec.structs.asdict(command)
    assert isinstance(fields.pop("id"), int | str | None)
    assert all(0 <= number < 2**53 for value in fields.values() for number in numbers(value))
    if isinstance(command, Change | commands.SendMessage):
        assert len(command.digest()) == 32


# Out


@pytest.mark.parametrize(
    ("size", "header"),
    [
        (0, b"\x81\x00"),
        (125, b"\x81\x7d"),
        (126, b"\x81\x7e\x00\x7e"),
        (65535, b"\x81\x7e\xff\xff"),
        (65536, b"\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"),
    ],
)
def test_length_takes_the_fewest_bytes(size: int, header: bytes) -> None:
    assert frame(b"x" * size, 0x1) == header + b"x" * size


@codecs
def test_packed_frame_is_whole_unmasked_and_of_the_subprotocols_kind(codec: Codec) -> None:
    packed = codec.pack(events.Typing(chat_id=17, user_id=5))
    first, second = struct.unpack("!BB", packed[:2])
    assert first == 0x80 | (0x1 if codec is JSON else 0x2)
    assert second == len(packed) - 2
    assert list(unpack(packed, codec)) == [{"type": "typing", "chat_id": 17, "user_id": 5}]


def test_both_subprotocols_say_the_same() -> None:
    said = events.PresenceChanged(id=5, online=False, last_seen_at="2026-11-21T09:30:00.123Z")
    as_json, as_msgpack = (list(unpack(codec.pack(said), codec)) for codec in CODECS)
    assert as_json == as_msgpack


# In


@codecs
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["type"])
def test_every_command_is_read_as_it_was_written(codec: Codec, sample: dict[str, Any]) -> None:
    command = codec.decode(ENCODERS[codec](sample))
    written = msgspec.json.decode(msgspec.json.encode(command))
    assert is_within(sample, written)


def is_within(given: Any, written: Any) -> bool:
    """Whether all that was given was read; what was not given has its default."""
    if isinstance(given, dict) and isinstance(written, dict):
        return all(is_within(value, written.get(name)) for name, value in given.items())
    return bool(given == written)


def test_samples_name_every_command() -> None:
    tags = {kind.__struct_config__.tag for kind in TYPES}
    assert tags == {sample["type"] for sample in SAMPLES}


@codecs
def test_unknown_field_is_named_and_the_refusal_has_the_id(codec: Codec) -> None:
    with pytest.raises(Refused, match="sender_id") as refused:
        codec.decode(ENCODERS[codec](REFUSABLE | {"sender_id": 5}))
    assert refused.value.id == 7


@codecs
@pytest.mark.parametrize("id", [7, -(2**53), 2**53, "x" * 128, ""])
def test_refusal_has_the_commands_own_id(codec: Codec, id: int | str) -> None:
    with pytest.raises(Refused) as refused:
        codec.decode(ENCODERS[codec]({"type": "no.such.thing", "id": id}))
    assert refused.value.id == id


@codecs
@pytest.mark.parametrize("id", [2**53 + 1, 2**64 - 1, 1.5, True, [], {}, "x" * 129])
def test_id_that_no_answer_could_carry_is_refused_without_one(codec: Codec, id: Any) -> None:
    with pytest.raises(Refused) as refused:
        codec.decode(ENCODERS[codec]({"type": "ping", "id": id}))
    assert refused.value.id is None


@codecs
@pytest.mark.parametrize("number", [0, -1, 2**53, 2**63 - 1, 2**63, 2**64 - 1, 1.0, True, "17"])
@pytest.mark.parametrize("field", ["chat_id", "seq"])
def test_number_out_of_range_is_refused(codec: Codec, field: str, number: Any) -> None:
    with pytest.raises(Refused, match=field):
        codec.decode(ENCODERS[codec](REFUSABLE | {field: number}))


@pytest.mark.parametrize("number", ["1e3", "99999999999999999999", "1e400", "-0", "01"])
def test_odd_notations_of_numbers_are_refused(number: str) -> None:
    payload = b'{"type":"typing","chat_id":%s}' % number.encode()
    with pytest.raises((Refused, BadFrame)):
        JSON.decode(payload)


@codecs
@pytest.mark.parametrize(
    "key", ["", "A" + KEY[1:], KEY + "\n", KEY[:-1], f"{{{KEY}}}", KEY.replace("-", "")]
)
def test_only_a_lower_case_uuid_is_a_message_key(codec: Codec, key: str) -> None:
    sample = next(sample for sample in SAMPLES if sample["type"] == "message.send")
    with pytest.raises(Refused, match="client_message_id"):
        codec.decode(ENCODERS[codec](sample | {"client_message_id": key}))


@codecs
def test_idempotency_key_with_nul_is_refused(codec: Codec) -> None:
    """PostgreSQL cannot store it, so nothing behind the door could do anything with it."""
    with pytest.raises(Refused, match="key"):
        codec.decode(ENCODERS[codec](REFUSABLE | {"key": "a\x00b"}))


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"{", b"nothing", b'{"type":"ping"} {}', b"\xff\xfe", b'{"type":"p\xffng"}',
        b'{"type":"draft.set","chat_id":1,"text":"\xed\xa0\x80"}',
        b'{"type":"draft.set","chat_id":1,"text":"\\ud800"}',
        b'{"type":"draft.set","chat_id":1,"text":"\\udc00\\ud800"}',
        b'{"type":"draft.set","chat_id":1,"text":"a\x00b"}',
    ],
)  # fmt: skip
def test_what_is_not_json_in_utf8_is_a_bad_frame(payload: bytes) -> None:
    with pytest.raises(BadFrame):
        JSON.decode(payload)


@pytest.mark.parametrize(
    "payload",
    [
        b"", b"\xc1", b"\x82\xa4type\xa4ping", b"\x81\xa4type\xdb\xff\xff\xff\xff",
        b"\x81\xa4type\xa4p\xffng", b"\xdf\xff\xff\xff\xff",
        b"\x82\xa4type\xa9subscribe\xa7streams\xdd\xff\xff\xff\xff",
        b"\x83\xa4type\xa9draft.set\xa7chat_id\x01\xa4text\xa3\xed\xa0\x80",
    ],
)  # fmt: skip
def test_what_is_not_msgpack_is_a_bad_frame(payload: bytes) -> None:
    with pytest.raises(BadFrame):
        MSGPACK.decode(payload)


@pytest.mark.parametrize(
    ("codec", "opened", "start"),
    [
        (JSON, b"[", b""),
        (JSON, b"[", b'{"type":"ping","id":7,"more":'),
        (JSON, b'{"a":', b'{"type":"subscribe","streams":'),
        (JSON, b"[", b'{"more":'),
        (MSGPACK, b"\x91", b""),
        (MSGPACK, b"\x91", b"\x82\xa4more"),
        (MSGPACK, b"\x81\xa1a", b"\x82\xa4type\xa4ping\xa1x"),
    ],
)
def test_a_hundred_thousand_levels_are_refused(codec: Codec, opened: bytes, start: bytes) -> None:
    with pytest.raises((Refused, BadFrame)):
        codec.decode(start + opened * 100_000)


@codecs
@pytest.mark.parametrize("payload", [[], "ping", 5, None, True, {}, {"type": None}, {"id": 7}])
def test_what_is_no_command_is_refused(codec: Codec, payload: Any) -> None:
    with pytest.raises(Refused):
        codec.decode(ENCODERS[codec](payload))


# Whatever comes

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@codecs
@settings(max_examples=500)
@given(payload=st.binary(max_size=200))
def test_any_bytes_are_a_command_or_refused(codec: Codec, payload: bytes) -> None:
    check_decode(codec, payload)


@codecs
@settings(max_examples=250)
@given(sample=st.sampled_from(SAMPLES), place=st.integers(0, 9), value=JSON_VALUES)
def test_any_value_in_any_field_is_a_command_or_refused(
    codec: Codec, sample: dict[str, Any], place: int, value: Any
) -> None:
    field = [*sample, "key", "id"][place % (len(sample) + 2)]
    check_decode(codec, ENCODERS[codec](sample | {field: value}))


def damaged(payload: bytes, chance: random.Random) -> bytes:
    """A frame with some of its bytes changed, lost, repeated or replaced."""
    damage = bytearray(payload)
    for _ in range(chance.randint(1, 4)):
        start = chance.randrange(len(damage) + 1)
        end = min(len(damage), start + chance.choice((0, 1, 1, 2, 8)))
        damage[start:end] = chance.choice(
            (b"", chance.randbytes(1), chance.randbytes(4), damage[start:end] * 2,
             b'"', b"\x00", b"\\u0000", b"\xdd\xff\xff\xff\xff", b"[", b"9" * 20)
        )  # fmt: skip
    return bytes(damage)


@codecs
@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_any_damaged_command_is_a_command_or_refused(codec: Codec, seed: int) -> None:
    chance = random.Random(seed)
    for sample in SAMPLES:
        check_decode(codec, damaged(ENCODERS[codec](sample), chance))


@pytest.mark.parametrize(
    ("frame", "id"),
    [
        (b'{"id":7,"x":"\\ud800"}', 7),
        (b'{"x":"\\ud800","id" : "a\\"b" }', 'a"b'),
        (b'{"x":{"id":1},"id":2,"y":["id",{"id":3}],"z":nonsense}', 2),
        (b'{"x":"\\"id\\":5","id":6,}', 6),
        (b'{"id":7', None),
        (b'{"id":7}}', None),
        (b'{"id":7} {"id":8}', None),
        (b'[{"id":7}]', None),
        (b'{"x":{"id":7}!}', None),
        (b'{"id":"\\ud800"}', None),
        (b'{"id":7.5!}', None),
        (b'{"id":99999999999999999999!}', None),
        (b'{"x":"id":7}', 7),
    ],
)
def test_id_of_what_is_no_json_is_found(frame: bytes, id: int | str | None) -> None:
    assert JSON.id_of(frame) == id


@pytest.mark.parametrize(
    "frame",
    [b'{"id":1,"x":"' + b"\\\\" * 500_001, b'{"x":"' + b'\\"' * 500_000, b'"\\' * 300_000,
     b'{"id":"' * 140_000, b"[{" * 500_000, b'{"id":1,"x":' + b"[1,[2]]," * 120_000],
    ids=lambda frame: ascii(frame[:24]),
)  # fmt: skip
def test_looking_for_an_id_is_linear(frame: bytes) -> None:
    def took(part: bytes) -> float:
        started = time.process_time()
        JSON.id_of(part)
        return time.process_time() - started

    assert min(took(frame) for _ in range(3)) < 0.5


@settings(max_examples=150)
@given(st.binary(max_size=80))
def test_any_bytes_have_an_id_or_none(frame: bytes) -> None:
    for codec in CODECS:
        assert isinstance(codec.id_of(frame), int | str | None)


@given(JSON_VALUES, st.integers(0, 2**53) | st.text(max_size=100))
def test_the_scanners_find_what_the_decoders_do(value: Any, id: int | str) -> None:
    for codec in CODECS:
        written = ENCODERS[codec]({"x": value, "id": id, "y": value})
        assert codec._scan(written) == id
