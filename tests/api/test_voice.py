"""What an uploader says of a file: how it is to be shown, how long it plays, how loud it is."""

import json
import uuid
from base64 import b64encode
from typing import Any

import aiohttp
import pytest

from tests.api.cast import Answer, Person, begin, ok, refusal
from tests.api.test_resumable import sent, tus
from tests.api.test_sync import changes

SOUND = b"\x1aE\xdf\xa3....\x42\x82\x84webm....A_OPUS...."
FILM = b"\x1aE\xdf\xa3....\x42\x82\x84webm....V_VP9..A_OPUS"
WAVEFORM = b64encode(bytes(range(0, 256, 4))).decode()
VOICE: dict[str, Any] = {"shown_as": "voice", "duration_ms": 2500, "waveform": WAVEFORM}


async def told(who: Person, chat: int, *parts: tuple[str, Any], path: str = "/files") -> Answer:
    """Send the parts of one body: `meta` as JSON or as it is, anything else as a file."""
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for name, value in parts:
        if name == "meta":
            form.add_field("meta", value if isinstance(value, str) else json.dumps(value))
        else:
            form.add_field("file", value, filename=name)
    headers = {"Authorization": f"Bearer {who.access}"}
    url = f"/api/v1{path}"
    async with who.door.post(url, data=form, params={"chat_id": chat}, headers=headers) as answer:
        return answer.status, await answer.json()


def said(file: dict[str, Any]) -> dict[str, Any]:
    return {name: file[name] for name in VOICE}


async def test_what_the_uploader_says_is_in_every_read(
    alice: Person, bob: Person, lobby: int
) -> None:
    parts = [("meta", VOICE), ("a.webm", SOUND), ("b.webm", SOUND), ("meta", {"shown_as": "file"})]
    made = ok(await told(alice, lobby, *parts, ("c.png", b"GIF89a" + bytes(20))))
    assert said(made[0]) == VOICE
    assert said(made[1]) == dict.fromkeys(VOICE)
    assert said(made[2]) == dict.fromkeys(VOICE) | {"shown_as": "file"}
    before = await begin(bob)
    seq = await alice.send(lobby, "", file_ids=[each["id"] for each in made])
    message = ok(await bob.get(f"/chats/{lobby}/messages/{seq}"))
    assert message["files"] == made
    history = ok(await bob.get(f"/chats/{lobby}/messages"))
    assert history[-1]["files"] == made
    (event,) = (await changes(bob, before["cursors"]))["events"]
    assert event["data"]["files"] == made
    snapshot = (await begin(bob))["data"][0]
    assert snapshot["messages"][-1]["files"] == made


async def test_voice_messages_are_a_kind_of_their_own(alice: Person, lobby: int) -> None:
    made = ok(await told(alice, lobby, ("meta", VOICE), ("v.webm", SOUND), ("a.webm", SOUND)))
    await alice.send(lobby, "", file_ids=[each["id"] for each in made])
    for kind, name in (("voice", "v.webm"), ("audio", "a.webm")):
        found = ok(await alice.get(f"/chats/{lobby}/files", kind=kind))
        assert [each["name"] for each in found] == [name]


async def test_forwarded_voice_message_is_one(alice: Person, lobby: int) -> None:
    (file,) = ok(await told(alice, lobby, ("meta", VOICE), ("a.webm", SOUND)))
    seq = await alice.send(lobby, "", file_ids=[file["id"]])
    elsewhere = await alice.group()
    body = {"seqs": [seq], "to": [elsewhere], "client_message_id": str(uuid.uuid4())}
    ok(await alice.post(f"/chats/{lobby}/messages/forward", body))
    (copied,) = ok(await alice.get(f"/chats/{elsewhere}/messages"))[-1]["files"]
    assert copied["id"] != file["id"]
    assert said(copied) == VOICE


@pytest.mark.leaves_nothing
@pytest.mark.parametrize(
    "meta",
    [
        {"shown_as": "video"},
        {"duration_ms": -1},
        {"duration_ms": 24 * 3600 * 1000 + 1},
        {"duration_ms": "2500"},
        {"duration_ms": 1.5},
        {"waveform": ""},
        {"waveform": "not base64!"},
        {"waveform": b64encode(bytes(65)).decode()},
        {"waveform": [1, 2, 3]},
        {"name": "other.webm"},
        [],
        "",
        "{",
        '"\udcff"'.encode("utf-8", "surrogateescape").decode("latin-1"),
        "[" * 1000,
        json.dumps({"shown_as": "voice"}) + " " * 1024,
    ],
)
async def test_hostile_meta_is_refused_by_name(alice: Person, lobby: int, meta: Any) -> None:
    answer = await told(alice, lobby, ("meta", meta), ("a.webm", SOUND))
    assert refusal(answer) == (422, "validation_failed")
    assert answer[1]["error"]["details"] == {"field": "meta"}


@pytest.mark.parametrize(
    "parts",
    [
        [("meta", VOICE)],
        [("a.webm", SOUND), ("meta", VOICE)],
        [("meta", VOICE), ("meta", VOICE), ("a.webm", SOUND)],
    ],
)
async def test_meta_stands_right_before_its_file(
    alice: Person, lobby: int, parts: list[Any]
) -> None:
    assert refusal(await told(alice, lobby, *parts)) == (422, "validation_failed")


@pytest.mark.parametrize("content", [FILM, b"words", b"", b"<svg/>"])
async def test_voice_is_sound_and_nothing_else(alice: Person, lobby: int, content: bytes) -> None:
    answer = await told(alice, lobby, ("meta", VOICE), ("voice.webm", content))
    assert refusal(answer) == (422, "validation_failed")
    assert answer[1]["error"]["details"] == {"field": "shown_as"}


async def test_archive_has_no_meta(alice: Person, lobby: int) -> None:
    parts = [("meta", VOICE), ("a.zip", b"PK\5\6" + bytes(18))]
    assert refusal(await told(alice, lobby, *parts, path="/uploads"))[0] == 422


async def begun(who: Person, chat: int, size: int, **said: str) -> tuple[int, Any, Any]:
    pairs = {"filename": "v.webm"} | said
    metadata = ",".join(f"{k} {b64encode(v.encode()).decode()}" for k, v in pairs.items())
    return await tus(
        who, "POST", f"?chat_id={chat}", Upload_Length=str(size), Upload_Metadata=metadata
    )


async def test_resumable_upload_says_the_same(alice: Person, lobby: int) -> None:
    given = {name: str(value) for name, value in VOICE.items()}
    status, headers, _ = await begun(alice, lobby, len(SOUND), **given)
    assert status == 201
    where = headers["Location"]
    assert (await sent(alice, where, 0, SOUND))[0] == 204
    seq = await alice.send(lobby, "", file_ids=[where.rpartition("/")[2]])
    (file,) = ok(await alice.get(f"/chats/{lobby}/messages/{seq}"))["files"]
    assert said(file) == VOICE


@pytest.mark.parametrize(
    "hostile", [{"shown_as": "photo"}, {"duration_ms": "1e3"}, {"waveform": "%%"}]
)
async def test_hostile_metadata_is_refused_at_the_beginning(
    alice: Person, lobby: int, hostile: dict[str, str]
) -> None:
    status, _, body = await begun(alice, lobby, 10, **hostile)
    assert (status, body["error"]["details"]) == (422, {"field": "Upload-Metadata"})


async def test_resumable_voice_message_that_is_none_is_refused_and_forgotten(
    alice: Person, lobby: int
) -> None:
    _, headers, _ = await begun(alice, lobby, 5, shown_as="voice")
    status, _, body = await sent(alice, headers["Location"], 0, b"words")
    assert (status, body["error"]["details"]) == (422, {"field": "shown_as"})
    assert (await tus(alice, "HEAD", headers["Location"]))[0] == 404


async def test_voice_message_plays_in_place_by_ranges(
    alice: Person, bob: Person, lobby: int
) -> None:
    (file,) = ok(await told(alice, lobby, ("meta", VOICE), ("a.webm", SOUND)))
    await alice.send(lobby, "", file_ids=[file["id"]])
    for asked in ("bytes=0-1", "bytes=0-", f"bytes=0-{len(SOUND) - 1}"):
        status, headers, _ = await bob.download(file["id"], Range=asked)
        assert (status, headers["Content-Type"]) == (206, "audio/webm")
        assert headers["Content-Disposition"].startswith("inline")
