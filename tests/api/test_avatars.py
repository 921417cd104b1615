"""Pictures of people and chats: set, cropped, seen by those who may, replaced, swept."""

import io
from datetime import timedelta
from typing import Any

import aiohttp
import pytest
from PIL import Image

from messenger.files.survey import survey
from messenger.files.sweep import Swept, sweep
from tests.api.cast import Answer, Door, Person, begin, ok, refusal, sign_up
from tests.api.conftest import Api
from tests.api.test_quotas import kept
from tests.bucket import new_bucket
from tests.files.pictures import empty_png, pdf, picture, saved, with_exif
from tests.files.test_drawing import BLUE, GREEN, GREY, RED, corners, is_near

PHOTO = with_exif(picture(1600, 1200), 6)
OTHER = saved(picture(300, 300, "L"), "PNG")
HOURS = timedelta(hours=7)


on_both = pytest.mark.parametrize("door", ["disk", "s3"], indirect=True)


@pytest.fixture
async def door(request: pytest.FixtureRequest, api: Api) -> Door:
    in_bucket = getattr(request, "param", "disk") == "s3"
    return await api(**(new_bucket(request.getfixturevalue("s3")) if in_bucket else {}))


async def put(
    who: Person, content: bytes, path: str = "/users/me", *, key: str | None = None, **crop: Any
) -> Answer:
    form = aiohttp.FormData()
    form.add_field("avatar", io.BytesIO(content), filename="me.jpg")
    headers = {"Authorization": f"Bearer {who.access}"}
    headers |= {"Idempotency-Key": key} if key else {}
    async with who.door.put(
        f"/api/v1{path}/avatar", data=form, params=crop, headers=headers
    ) as response:
        return response.status, await response.json()


async def got(who: Person, url: str, size: int = 160, **headers: str) -> tuple[int, Any, bytes]:
    return await who.download(f"{url.removeprefix('/api/v1/files/')}?size={size}", **headers)


async def shown(who: Person, url: str, size: int = 160) -> Image.Image:
    status, headers, body = await got(who, url, size)
    assert (status, headers["Content-Type"]) == (200, "image/webp")
    return Image.open(io.BytesIO(body), formats=["WEBP"])


async def url_of(who: Person, content: bytes = PHOTO, path: str = "/users/me") -> str:
    return str(ok(await put(who, content, path))["avatar_url"])


@on_both
async def test_three_sizes_upright_and_without_metadata(alice: Person, bob: Person) -> None:
    url = await url_of(alice)
    assert url.startswith("/api/v1/files/avatars/")
    for size in (64, 160, 512):
        image = await shown(bob, url, size)
        assert image.size == (size, size)
        assert not image.getexif()
        assert all(map(is_near, corners(image), (BLUE, RED, GREY, GREEN)))
    _, headers, _ = await got(bob, url)
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (await got(bob, url, 320))[0] == 422


async def test_everybody_hears_of_it_and_finds_it(alice: Person, bob: Person, lobby: int) -> None:
    url = await url_of(alice)
    group = await url_of(alice, OTHER, f"/chats/{lobby}")
    assert ok(await bob.get(f"/users/{alice.user_id}"))["avatar_url"] == url
    assert ok(await bob.get(f"/chats/{lobby}"))["avatar_url"] == group
    first = await begin(bob)
    assert {each["id"]: each["avatar_url"] for each in first["users"]}[alice.user_id] == url
    assert {each["chat"]["id"]: each["chat"]["avatar_url"] for each in first["data"]}[
        lobby
    ] == group
    _, changes = await bob.post("/sync/changes", {"cursors": [[lobby, 0]]})
    assert changes["data"]["events"][-1]["type"] == "chat.updated"
    assert changes["data"]["events"][-1]["data"]["avatar_url"] == group


async def test_a_known_picture_is_not_sent_again(alice: Person) -> None:
    url = await url_of(alice)
    _, headers, _ = await got(alice, url)
    status, again, body = await got(alice, url, **{"If-None-Match": headers["ETag"]})
    assert (status, body, again["ETag"]) == (304, b"", headers["ETag"])
    assert (await got(alice, url, 64))[1]["ETag"] != headers["ETag"]


@pytest.mark.parametrize(
    ("crop", "expected"),
    [
        ({"x": 0, "y": 0, "size": 0.5}, RED),
        ({"x": 0.75, "y": 0, "size": 0.5}, GREEN),
        ({"x": 0, "y": 0.5, "size": 0.5}, BLUE),
        # Past the edge it stays within.
        ({"x": 1, "y": 1, "size": 0.5}, GREY),
    ],
)
async def test_a_square_of_it(
    crop: dict[str, float], expected: tuple[int, ...], alice: Person
) -> None:
    url = ok(await put(alice, saved(picture(2000, 1000), "JPEG"), **crop))["avatar_url"]
    image = await shown(alice, url, 512)
    assert image.size == (500, 500)
    assert all(is_near(found, expected) for found in corners(image))


@pytest.mark.parametrize(
    "crop",
    [
        {"size": 0.5},
        {"x": 0, "y": 0},
        {"x": 0, "y": 0, "size": 0},
        {"x": 2, "y": 0, "size": 1},
        {"x": "nan", "y": 0, "size": 1},
        {"x": 0, "y": "-inf", "size": 1},
    ],
)
async def test_a_crop_is_whole_and_within(crop: dict[str, Any], alice: Person) -> None:
    assert refusal(await put(alice, PHOTO, **crop)) == (422, "validation_failed")


@pytest.mark.parametrize(
    ("content", "refused"),
    [
        (b"hello", (415, "unsupported_type")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", (415, "unsupported_type")),
        (pdf(), (415, "unsupported_type")),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", (415, "unsupported_type")),
        (PHOTO[: len(PHOTO) // 2], (422, "validation_failed")),
        (b"\x89PNG\r\n\x1a\n" + b"\xff" * 500, (415, "unsupported_type")),
        (empty_png(13_000, 13_000), (413, "payload_too_large")),
        (b"", (415, "unsupported_type")),
    ],
    ids=["text", "svg", "pdf", "eps", "half", "noise", "bomb", "nothing"],
)
async def test_what_is_no_picture_is_refused_and_leaves_nothing(
    content: bytes, refused: tuple[int, str], door: Door, alice: Person
) -> None:
    assert refusal(await put(alice, content)) == refused
    assert ok(await alice.get("/me"))["avatar_url"] is None
    storage = door.server.files.storage
    assert [each async for each in storage.primary.listed()] == []
    assert list(storage.incoming.iterdir()) == []


async def test_more_bytes_than_are_taken(api: Api) -> None:
    door = await api(FILE_MAX_BYTES="1000")
    alice = await sign_up(door, "alice")
    assert refusal(await put(alice, PHOTO)) == (413, "payload_too_large")


async def test_two_pictures_or_none(alice: Person) -> None:
    form = aiohttp.FormData()
    for name in ("a", "b"):
        form.add_field(name, io.BytesIO(PHOTO), filename=name)
    headers = {"Authorization": f"Bearer {alice.access}"}
    async with alice.door.put("/api/v1/users/me/avatar", data=form, headers=headers) as answer:
        assert answer.status == 422
    assert refusal(await alice.put("/users/me/avatar", {})) == (415, "unsupported_type")


async def test_the_same_again_changes_nothing_and_another_has_another_address(
    alice: Person,
) -> None:
    first = ok(await put(alice, PHOTO, key="k"))
    assert ok(await put(alice, PHOTO, key="k")) == first
    assert ok(await put(alice, PHOTO)) == first
    assert refusal(await put(alice, OTHER, key="k")) == (422, "idempotency_mismatch")
    assert await url_of(alice, OTHER) != first["avatar_url"]


async def test_a_replaced_or_removed_picture_is_gone_at_once(alice: Person, bob: Person) -> None:
    first, second = await url_of(alice), await url_of(alice, OTHER)
    assert (await got(bob, first))[0] == 404
    assert (await got(bob, second))[0] == 200
    assert ok(await alice.delete("/users/me/avatar"))["avatar_url"] is None
    assert ok(await alice.delete("/users/me/avatar"))["avatar_url"] is None
    assert (await got(bob, second))[0] == 404
    assert await url_of(alice) == first


async def test_an_administrator_takes_it_away_and_that_is_written_down(
    door: Door, alice: Person
) -> None:
    root = await sign_up(door, "root", "admin")
    url = await url_of(alice)
    path = f"/admin/users/{alice.user_id}/avatar"
    assert refusal(await alice.delete(path)) == (403, "forbidden")
    assert ok(await root.delete(path))["avatar_url"] is None
    assert (await got(alice, url))[0] == 404
    last = ok(await root.get("/admin/audit"))[0]
    assert (last["action"], last["details"]) == (
        "user.update", {"before": {"avatar_url": url}, "after": {"avatar_url": None}}
    )  # fmt: skip


async def test_nobody_gives_an_address_of_their_own(alice: Person, lobby: int) -> None:
    elsewhere = {"avatar_url": "https://evil.example/a.png"}
    assert refusal(await alice.patch(f"/chats/{lobby}", elsewhere)) == (422, "validation_failed")
    assert refusal(await alice.patch("/users/me", elsewhere)) == (422, "validation_failed")


async def test_one_who_left_sees_the_chats_picture_no_more(
    alice: Person, bob: Person, lobby: int
) -> None:
    url = await url_of(alice, PHOTO, f"/chats/{lobby}")
    assert (await got(bob, url))[0] == 200
    ok(await alice.delete(f"/chats/{lobby}/members/{bob.user_id}"))
    assert (await got(bob, url))[0] == 404
    assert refusal(await put(bob, PHOTO, f"/chats/{lobby}")) == (404, "not_found")


async def test_a_direct_chat_has_none(alice: Person, bob: Person) -> None:
    direct = await alice.direct(bob)
    assert refusal(await put(alice, PHOTO, f"/chats/{direct}")) == (403, "forbidden")


async def test_quota(api: Api) -> None:
    door = await api(FILE_QUOTA_PER_USER="4000")
    alice = await sign_up(door, "alice")
    await url_of(alice, saved(picture(10, 10), "PNG"))
    noise = saved(Image.effect_noise((400, 400), 90), "PNG")
    before = kept(door)
    assert refusal(await put(alice, noise)) == (413, "quota_exceeded")
    assert kept(door) == before


# What nobody has any more


async def swept(door: Door, after: timedelta = HOURS) -> Swept:
    now = door.server.clock() + after
    return await sweep(door.server.database, door.server.files.storage, now)


@on_both
async def test_the_sweep_leaves_what_is_shown_and_takes_what_was_replaced(
    door: Door, alice: Person, bob: Person, lobby: int
) -> None:
    gone = await url_of(alice, saved(picture(700, 700), "PNG"))
    mine, theirs = await url_of(alice), await url_of(alice, OTHER, f"/chats/{lobby}")
    assert await swept(door) == Swept(files=0, contents=3)
    for url in (mine, theirs):
        for size in (64, 160, 512):
            assert (await got(bob, url, size))[0] == 200
    found = await survey(door.server.database, door.server.files.storage)
    assert (found.whole, found.missing, found.strays) == (6, [], [])
    assert (await got(alice, gone))[0] == 404


@on_both
async def test_the_same_picture_for_two_is_kept_until_both_let_go(
    door: Door, alice: Person, bob: Person
) -> None:
    await url_of(alice)
    theirs = await url_of(bob)
    ok(await alice.delete("/users/me/avatar"))
    assert await swept(door) == Swept(0, 0)
    assert (await got(alice, theirs))[0] == 200
    ok(await bob.delete("/users/me/avatar"))
    assert await swept(door) == Swept(0, 3)


async def test_a_deleted_chats_picture_goes(door: Door, alice: Person, lobby: int) -> None:
    url = await url_of(alice, PHOTO, f"/chats/{lobby}")
    assert ok(await alice.delete(f"/chats/{lobby}"))["avatar_url"] is None
    assert (await got(alice, url))[0] == 404
    assert await swept(door) == Swept(0, 3)


async def test_made_a_moment_ago_it_stays_though_nobody_has_it_yet(
    door: Door, alice: Person
) -> None:
    url = await url_of(alice)
    ok(await alice.delete("/users/me/avatar"))
    door.server.advance(HOURS)
    # Made again: on its way to be somebody's.
    avatars = door.server.avatars
    spool = avatars.begin()
    await spool.write(PHOTO)
    await spool.close()
    assert await avatars.make(spool, None, alice.user_id, alice.user_id) == url
    assert await swept(door, timedelta()) == Swept(0, 0)
