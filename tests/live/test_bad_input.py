"""Whatever comes in: a definite error or close code, and the server lives on."""

import asyncio
import uuid
from collections.abc import Callable

import pytest

from messenger.config import COMMAND_BYTES
from tests.live.client import Client, JsonSocket, MsgpackSocket, Refused
from tests.live.conftest import Come, Stage, in_the_house
from tests.live.frames import generated

HUGE = 2**63


@in_the_house
@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"type": "message.send"}, "chat_id"),
        ({"type": "message.send", "chat_id": "1", "client_message_id": "x", "text": ""}, "chat_id"),
        ({"type": "read.mark", "chat_id": HUGE, "read_seq": 1}, "chat_id"),
        ({"type": "read.mark", "chat_id": 0, "read_seq": 1}, "chat_id"),
        ({"type": "read.mark", "chat_id": True, "read_seq": 1}, "chat_id"),
        ({"type": "read.mark", "chat_id": 1.5, "read_seq": 1}, "chat_id"),
        ({"type": "ping", "surprise": 1}, "surprise"),
        ({"type": "no.such"}, "type"),
        ({"type": "subscribe"}, "streams"),
        ({"type": "subscribe", "streams": [[1, 2, 3]]}, "streams"),
        ({"type": "presence.watch", "user_ids": [1] * 201}, "user_ids"),
        ({"type": "reaction.add", "chat_id": 1, "seq": 1, "emoji": None}, "emoji"),
    ],
)
async def test_a_wrong_frame_is_refused_by_name(
    hers: Client, fields: dict[str, object], named: str
) -> None:
    type = fields.pop("type")
    with pytest.raises(Refused) as refused:
        await hers.ask(str(type), **fields)
    assert refused.value.code == "validation_failed"
    assert named in refused.value.error["message"]


@in_the_house
@pytest.mark.parametrize("kind", [JsonSocket, MsgpackSocket])
@pytest.mark.parametrize(
    "text", ["", "   \n", "x" * 5001, "a\x00b"], ids=["empty", "blank", "long", "nul"]
)
async def test_a_wrong_text_is_refused(
    come: Come, hall: int, kind: type[JsonSocket], text: str
) -> None:
    client = await come(kind)
    with pytest.raises(Refused, match="validation_failed"):
        await client.send(hall, text)
    await client.send(hall, "x" * 5000)


@in_the_house
@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"",
        b'{"type":"ping","id":"\\ud800"}',
        b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
        b"nonsense",
    ],
    ids=["cut", "empty", "surrogate", "deep-objects", "nonsense"],
)
async def test_what_is_no_object_closes_the_socket(hers: Client, data: bytes) -> None:
    await hers.socket.send_raw(data)
    await hers.expect_closed(4400)


@in_the_house
@pytest.mark.parametrize(
    "data",
    [b"[" * 60_000, b'{"type":"ping","x":' + b"[" * 30_000 + b"]" * 30_000 + b"}"],
    ids=["array", "unknown field"],
)
async def test_any_depth_is_survived(hers: Client, data: bytes) -> None:
    await hers.socket.send_raw(data)
    assert (await hers.expect_signal("error"))["error"]["code"] == "validation_failed"
    await hers.expect_nothing()


@in_the_house
async def test_a_frame_of_the_wrong_kind_closes_the_socket(come: Come) -> None:
    client = await come(MsgpackSocket)
    await client.socket.socket.send("text")
    await client.expect_closed(4400)


@in_the_house
@pytest.mark.parametrize("size", [COMMAND_BYTES + 1, 2 * COMMAND_BYTES + 1, 3_000_000])
async def test_a_frame_too_large_closes_the_socket(hers: Client, size: int) -> None:
    await hers.socket.send_raw(b" " * size)
    await hers.expect_closed(4413)


@in_the_house
async def test_the_largest_frame_passes(hers: Client) -> None:
    await hers.socket.send_raw(b'{"type":"ping","id":0}'.ljust(COMMAND_BYTES))
    assert (await hers.expect_signal("pong"))["id"] == 0


@pytest.mark.parametrize("settings", [{"WS_RATE_LIMIT_MAX_COMMANDS": "500"}], indirect=False)
async def test_a_burst_of_commands_closes_the_socket(
    make_stage: Callable[[], object], settings: dict[str, str]
) -> None:
    stage: Stage = await make_stage()  # type: ignore[misc]
    lobby = await stage.group("alice", "bob")
    alice = await stage.client("alice")
    bob = await stage.client("bob", MsgpackSocket)
    await bob.subscribe((lobby, None))
    for _ in range(10_000):
        if alice.closed is not None:
            break
        try:
            await alice.socket.send({"type": "ping", "id": 1})
        except (ConnectionError, RuntimeError):
            break
    await alice.expect_closed(4429)
    await bob.send(lobby, "unimpressed")
    await bob.expect("message.created", text="unimpressed")


async def test_ten_thousand_messages_in_a_burst_are_stored_or_refused(
    stage: Stage, alice: Client, lobby: int
) -> None:
    """More than a mailbox holds: each gets one definite answer, and the log has what was acked."""
    answers = [
        await alice.begin(
            "message.send", chat_id=lobby, client_message_id=str(uuid.uuid4()), text="burst"
        )
        for _ in range(10_000)
    ]
    done = await asyncio.wait_for(asyncio.gather(*answers, return_exceptions=True), 60)
    stored = [answer["seq"] for answer in done if isinstance(answer, dict)]
    refused = {answer.code for answer in done if isinstance(answer, Refused)}
    assert len(stored) + sum(isinstance(a, Refused) for a in done) == 10_000
    assert refused <= {"unavailable"}
    first = min(stored)
    assert sorted(stored) == list(range(first, first + len(stored)))


@in_the_house
async def test_commands_before_signing_in_are_refused(house: Stage) -> None:
    socket = JsonSocket(f"{house.base}/api/v1/ws", {})
    await socket.open()
    await socket.send({"type": "ping", "id": 5})
    answer = await socket.receive()
    assert (answer["id"], answer["error"]["code"]) == (5, "unauthorized")
    await socket.close()


BAD_FIELDS: dict[str, list[bytes]] = {
    "json": [
        b'"text":"x\\ud800y"',
        b'"text":"\\udc00\\ud800"',
        b'"text":"x\xffy"',
        b'"text":"\xed\xa0\x80"',
        b'"text":' + b"[" * 20_000 + b"]" * 20_000,
        b'"text":' + b'{"a":' * 9_000 + b"1" + b"}" * 9_000,
        b'"text":' + b"9" * 5_000,
        b'"text":1e999',
        b'"text":nothing',
        b'"text":"a\nb"',
        b'"chat_id":"1"',
        b'"text":5',
        b'"text":null',
        b'"chat_id":1.5',
        b'"type":"no.such"',
        b'"type":5',
        b'"x\xff":1',
        b'"text":"' + b"x" * 600_000 + b'"',
        b'"text":"' + b"x" * 200_000 + b'"',
    ],
    "msgpack": [
        b"\xa4text\xa3x\xffy",
        b"\xa4text\xa3\xed\xa0\x80",
        b"\xa4text" + b"\x91" * 50_000 + b"\xc0",
        b"\xa4text" + b"\x81\xa1a" * 20_000 + b"\xc0",
        b"\xa4text\xcf" + b"\xff" * 8,
        b"\xa4text\xc0",
        b"\xa4text\xd4\x01\x01",
        b"\xa4text\xc4\x01a",
        b"\xa7chat_id\xa11",
        b"\xa4type\xa7no.such",
        b"\x01\x02",
        b"\xa1\xff\xc0",
        b"\xa4text\xdb\x00\x09\x27\xc0" + b"x" * 600_000,
    ],
}


@in_the_house
@pytest.mark.parametrize("first", [True, False], ids=["id first", "id last"])
@pytest.mark.parametrize(
    ("kind", "bad"),
    [(JsonSocket, bad) for bad in BAD_FIELDS["json"]]
    + [(MsgpackSocket, bad) for bad in BAD_FIELDS["msgpack"]],
    ids=lambda value: ascii(value[:24]) if isinstance(value, bytes) else value.__name__,
)
async def test_whatever_has_an_id_is_answered_and_the_pipeline_lives(
    come: Come, hall: int, kind: type[JsonSocket], bad: bytes, first: bool
) -> None:
    """The answers before and after arrive; the one between has the frame's own `id`."""
    client = await come(kind)
    before = await client.begin("read.mark", chat_id=hall, read_seq=1)
    if kind is JsonSocket:
        head = b'"type":"message.send","chat_id":%d,' % hall
        data = b"{" + (b'"id":"bad",' + head + bad if first else head + bad + b',"id":"bad"') + b"}"
    else:
        id, head = b"\xa2id\xa3bad", b"\xa4type\xacmessage.send"
        data = b"\x83" + (id + head + bad if first else head + bad + id)
    await client.socket.send_raw(data)
    after = await client.begin("read.mark", chat_id=hall, read_seq=1)
    await asyncio.wait_for(asyncio.gather(before, after), 10)
    error = await client.expect_signal("error")
    assert (error["id"], client.closed) == ("bad", None)
    assert error["error"]["code"] in ("validation_failed", "payload_too_large")


@in_the_house
async def test_what_rest_takes_fits_into_a_frame(hers: Client, hall: int) -> None:
    items = [{"id": str(n), "text": "\U0001f600" * 500} for n in range(100)]
    whole = {"description": "\U0001f600" * 20_000, "checklist": items, "title": "\U0001f600" * 200}
    task = await hers.ask("task.create", chat_id=hall, **whole)
    assert task["description"] == whole["description"]
    cursors = {100_000 + number: 100_000 for number in range(5_000)}
    with pytest.raises(Refused) as refused:
        await hers.ask("subscribe", all=True, cursors=list(cursors.items()), epoch=None)
    assert refused.value.code == "validation_failed"
    assert refused.value.error["details"]["field"] == "epoch"


async def test_generated_frames_never_break_anything(stage: Stage, lobby: int) -> None:
    """Two thousand frames: every socket ends with a code of the contract or lives on."""
    made = generated()
    # Only now: whoever says nothing meanwhile is sent away.
    bob = await stage.client("bob", MsgpackSocket)
    await bob.subscribe((lobby, None))
    batches = [made[first : first + 50] for first in range(0, len(made), 50)]
    assert len(set(made)) > 300
    for batch in batches:
        client = await stage.client("carol")
        for data in batch:
            if client.closed is not None:
                break
            try:
                await client.socket.socket.send_bytes(data) if _is_binary(
                    data
                ) else await client.socket.send_raw(data)
            except (ConnectionError, RuntimeError):
                break
        if client.closed is not None:
            assert client.closed.code in (4400, 4413, 4429), client.closed
        assert all(s["error"]["code"] != "internal" for s in client.signals if "error" in s)
        await client.disconnect()
        stage.clients.remove(client)
    await bob.send(lobby, "all well")
    assert (await bob.ask("read.mark", chat_id=lobby, read_seq=1))["my"]


def _is_binary(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return True
    return False


@in_the_house
async def test_a_body_whose_sender_goes_away_is_no_error_of_ours(
    house: Stage, hall: int, hers: Client, caplog: pytest.LogCaptureFixture
) -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", house.server.port)
    head = "POST /api/v1/auth/login HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
    writer.write(f"{head}Content-Length: 100\r\n\r\n{{".encode())
    await hers.send(hall, "meanwhile")
    writer.close()
    await hers.send(hall, "meanwhile")
    assert [record.getMessage() for record in caplog.records if record.levelname == "ERROR"] == []
