"""ZIPs over REST: their entries become files, or are refused by name."""

import io
import uuid
from typing import Any

import aiohttp
import pytest

from tests.api.cast import Answer, Door, Person, ok, refusal, sign_up
from tests.api.conftest import Api
from tests.bucket import new_bucket
from tests.files.pictures import pdf, picture, saved
from tests.files.zips import Member, by_explorer, by_info_zip, by_mac, by_seven_zip, zip_of

PHOTO = saved(picture(900, 600), "JPEG")
SENT = {
    "Фото с дачи/Ёлка.jpg": PHOTO,
    "Фото с дачи/Лето/Море №1.jpg": PHOTO + b"2",
    "Договор.pdf": pdf(),
    "Заметки.txt": "Привет".encode(),
}


@pytest.fixture(params=["disk", "s3"])
async def door(request: pytest.FixtureRequest, api: Api) -> Door:
    settings = new_bucket(request.getfixturevalue("s3")) if request.param == "s3" else {}
    return await api(ZIP_MAX_BYTES="1 MiB", FILE_MAX_BYTES="100 KiB", **settings)


async def unpack(
    who: Person, chat: int, *contents: bytes, key: str | None = None, **query: Any
) -> Answer:
    form = aiohttp.FormData(quote_fields=False)
    for content in contents:
        form.add_field("file", io.BytesIO(content), filename="Архив.zip")
    headers = {"Authorization": f"Bearer {who.access}"}
    if key is not None:
        headers["Idempotency-Key"] = key
    async with who.door.post(
        "/api/v1/uploads", data=form, params={"chat_id": chat, **query}, headers=headers
    ) as response:
        return response.status, await response.json()


async def kept(door: Door) -> list[int]:
    """Sizes of the contents that are stored."""
    storage = door.server.files.storage
    return sorted([size async for _, size in storage.primary.listed()])


@pytest.mark.parametrize("program", [by_explorer, by_mac, by_seven_zip, by_info_zip])
async def test_entries_become_files_with_their_folders_and_previews(
    program: Any, alice: Person, lobby: int
) -> None:
    done = ok(await unpack(alice, lobby, program(SENT)))
    assert done["refused"] == []
    assert done["original"] is None
    found = [(file["folder"], file["name"], file["size"]) for file in done["files"]]
    assert found == [
        ("Фото с дачи", "Ёлка.jpg", len(PHOTO)),
        ("Фото с дачи/Лето", "Море №1.jpg", len(PHOTO) + 1),
        (None, "Договор.pdf", len(pdf())),
        (None, "Заметки.txt", 12),
    ]
    assert [file["preview"] for file in done["files"]] == [True, True, True, False]
    assert (done["files"][0]["width"], done["files"][0]["height"]) == (900, 600)


async def test_they_can_be_sent_as_one_message(alice: Person, bob: Person, lobby: int) -> None:
    done = ok(await unpack(alice, lobby, by_explorer(SENT)))
    ids = [file["id"] for file in done["files"]]
    seq = await alice.send(lobby, "", file_ids=ids)
    message = ok(await bob.get(f"/chats/{lobby}/messages/{seq}"))
    assert message["files"] == done["files"]
    for file, content in zip(message["files"], SENT.values(), strict=True):
        assert (await bob.download(file["id"]))[2] == content


async def test_the_archive_is_kept_if_wished(alice: Person, lobby: int) -> None:
    content = by_explorer(SENT)
    done = ok(await unpack(alice, lobby, content, keep="true"))
    original = done["original"]
    assert (original["name"], original["mime"]) == ("Архив.zip", "application/zip")
    assert (await alice.download(original["id"]))[2] == content
    assert len(done["files"]) == len(SENT)


async def test_what_is_refused_is_told_by_name_and_the_rest_taken(
    alice: Person, lobby: int
) -> None:
    members = [
        Member("Отчёт.txt".encode("cp866"), b"fine"),
        Member(b"../evil.txt"),
        Member("Пароли.txt".encode("cp866"), flags=1),
        Member(b"broken.txt", b"content", crc=7),
        Member(b"large.bin", bytes(range(256)) * 500),
    ]
    done = ok(await unpack(alice, lobby, zip_of(members)))
    assert [file["name"] for file in done["files"]] == ["Отчёт.txt"]
    assert done["refused"] == [
        {"path": "../evil.txt", "reason": "path"},
        {"path": "Пароли.txt", "reason": "encrypted"},
        {"path": "broken.txt", "reason": "damaged"},
        {"path": "large.bin", "reason": "too_large"},
    ]


NOTHING = [
    (zip_of([Member(b"../evil.txt")]), "validation_failed"),
    (zip_of([Member(b"broken", crc=1)]), "validation_failed"),
    (zip_of([]), "validation_failed"),
    (b"no archive", "unsupported_type"),
    (PHOTO, "unsupported_type"),
    (zip_of([Member(b"a"), Member(b"b", offset=0)]), "unsupported_type"),
    (zip_of(Member(b"%d" % each, size=90_000) for each in range(30)), "payload_too_large"),
    (zip_of(Member(b"%d" % each, b"") for each in range(10_001)), "payload_too_large"),
    (bytes(1024 * 1024 + 1), "payload_too_large"),
]


@pytest.mark.parametrize(("content", "code"), NOTHING, ids=range(len(NOTHING)))
async def test_what_is_refused_as_a_whole_leaves_nothing(
    content: bytes, code: str, door: Door, alice: Person, lobby: int
) -> None:
    assert refusal(await unpack(alice, lobby, content))[1] == code
    assert list(door.server.files.storage.incoming.iterdir()) == []
    assert await kept(door) == []


async def test_a_repeat_makes_the_same_files(door: Door, alice: Person, lobby: int) -> None:
    key = str(uuid.uuid4())
    first = ok(await unpack(alice, lobby, by_explorer(SENT), key=key, keep="true"))
    before = await kept(door)
    assert ok(await unpack(alice, lobby, by_explorer(SENT), key=key, keep="true")) == first
    assert await kept(door) == before
    other = await unpack(alice, lobby, by_explorer({"other.txt": b"1"}), key=key)
    assert refusal(other)[1] == "idempotency_mismatch"


async def test_one_archive_is_taken_at_a_time(alice: Person, lobby: int) -> None:
    two = await unpack(alice, lobby, by_explorer(SENT), by_explorer(SENT))
    assert refusal(two)[1] == "validation_failed"


async def test_a_strangers_chat_takes_nothing(door: Door, alice: Person, carol: Person) -> None:
    closed = await alice.group()
    assert refusal(await unpack(carol, closed, by_explorer(SENT)))[1] == "not_found"
    assert await kept(door) == []


async def test_quotas_hold_for_all_entries_together(api: Api) -> None:
    door = await api(FILE_QUOTA_PER_USER=str(len(PHOTO) + 100))
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    assert refusal(await unpack(alice, chat, by_explorer(SENT)))[1] == "quota_exceeded"
    assert refusal(await unpack(alice, chat, by_explorer(SENT)))[1] == "quota_exceeded"
    ok(await unpack(alice, chat, by_explorer({"a.jpg": PHOTO})))
