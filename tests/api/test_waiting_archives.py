"""Archives that come in parts, wait until they are whole, and are unpacked then."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.api.cast import Answer, Door, Person, ok, refusal, sign_up
from tests.api.conftest import Api
from tests.api.tus import begun, sent, tus
from tests.bucket import new_bucket
from tests.files.pictures import picture, saved
from tests.files.zips import Member, by_explorer, zip_of

PHOTO = saved(picture(900, 600), "JPEG")
ARCHIVE = by_explorer({"Фото/Ёлка.jpg": PHOTO, "Заметки.txt": "Привет".encode()})


@pytest.fixture(params=["disk", "s3"])
async def door(request: pytest.FixtureRequest, api: Api) -> Door:
    settings = new_bucket(request.getfixturevalue("s3")) if request.param == "s3" else {}
    return await api(ZIP_MAX_BYTES="1 MiB", FILE_MAX_BYTES="100 KiB", **settings)


async def arrived(who: Person, chat: int, content: bytes = ARCHIVE) -> str:
    """The id of an archive that is whole, and waits."""
    where = await begun(who, chat, len(content), "Архив.zip", "unpack")
    half = len(content) // 2
    assert (await sent(who, where, 0, content[:half]))[0] == 204
    assert (await sent(who, where, half, content[half:]))[0] == 204
    return where.rpartition("/")[2]


async def unpack(who: Person, id: str, **query: Any) -> Answer:
    return await who.post(f"/uploads/resumable/{id}/unpack", **query)


def kept(door: Door) -> list[Path]:
    return list(door.server.uploads.parts.folder.iterdir())


async def test_its_entries_become_files(alice: Person, bob: Person, lobby: int) -> None:
    id = await arrived(alice, lobby)
    assert (await alice.download(id))[0] == 404
    done = ok(await unpack(alice, id))
    assert [(each["folder"], each["name"]) for each in done["files"]] == [
        ("Фото", "Ёлка.jpg"), (None, "Заметки.txt"),
    ]  # fmt: skip
    assert (done["refused"], done["original"]) == ([], None)
    await alice.send(lobby, "", file_ids=[each["id"] for each in done["files"]])
    assert (await bob.download(done["files"][0]["id"]))[2] == PHOTO


async def test_it_can_be_kept_under_the_uploads_id(alice: Person, lobby: int) -> None:
    id = await arrived(alice, lobby)
    done = ok(await unpack(alice, id, keep="true"))
    assert (done["original"]["id"], done["original"]["name"]) == (id, "Архив.zip")
    assert (await alice.download(id))[2] == ARCHIVE


async def test_a_repeat_is_answered_alike_and_only_the_answer_is_kept(
    door: Door, alice: Person, lobby: int
) -> None:
    content = by_explorer({"a.txt": b"1", "../evil.txt": b"2"})
    id = await arrived(alice, lobby, content)
    first = ok(await unpack(alice, id, keep="true"))
    assert first["refused"] == [{"path": "../evil.txt", "reason": "path"}]
    assert ok(await unpack(alice, id, keep="true")) == first
    assert {path.suffix for path in kept(door)} == {".json", ".done"}
    _, headers, _ = await tus(alice, "HEAD", f"/api/v1/uploads/resumable/{id}")
    assert headers["Upload-Offset"] == headers["Upload-Length"] == str(len(content))
    door.server.advance(timedelta(hours=25))
    await door.server.uploads.sweep()
    assert kept(door) == []


async def test_files_are_the_same_though_the_server_died_before_it_was_written_down(
    door: Door, alice: Person, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await arrived(alice, lobby)
    add = door.server.files.add

    async def broken(*given: Any) -> Any:
        await add(*given)
        raise ConnectionError

    monkeypatch.setattr(door.server.files, "add", broken)
    assert refusal(await unpack(alice, id))[0] == 500
    monkeypatch.undo()
    done = ok(await unpack(alice, id))
    _, listed = await alice.get(f"/chats/{lobby}/files")
    assert listed["data"] == []
    assert len({each["id"] for each in done["files"]}) == 2
    assert list(door.server.files.storage.incoming.iterdir()) == []


async def test_two_at_once_make_files_once(door: Door, alice: Person, lobby: int) -> None:
    id = await arrived(alice, lobby)
    answers = await asyncio.gather(*(unpack(alice, id) for _ in range(2)))
    (done,) = (body for status, body in answers if status == 201)
    (busy,) = (answer for answer in answers if answer[0] != 201)
    assert refusal(busy) == (409, "offset_conflict")
    assert (await unpack(alice, id))[1] == done


async def test_it_is_not_unpacked_before_it_is_whole(alice: Person, lobby: int) -> None:
    where = await begun(alice, lobby, len(ARCHIVE), "a.zip", "unpack")
    await sent(alice, where, 0, ARCHIVE[:100])
    _, body = await unpack(alice, where.rpartition("/")[2])
    assert (body["error"]["code"], body["error"]["details"]) == (
        "offset_conflict", {"offset": 100},
    )  # fmt: skip


async def test_what_was_not_announced_as_one_is_no_archive(alice: Person, lobby: int) -> None:
    where = await begun(alice, lobby, 5)
    assert refusal(await unpack(alice, where.rpartition("/")[2]))[1] == "validation_failed"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no archive at all", "unsupported_type"),
        (zip_of([Member(b"../evil.txt")]), "validation_failed"),
        (zip_of(Member(b"%d" % each, size=90_000) for each in range(30)), "payload_too_large"),
    ],
    ids=["no archive", "nothing to take", "too much"],
)
async def test_what_is_refused_is_forgotten(
    content: bytes, code: str, door: Door, alice: Person, lobby: int
) -> None:
    id = await arrived(alice, lobby, content)
    assert refusal(await unpack(alice, id))[1] == code
    assert refusal(await unpack(alice, id))[1] == "not_found"
    assert kept(door) == []
    assert list(door.server.files.storage.incoming.iterdir()) == []


async def test_it_waits_for_room(api: Api) -> None:
    door = await api(FILE_QUOTA_PER_USER=str(len(PHOTO) + 100))
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    content = by_explorer({"a.jpg": PHOTO, "b.jpg": PHOTO})
    id = str(uuid.uuid4())
    door.server.files.quotas, quotas = type(door.server.files.quotas)(), door.server.files.quotas
    id = await arrived(alice, chat, content)
    door.server.files.quotas = quotas
    assert refusal(await unpack(alice, id))[1] == "quota_exceeded"
    door.server.files.quotas = type(quotas)()
    assert len(ok(await unpack(alice, id))["files"]) == 2


async def test_it_may_be_as_large_as_an_archive_and_no_larger(alice: Person, lobby: int) -> None:
    metadata = "filename YQ==, unpack"
    for size, status in ((1024 * 1024, 201), (1024 * 1024 + 1, 413)):
        answer = await tus(
            alice, "POST", f"?chat_id={lobby}",
            Upload_Length=str(size), Upload_Metadata=metadata,
        )  # fmt: skip
        assert answer[0] == status


@pytest.mark.parametrize("gone", ["left", "signed out"])
async def test_who_went_away_makes_no_files(
    gone: str, door: Door, alice: Person, bob: Person, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    id = await arrived(bob, lobby)
    work = door.server.archives.unpack

    async def meanwhile(*given: Any, **more: Any) -> Any:
        contents = await work(*given, **more)
        await GOING[gone](bob, lobby)
        return contents

    monkeypatch.setattr(door.server.archives, "unpack", meanwhile)
    assert refusal(await unpack(bob, id))[0] == (404 if gone == "left" else 401)
    _, listed = await alice.get(f"/chats/{lobby}/files")
    assert listed["data"] == []


async def leave(who: Person, chat: int) -> None:
    ok(await who.delete(f"/chats/{chat}/members/{who.user_id}"))


async def sign_out(who: Person, chat: int) -> None:
    sessions = ok(await who.get("/sessions"))
    ok(await who.delete(f"/sessions/{sessions[0]['id']}"))


GOING: dict[str, Callable[[Person, int], Awaitable[None]]] = {
    "left": leave,
    "signed out": sign_out,
}


async def test_what_was_lost_with_its_part_begins_again(
    door: Door, alice: Person, lobby: int
) -> None:
    where = await begun(alice, lobby, 4)
    id = where.rpartition("/")[2]
    (door.server.uploads.parts.folder / f"{id}.part").unlink()
    assert (await tus(alice, "HEAD", where))[1]["Upload-Offset"] == "0"
    assert (await sent(alice, where, 0, b"data"))[0] == 204
    assert (await alice.download(id))[2] == b"data"


async def test_leftovers_of_a_killed_server_are_swept(door: Door) -> None:
    uploads = door.server.uploads
    for name in ("a.part", "a.done", "b.json.new"):
        (uploads.parts.folder / name).write_bytes(b"half")
    await uploads.sweep()
    assert len(kept(door)) == 3
    door.server.advance(timedelta(hours=25))
    await uploads.sweep()
    assert kept(door) == []
