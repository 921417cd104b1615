"""Previews over REST: what a file says of its picture, and the small pictures themselves."""

import asyncio
import base64
import io
import os
import uuid
from datetime import timedelta
from typing import Any

import pytest
from PIL import Image

from messenger.files.sweep import sweep
from tests.api.cast import Door, Person, ok, refusal
from tests.api.conftest import Api
from tests.bucket import new_bucket
from tests.files.pictures import empty_png, pdf, picture, with_exif

PHOTO = with_exif(picture(2000, 1500), 6)


@pytest.fixture(params=["disk", "s3"])
async def door(request: pytest.FixtureRequest, api: Api) -> Door:
    settings = new_bucket(request.getfixturevalue("s3")) if request.param == "s3" else {}
    return await api(FILE_MAX_BYTES="64 MiB", **settings)


async def uploaded(who: Person, chat: int, content: bytes, name: str = "photo.jpg") -> Any:
    (file,) = ok(await who.upload(chat, (name, content)))
    return file


async def shown(who: Person, id: str, size: int = 320) -> tuple[int, Any, bytes]:
    return await who.download(f"{id}/preview?size={size}")


async def test_a_photo_says_its_size_and_colours_before_any_byte_of_it(
    alice: Person, lobby: int
) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    assert (file["width"], file["height"], file["preview"]) == (1500, 2000, True)
    assert file["no_preview"] is None
    assert len(file["placeholder"]) <= 40
    assert len(base64.b64decode(file["placeholder"])) <= 25


@pytest.mark.parametrize(("size", "pixels"), [(320, (240, 320)), (1600, (1200, 1600))])
async def test_both_sizes_are_webp_upright_and_without_metadata(
    size: int, pixels: tuple[int, int], alice: Person, lobby: int
) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    status, headers, body = await shown(alice, file["id"], size)
    assert (status, headers["Content-Type"]) == (200, "image/webp")
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    image = Image.open(io.BytesIO(body), formats=["WEBP"])
    assert image.size == pixels
    assert not image.getexif()
    assert (await alice.download(file["id"]))[2] == PHOTO


async def test_a_known_preview_is_not_sent_again(alice: Person, lobby: int) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    _, headers, _ = await shown(alice, file["id"])
    again = {"If-None-Match": headers["ETag"]}
    assert (await alice.download(f"{file['id']}/preview", **again))[0] == 304
    assert (await alice.download(f"{file['id']}/preview?size=1600", **again))[0] == 200


async def test_a_pdf_shows_its_first_page(alice: Person, lobby: int) -> None:
    file = await uploaded(alice, lobby, pdf(), "contract.pdf")
    assert (file["width"], file["preview"]) == (None, True)
    assert (await shown(alice, file["id"], 1600))[0] == 200


@pytest.mark.parametrize(
    ("content", "mime", "reason"),
    [
        (empty_png(13_000, 13_000), "image/png", "too_large"),
        (PHOTO[:400], "image/jpeg", "damaged"),
        (b"words", "text/plain", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml", None),
    ],
)
async def test_what_cannot_be_drawn_is_a_file_all_the_same(
    content: bytes, mime: str, reason: str | None, alice: Person, lobby: int
) -> None:
    file = await uploaded(alice, lobby, content, "picture.png")
    assert (file["mime"], file["preview"], file["no_preview"]) == (mime, False, reason)
    assert (file["width"], file["placeholder"]) == (None, None)
    assert (await shown(alice, file["id"]))[0] == 404
    assert (await alice.download(file["id"]))[2] == content


async def test_a_lost_preview_is_drawn_again(door: Door, alice: Person, lobby: int) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    before = await shown(alice, file["id"])
    (kept,) = (door.server.files.storage.folder.parent / "previews").rglob("*.webp")
    for left in (b"", before[2][:-5], None):
        kept.unlink() if left is None else kept.write_bytes(left)
        assert (await shown(alice, file["id"]))[2] == before[2]
        assert kept.read_bytes() == before[2]


async def test_many_who_ask_at_once_have_it_drawn_once(
    door: Door, alice: Person, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    studio = door.server.files.previews._studio
    asked, drawn = studio.preview, []

    async def counted(*arguments: Any) -> Any:
        drawn.append(arguments)
        return await asked(*arguments)

    monkeypatch.setattr(studio, "preview", counted)
    answers = await asyncio.gather(*(shown(alice, file["id"], 1600) for _ in range(8)))
    assert {status for status, _, _ in answers} == {200}
    assert len(drawn) == 1


async def test_who_may_not_read_the_file_may_not_see_it(
    alice: Person, bob: Person, lobby: int
) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    assert (await shown(bob, file["id"]))[0] == 404
    seq = await alice.send(lobby, "", file_ids=[file["id"]])
    assert (await shown(bob, file["id"]))[0] == 200
    ok(await alice.ask("DELETE", f"/chats/{lobby}/messages/{seq}"))
    for who in (alice, bob):
        assert (await shown(who, file["id"]))[0] == 404


@pytest.mark.leaves_nothing
@pytest.mark.parametrize("size", ["0", "321", "1600.0", "large", "-1"])
async def test_there_are_two_sizes(size: str, alice: Person, lobby: int) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    answer = await alice.get(f"/files/{file['id']}/preview", size=size)
    assert refusal(answer)[1] == "validation_failed"


async def test_previews_go_with_what_they_show(door: Door, alice: Person, lobby: int) -> None:
    """And so do those of an upload that failed after its preview was drawn."""
    storage = door.server.files.storage
    file = await uploaded(alice, lobby, PHOTO)
    seq = await alice.send(lobby, "", file_ids=[file["id"]])
    assert (await shown(alice, file["id"], 1600))[0] == 200
    previews = storage.folder.parent / "previews"
    stray = previews / "ab" / f"{'ab' * 32}-320.webp"
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"RIFF")
    for path in previews.rglob("*.webp"):
        os.utime(path, (0, 0))

    async def left_after(**passed: int) -> int:
        door.server.advance(timedelta(**passed))
        await sweep(door.server.database, storage, door.server.clock())
        return len(list(previews.rglob("*.webp")))

    assert await left_after(minutes=1) == 2
    ok(await alice.delete(f"/chats/{lobby}/messages/{seq}"))
    assert await left_after(hours=7) == 0


async def test_a_forwarded_photo_is_as_the_first_one(
    alice: Person, bob: Person, lobby: int
) -> None:
    file = await uploaded(alice, lobby, PHOTO)
    seq = await alice.send(lobby, "", file_ids=[file["id"]])
    there = await alice.direct(bob)
    (copy,) = ok(
        await alice.post(
            f"/chats/{lobby}/messages/forward",
            {"seqs": [seq], "to": [there], "client_message_id": str(uuid.uuid4())},
        )
    )["messages"]
    (shown_there,) = ok(await bob.get(f"/chats/{there}/messages/{copy['seq']}"))["files"]
    same = ("name", "size", "width", "height", "placeholder", "preview", "no_preview", "folder")
    assert {name: shown_there[name] for name in same} == {name: file[name] for name in same}
    assert (await shown(bob, shown_there["id"]))[0] == 200
