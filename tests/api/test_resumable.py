"""Uploads that are interrupted and go on, as tus clients do it."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from datetime import timedelta

import pytest

from messenger.http.endpoints.resumable import SMALL
from tests.api.cast import Door, Person, ok, refusal, sign_up
from tests.api.conftest import Api
from tests.api.tus import PART, begun, sent, tus
from tests.bucket import new_bucket
from tests.waiting import until


@pytest.fixture(params=["disk", "s3"])
async def door(request: pytest.FixtureRequest, api: Api) -> Door:
    """The same on a disk and in a bucket."""
    settings = new_bucket(request.getfixturevalue("s3")) if request.param == "s3" else {}
    return await api(**settings)


async def test_parts_become_a_file(alice: Person, bob: Person, lobby: int) -> None:
    content = bytes(range(256)) * 8000
    where = await begun(alice, lobby, len(content))
    for at in range(0, len(content), 700_000):
        status, headers, _ = await sent(alice, where, at, content[at : at + 700_000])
        assert status == 204
        assert headers["Upload-Offset"] == str(min(at + 700_000, len(content)))
    id = where.rpartition("/")[2]
    seq = await alice.send(lobby, "", file_ids=[id])
    (file,) = ok(await bob.get(f"/chats/{lobby}/messages/{seq}"))["files"]
    assert (file["id"], file["name"], file["size"]) == (id, "Отчёт.txt", len(content))
    assert (await bob.download(id))[2] == content


async def test_interrupted_part_is_kept_as_far_as_it_came(
    door: Door, alice: Person, lobby: int
) -> None:
    where = await begun(alice, lobby, 10)
    head = (
        f"PATCH {where} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {alice.access}\r\n"
        f"Tus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: {PART}\r\n"
        "Content-Length: 10\r\n\r\n"
    )
    _, writer = await asyncio.open_connection("127.0.0.1", door.server.port)
    writer.write(head.encode() + b"0123")
    await writer.drain()
    await asyncio.sleep(0.3)
    writer.close()

    async def kept() -> Mapping[str, str] | None:
        _, headers, _ = await tus(alice, "HEAD", where)
        return headers if headers["Upload-Offset"] == "4" else None

    headers: Mapping[str, str] = await until(kept, every=0.1)
    assert headers["Upload-Length"] == "10"
    assert headers["Cache-Control"] == "no-store"
    assert (await sent(alice, where, 4, b"456789"))[0] == 204
    assert (await alice.download(where.rpartition("/")[2]))[2] == b"0123456789"


async def test_repeat_of_the_last_part_changes_nothing(alice: Person, lobby: int) -> None:
    where = await begun(alice, lobby, 4)
    assert (await sent(alice, where, 0, b"data"))[0] == 204
    status, _, body = await sent(alice, where, 0, b"data")
    assert (status, body["error"]["code"], body["error"]["details"]) == (
        409, "offset_conflict", {"offset": 4},
    )  # fmt: skip
    _, headers, _ = await tus(alice, "HEAD", where)
    assert headers["Upload-Offset"] == "4"


async def test_file_is_made_though_the_server_died_before(
    door: Door, alice: Person, lobby: int
) -> None:
    where = await begun(alice, lobby, 4)
    id = where.rpartition("/")[2]
    (door.server.uploads.parts.folder / f"{id}.part").write_bytes(b"data")
    assert (await tus(alice, "HEAD", where))[1]["Upload-Offset"] == "4"
    assert (await alice.download(id))[2] == b"data"


async def test_more_than_was_announced_is_refused(alice: Person, lobby: int) -> None:
    where = await begun(alice, lobby, 4)
    assert (await sent(alice, where, 0, b"12345"))[0] == 413


async def test_a_file_byte_by_byte_is_as_many_changes(api: Api) -> None:
    door = await api(WRITE_RATE_LIMIT="8/60s")
    alice = await sign_up(door, "alice")
    where = await begun(alice, await alice.group(), SMALL + 20)
    told = [(await sent(alice, where, at, b"x"))[0] for at in range(10)]
    accepted = told.count(204)
    assert told == [204] * accepted + [429] * (10 - accepted)
    assert 0 < accepted < 8
    # What is larger, or the last of it, is a part as others send them.
    assert (await sent(alice, where, accepted, bytes(SMALL)))[0] == 204
    assert (await sent(alice, where, accepted + SMALL, bytes(20 - accepted)))[0] == 204


async def test_empty_file_needs_no_part(alice: Person, lobby: int) -> None:
    where = await begun(alice, lobby, 0)
    assert (await alice.download(where.rpartition("/")[2]))[2] == b""


async def test_upload_is_its_makers_alone(alice: Person, bob: Person, lobby: int) -> None:
    where = await begun(alice, lobby, 4)
    for method in ("HEAD", "DELETE"):
        assert (await tus(bob, method, where))[0] == 404
    assert (await sent(bob, where, 0, b"data"))[0] == 404


async def test_upload_can_be_ended(door: Door, alice: Person, lobby: int) -> None:
    where = await begun(alice, lobby, 4)
    assert (await tus(alice, "DELETE", where))[0] == 204
    assert (await tus(alice, "HEAD", where))[0] == 404
    assert list(door.server.uploads.parts.folder.iterdir()) == []


async def test_forgotten_upload_runs_out(door: Door, alice: Person, lobby: int) -> None:
    await begun(alice, lobby, 4)
    uploads = door.server.uploads
    assert await uploads.sweep() == 0
    door.server.advance(timedelta(hours=25))
    assert await uploads.sweep() == 1
    assert list(uploads.parts.folder.iterdir()) == []


async def test_who_left_meanwhile_makes_no_file(alice: Person, bob: Person, lobby: int) -> None:
    where = await begun(bob, lobby, 4)
    ok(await bob.delete(f"/chats/{lobby}/members/{bob.user_id}"))
    assert (await sent(bob, where, 0, b"data"))[0] == 404


async def test_what_is_spoken(api: Api) -> None:
    door = await api(FILE_MAX_BYTES="1000")
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    status, headers, _ = await tus(alice, "OPTIONS")
    assert status == 204
    assert headers["Tus-Version"] == "1.0.0"
    assert headers["Tus-Extension"] == "creation,termination,expiration"
    assert headers["Tus-Max-Size"] == "1000"
    name = "filename YQ=="
    for given, status in (
        ({"Upload_Length": "1001", "Upload_Metadata": name}, 413),
        ({"Upload_Length": "-1", "Upload_Metadata": name}, 422),
        ({"Upload_Metadata": name}, 422),
        ({"Upload_Length": "1"}, 422),
        ({"Upload_Length": "1", "Upload_Metadata": "filename ?"}, 422),
        ({"Upload_Length": "1", "Upload_Metadata": name, "Tus_Resumable": "0.2.2"}, 412),
    ):
        assert (await tus(alice, "POST", f"?chat_id={chat}", **given))[0] == status
    assert refusal(await alice.post("/uploads/resumable?chat_id=999"))[0] in (404, 422)


async def test_a_name_that_is_no_utf_8_is_read_as_what_it_looks_like(
    alice: Person, lobby: int
) -> None:
    metadata = f"filename {b64encode('Отчёт.txt'.encode('cp1251')).decode()}"
    _, headers, _ = await tus(
        alice, "POST", f"?chat_id={lobby}", Upload_Length="1", Upload_Metadata=metadata
    )
    where = headers["Location"]
    assert (await sent(alice, where, 0, b"x"))[0] == 204
    seq = await alice.send(lobby, "", file_ids=[where.rpartition("/")[2]])
    (file,) = ok(await alice.get(f"/chats/{lobby}/messages/{seq}"))["files"]
    assert file["name"] == "Отчёт.txt"


@pytest.mark.parametrize("value", ["/w==", "7aCA"])
async def test_metadata_that_is_no_utf_8_is_as_none(alice: Person, lobby: int, value: str) -> None:
    status, _, body = await tus(
        alice, "POST", f"?chat_id={lobby}", Upload_Length="1",
        Upload_Metadata=f"filename YQ==,shown_as {value}",
    )  # fmt: skip
    assert (status, body) == (201, None)
