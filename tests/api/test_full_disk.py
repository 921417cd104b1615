"""A disk that is really full: who sends is told, nothing half is left, and it heals by itself."""

import io
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import tests.small_disk
from tests.api.cast import Door, Person, ok, refusal, sign_up
from tests.api.conftest import Api, url_of
from tests.api.tus import begun, sent
from tests.files.pictures import picture, saved
from tests.files.zips import by_explorer
from tests.small_disk import filled
from tests.waiting import until

MIB = 2**20


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with tests.small_disk.small_disk(tmp_path / "small", 6) as path:
        yield path


@pytest.fixture
async def door(api: Api, small_disk: Path) -> Door:
    return await api(DATA_DIR=str(small_disk))


@pytest.fixture
async def alice(door: Door) -> Person:
    return await sign_up(door, "alice")


def half_files(door: Door) -> list[Path]:
    storage = door.server.files.storage
    previews = storage.folder.parent / "previews"
    return [
        *storage.incoming.iterdir(),
        *(each for each in previews.glob("??/*") if not whole(each)),
    ]


def whole(path: Path) -> bool:
    try:
        Image.open(path).load()
    except OSError:
        return False
    return True


async def test_upload_is_refused_and_heals(door: Door, alice: Person, small_disk: Path) -> None:
    chat = await alice.group()
    filler = filled(small_disk, 2 * MIB)
    ok(await alice.upload(chat, ("a", b"1" * MIB)))
    answer = await alice.upload(chat, ("b", b"2" * 3 * MIB))
    assert refusal(answer) == (507, "storage_full")
    assert half_files(door) == []
    await alice.send(chat, "the disk is full")
    filler.unlink()
    (file,) = ok(await alice.upload(chat, ("b", b"2" * 3 * MIB)))
    assert (await alice.download(file["id"]))[2] == b"2" * 3 * MIB


async def test_archive_waits_until_there_is_room_to_unpack_it(
    door: Door, alice: Person, small_disk: Path
) -> None:
    chat = await alice.group()
    entries = {f"{name}.bin": os.urandom(3 * MIB // 4) for name in "abc"}
    content = by_explorer(entries)
    where = await begun(alice, chat, len(content), "a.zip", "unpack")
    assert (await sent(alice, where, 0, content))[0] == 204
    unpack = f"/uploads/resumable/{where.rpartition('/')[2]}/unpack"
    filler = filled(small_disk, MIB)
    for _ in range(2):
        assert refusal(await alice.post(unpack)) == (507, "storage_full")
        assert half_files(door) == []
    await alice.send(chat, "the disk is full")
    assert (await alice.get(f"/chats/{chat}/files"))[1]["data"] == []
    filler.unlink()
    files = ok(await alice.post(unpack))["files"]
    for file, (name, expected) in zip(files, entries.items(), strict=True):
        assert (file["name"], (await alice.download(file["id"]))[2]) == (name, expected)


async def test_parts_of_an_upload_stay_where_they_were(alice: Person, small_disk: Path) -> None:
    content = os.urandom(3 * MIB)
    where = await begun(alice, await alice.group(), len(content))
    assert (await sent(alice, where, 0, content[:MIB]))[0] == 204
    filler = filled(small_disk, MIB // 2)
    status, _, body = await sent(alice, where, MIB, content[MIB:])
    assert (status, body["error"]["code"]) == (507, "storage_full")
    filler.unlink()
    async with alice.door.request(
        "HEAD", where, headers={"Authorization": f"Bearer {alice.access}"}
    ) as answer:
        at = int(answer.headers["Upload-Offset"])
    assert MIB <= at < len(content)
    assert (await sent(alice, where, at, content[at:]))[0] == 204
    assert (await alice.download(where.rpartition("/")[2]))[2] == content


async def test_preview_is_shown_though_it_cannot_be_kept(
    door: Door, alice: Person, small_disk: Path
) -> None:
    (file,) = ok(
        await alice.upload(await alice.group(), ("a.jpg", saved(picture(2000, 1200), "JPEG")))
    )
    filler = filled(small_disk)
    for _ in range(2):
        async with alice.door.get(
            f"/api/v1/files/{file['id']}/preview?size=1600",
            headers={"Authorization": f"Bearer {alice.access}"},
        ) as answer:
            assert answer.status == 200
            assert Image.open(io.BytesIO(await answer.read())).size == (1600, 960)
        assert half_files(door) == []
    filler.unlink()
    async with alice.door.get(
        f"/api/v1/files/{file['id']}/preview?size=1600",
        headers={"Authorization": f"Bearer {alice.access}"},
    ) as answer:
        assert answer.status == 200
    previews = door.server.files.storage.folder.parent / "previews"
    assert len(list(previews.glob("??/*-1600.webp"))) == 1


async def test_photo_whose_preview_has_no_room_is_a_photo_all_the_same(
    door: Door, alice: Person, small_disk: Path
) -> None:
    chat, photo = await alice.group(), saved(picture(2000, 1200), "JPEG", quality=95)
    ok(await alice.upload(chat, ("first", b"makes the folders")))
    pages = -(-len(photo) // 4096) * 4096
    filler = filled(small_disk, pages)
    (file,) = ok(await alice.upload(chat, ("a.jpg", photo)))
    previews = door.server.files.storage.folder.parent / "previews"
    assert list(previews.glob("??/*")) == []
    assert (file["width"], file["preview"]) == (2000, True)
    assert half_files(door) == []
    filler.unlink()
    assert (await alice.download(file["id"]))[2] == photo
    async with alice.door.get(
        f"/api/v1/files/{file['id']}/preview?size=320",
        headers={"Authorization": f"Bearer {alice.access}"},
    ) as answer:
        assert answer.status == 200


async def test_a_persons_own_export_says_that_it_failed_and_is_made_once_there_is_room(
    api: Api, dsn: str, small_disk: Path
) -> None:
    door = await api(DATABASE_URL=url_of(dsn), DATA_DIR=str(small_disk))
    alice = await sign_up(door, "alice")
    ok(await alice.upload(await alice.group(), ("plan", os.urandom(MIB))))
    filler = filled(small_disk, MIB // 2)
    assert (await exported(alice))["state"] == "failed"
    assert sorted((small_disk / "exports").iterdir()) == []
    filler.unlink()
    state = await exported(alice)
    assert (state["state"], state["bytes"] > MIB) == ("ready", True)


async def exported(person: Person) -> Any:
    ok(await person.post("/users/me/export"))

    async def ended() -> Any:
        state = ok(await person.get("/users/me/export"))
        return state if state["state"] != "waiting" else None

    return await until(ended, every=0.05)
