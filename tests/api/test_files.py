"""Files from upload to removal, over REST, on a disk and in a bucket."""

import asyncio
import errno
import hashlib
import io
import time
import uuid

import aiohttp
import pytest

from messenger.decision import PasswordSet
from messenger.store.rows import users
from tests.api.cast import Door, Person, ok, refusal, sign_up
from tests.api.conftest import Api
from tests.bucket import new_bucket

WEBM = b"\x1aE\xdf\xa3....\x42\x82\x84webm....V_VP9"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489")


@pytest.fixture(params=["disk", "s3"])
async def door(request: pytest.FixtureRequest, api: Api) -> Door:
    """The same on a disk and in a bucket."""
    settings = new_bucket(request.getfixturevalue("s3")) if request.param == "s3" else {}
    return await api(FILE_MAX_BYTES="64 MiB", **settings)


def digest(content: bytes) -> str:
    return f'"{hashlib.sha256(content).hexdigest()}"'


async def uploaded(who: Person, chat: int, content: bytes = b"hello", name: str = "a.txt") -> str:
    (file,) = ok(await who.upload(chat, (name, content)))
    return str(file["id"])


async def posted(who: Person, chat: int, *ids: str, text: str = "") -> int:
    return await who.send(chat, text, file_ids=list(ids))


async def test_upload_is_described(alice: Person, lobby: int) -> None:
    status, body = await alice.upload(lobby, ("Отчёт.png", PNG), ("notes.txt", b"plain"))
    assert status == 201
    image, text = body["data"]
    assert image == {
        "id": image["id"],
        "chat_id": lobby,
        "uploader_id": alice.user_id,
        "name": "Отчёт.png",
        "mime": "image/png",
        "size": len(PNG),
        "width": None,
        "height": None,
        "placeholder": None,
        "preview": False,
        "no_preview": "unsupported",
        "folder": None,
        "shown_as": None,
        "duration_ms": None,
        "waveform": None,
        "created_at": image["created_at"],
    }
    assert (text["name"], text["mime"], text["size"]) == ("notes.txt", "text/plain", 5)


async def test_file_comes_back_byte_for_byte(alice: Person, bob: Person, lobby: int) -> None:
    content = bytes(range(256)) * 5000
    id = await uploaded(alice, lobby, content, "data.bin")
    await posted(alice, lobby, id)
    status, headers, body = await bob.download(id)
    assert (status, body) == (200, content)
    assert headers["ETag"] == digest(content)
    assert headers["Content-Length"] == str(len(content))


async def test_headers_let_a_browser_do_nothing(alice: Person, lobby: int) -> None:
    id = await uploaded(alice, lobby, b"<html><script>1</script>", 'д"о г.html')
    _, headers, _ = await alice.download(id)
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert headers["Content-Disposition"] == (
        "attachment; filename=\"___ _.html\"; filename*=UTF-8''%D0%B4%22%D0%BE%20%D0%B3.html"
    )


@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=5-100", 206, b"56789"),
        ("bytes=0-9", 206, b"0123456789"),
        ("bytes=0-", 206, b"0123456789"),
        ("bytes=0-1,4-5", 200, b"0123456789"),
        ("bytes=5-2", 200, b"0123456789"),
        ("items=0-3", 200, b"0123456789"),
        ("bytes=10-", 416, b""),
        ("bytes=-0", 416, b""),
    ],
)
async def test_range(alice: Person, lobby: int, asked: str, status: int, part: bytes) -> None:
    id = await uploaded(alice, lobby, b"0123456789")
    got = await alice.download(id, Range=asked)
    assert (got[0], got[2]) == (status, part)
    if status == 416:
        assert got[1]["Content-Range"] == "bytes */10"


async def test_known_content_is_not_sent_again(alice: Person, lobby: int) -> None:
    id = await uploaded(alice, lobby)
    status, headers, body = await alice.download(id, **{"If-None-Match": digest(b"hello")})
    assert (status, body, headers["ETag"]) == (304, b"", digest(b"hello"))
    stale = {"Range": "bytes=0-1", "If-Range": '"other"'}
    assert (await alice.download(id, **stale))[0] == 200


async def test_same_content_is_kept_once(
    door: Door, alice: Person, bob: Person, lobby: int
) -> None:
    await asyncio.gather(*(uploaded(who, lobby, b"twice" * 999) for who in (alice, bob, alice)))
    storage = door.server.files.storage
    assert [size async for _, size in storage.primary.listed()] == [4995]
    assert list(storage.incoming.iterdir()) == []


async def test_too_large_is_refused_and_leaves_nothing(api: Api) -> None:
    door = await api(FILE_MAX_BYTES="1000")
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    answer = await alice.upload(chat, ("a", b"x" * 1000), ("b", b"x" * 1001))
    assert refusal(answer) == (413, "payload_too_large")
    storage = door.server.files.storage
    assert [each async for each in storage.primary.listed()] == []
    assert list(storage.incoming.iterdir()) == []


async def test_uploads_count_as_changes(api: Api) -> None:
    door = await api(WRITE_RATE_LIMIT="3/60s")
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    ok(await alice.upload(chat, ("a", b"1")))
    ok(await alice.upload(chat, ("a", b"2")))
    assert refusal(await alice.upload(chat, ("a", b"3"))) == (429, "rate_limited")


async def test_quota_of_a_person(api: Api) -> None:
    door = await api(FILE_QUOTA_PER_USER="1000")
    alice, bob = await sign_up(door, "alice"), await sign_up(door, "bob")
    chat = await alice.group(bob)
    ok(await alice.upload(chat, ("a", b"x" * 600)))
    assert refusal(await alice.upload(chat, ("b", b"y" * 600))) == (413, "quota_exceeded")
    ok(await bob.upload(chat, ("b", b"y" * 600)))


async def test_quota_of_the_organisation_counts_a_content_once(api: Api) -> None:
    door = await api(FILE_QUOTA_TOTAL="1000")
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    ok(await alice.upload(chat, ("a", b"x" * 400)))
    ok(await alice.upload(chat, ("again", b"x" * 400)))
    assert refusal(await alice.upload(chat, ("b", b"y" * 700))) == (413, "quota_exceeded")


async def test_repeated_upload_makes_the_same_files(alice: Person, lobby: int) -> None:
    first = await alice.upload(lobby, ("a", b"1"), ("b", b"2"), key="k")
    assert await alice.upload(lobby, ("a", b"1"), ("b", b"2"), key="k") == first
    again = await alice.upload(lobby, ("a", b"other"), key="k")
    assert refusal(again) == (422, "idempotency_mismatch")


async def test_a_body_of_empty_lines_does_not_keep_the_others_waiting(
    alice: Person, bob: Person, lobby: int
) -> None:
    headers = {
        "Authorization": f"Bearer {alice.access}",
        "Content-Type": "multipart/form-data; boundary=X",
    }

    async def bad() -> int:
        async with alice.door.post(
            f"/api/v1/files?chat_id={lobby}", data=io.BytesIO(b"\r\n" * 2_000_000), headers=headers
        ) as answer:
            return int(answer.status)

    began = time.process_time()
    status, _ = await asyncio.gather(bad(), bob.send(lobby))
    assert time.process_time() - began < 4
    assert status == 422


# Messages with files


async def test_message_carries_its_files_everywhere(alice: Person, bob: Person, lobby: int) -> None:
    two = ok(await alice.upload(lobby, ("1.png", PNG), ("2.txt", b"text")))
    seq = await posted(alice, lobby, two[1]["id"], two[0]["id"])
    wanted = [two[1], two[0]]
    _, shown = await bob.get(f"/chats/{lobby}/messages/{seq}")
    _, page = await bob.get(f"/chats/{lobby}/messages")
    _, snapshot = await bob.get(f"/chats/{lobby}/snapshot")
    asked = {"cursors": [[lobby, seq - 1]], "epoch": snapshot["data"]["epoch"]}
    _, changes = await bob.post("/sync/changes", asked)
    assert shown["data"]["files"] == wanted
    assert page["data"][-1]["files"] == wanted
    assert snapshot["data"]["messages"][-1]["files"] == wanted
    assert changes["data"]["events"][0]["data"]["files"] == wanted


async def test_words_are_not_needed_beside_files(alice: Person, lobby: int) -> None:
    id = await uploaded(alice, lobby)
    seq = await posted(alice, lobby, id)
    edited = await alice.patch(f"/chats/{lobby}/messages/{seq}", {"text": "", "file_ids": []})
    assert refusal(edited) == (422, "validation_failed")


async def test_repeat_is_answered_when_its_files_are_gone(alice: Person, lobby: int) -> None:
    id = await uploaded(alice, lobby)
    body = {"client_message_id": str(uuid.uuid4()), "text": "see", "file_ids": [id]}
    first = ok(await alice.post(f"/chats/{lobby}/messages", body))
    again = await alice.post(f"/chats/{lobby}/messages", body)
    assert again == (200, {"data": {**first, "duplicate": True}})
    other = await alice.post(f"/chats/{lobby}/messages", {**body, "file_ids": []})
    assert refusal(other) == (422, "idempotency_mismatch")


async def test_only_ones_own_files_of_the_chat_can_be_sent(
    alice: Person, bob: Person, lobby: int
) -> None:
    elsewhere = await uploaded(alice, await alice.group())
    bobs = await uploaded(bob, lobby)
    for id in (elsewhere, bobs, str(uuid.uuid4())):
        body = {"client_message_id": str(uuid.uuid4()), "text": "see", "file_ids": [id]}
        answer = await alice.post(f"/chats/{lobby}/messages", body)
        assert refusal(answer) == (404, "not_found")
    own = await uploaded(alice, lobby)
    body = {"client_message_id": str(uuid.uuid4()), "text": "see", "file_ids": [own, own]}
    assert refusal(await alice.post(f"/chats/{lobby}/messages", body))[0] == 422


async def test_edit_changes_the_files(alice: Person, bob: Person, lobby: int) -> None:
    one, two = await uploaded(alice, lobby, b"1"), await uploaded(alice, lobby, b"2")
    seq = await posted(alice, lobby, one, text="see")
    place = f"/chats/{lobby}/messages/{seq}"
    edited = ok(await alice.patch(place, {"text": "see", "file_ids": [two]}))
    assert [file["id"] for file in edited["files"]] == [two]
    assert edited["edited_at"] is not None
    assert ok(await bob.get(place))["files"] == edited["files"]
    assert [(await bob.download(id))[0] for id in (one, two)] == [404, 200]
    kept = ok(await alice.patch(place, {"text": "look"}))
    assert kept["files"] == edited["files"]


async def test_forwarded_file_is_the_other_chats(
    alice: Person, bob: Person, carol: Person, lobby: int
) -> None:
    den = await alice.group(carol)
    id = await uploaded(bob, lobby, b"shared")
    seq = await posted(bob, lobby, id)
    body = {"seqs": [seq], "to": [den], "client_message_id": str(uuid.uuid4())}
    path = f"/chats/{lobby}/messages/forward"
    made = ok(await alice.post(path, body))["messages"][0]
    assert ok(await alice.post(path, body))["messages"][0]["seq"] == made["seq"]
    (copy,) = ok(await carol.get(f"/chats/{den}/messages/{made['seq']}"))["files"]
    assert (copy["chat_id"], copy["uploader_id"]) == (den, alice.user_id)
    ok(await bob.delete(f"/chats/{lobby}/messages/{seq}"))
    assert (await carol.download(copy["id"]))[2] == b"shared"
    assert [(await carol.download(id))[0], (await bob.download(copy["id"]))[0]] == [404, 404]


def placed(file: dict[str, object], message: dict[str, object]) -> dict[str, object]:
    """As the chat's files have a file of a message."""
    at = {"seq": message["seq"], "attached_at": message["created_at"]}
    return {**file, **at, "task_id": None}


async def test_files_of_a_chat_are_listed_by_kind_and_name(
    alice: Person, bob: Person, lobby: int
) -> None:
    first = ok(await alice.upload(lobby, ("Смета.png", PNG), ("notes.txt", b"a"), ("b", b"\x00")))
    seq = await posted(alice, lobby, *(file["id"] for file in first))
    await uploaded(alice, lobby, b"never sent")
    (film,) = ok(await bob.upload(lobby, ("film.webm", WEBM)))
    later = await posted(bob, lobby, film["id"])
    path = f"/chats/{lobby}/files"
    early, sent = [ok(await bob.get(f"/chats/{lobby}/messages/{each}")) for each in (seq, later)]
    newest = [placed(film, sent), *(placed(file, early) for file in reversed(first))]
    _, page = await bob.get(path, limit=3)
    _, rest = await bob.get(path, limit=3, before=page["next"])
    assert page["data"] + rest["data"] == newest
    assert rest["next"] is None
    assert ok(await bob.get(path, kind="image")) == [newest[3]]
    assert ok(await bob.get(path, kind="video")) == [newest[0]]
    assert ok(await bob.get(path, kind="document")) == newest[1:3]
    assert ok(await bob.get(path, kind="audio")) == []
    assert ok(await bob.get(path, kind="media")) == [newest[0], newest[3]]
    assert ok(await bob.get(path, name="СМЕТ")) == [newest[3]]
    assert refusal(await bob.get(path, before="x"))[0] == 422
    ok(await alice.delete(f"/chats/{lobby}/messages/{seq}"))
    assert ok(await bob.get(path)) == newest[:1]


async def test_files_before_and_after_a_message(alice: Person, lobby: int) -> None:
    seqs = []
    for name in "abc":
        files = ok(await alice.upload(lobby, (f"{name}1", b"1"), (f"{name}2", b"2")))
        seqs.append(await posted(alice, lobby, *(file["id"] for file in files)))
    path = f"/chats/{lobby}/files"

    async def names(**query: object) -> list[str]:
        return [file["name"] for file in ok(await alice.get(path, **query))]

    assert await names(before_seq=seqs[1]) == ["a2", "a1"]
    assert await names(after_seq=seqs[1]) == ["c1", "c2"]
    assert await names(after_seq=seqs[2]) == []
    _, page = await alice.get(path, after_seq=0, limit=3)
    assert [file["name"] for file in page["data"]] == ["a1", "a2", "b1"]
    assert await names(after_seq=0, before=page["next"]) == ["b2", "c1", "c2"]
    assert refusal(await alice.get(path, before_seq=1, after_seq=1))[0] == 422


# Who may read


async def test_unsent_file_is_its_uploaders_alone(alice: Person, bob: Person, lobby: int) -> None:
    id = await uploaded(alice, lobby)
    assert [(await who.download(id))[0] for who in (alice, bob)] == [200, 404]


async def test_deleted_messages_file_is_nobodys(alice: Person, bob: Person, lobby: int) -> None:
    id = await uploaded(alice, lobby)
    seq = await posted(alice, lobby, id)
    ok(await alice.delete(f"/chats/{lobby}/messages/{seq}"))
    assert [(await who.download(id))[0] for who in (alice, bob)] == [404, 404]


async def test_who_has_left_reads_no_files(alice: Person, bob: Person, lobby: int) -> None:
    id = await uploaded(bob, lobby)
    await posted(bob, lobby, id)
    ok(await bob.delete(f"/chats/{lobby}/members/{bob.user_id}"))
    assert [(await who.download(id))[0] for who in (alice, bob)] == [200, 404]
    assert refusal(await bob.upload(lobby, ("a", b"1"))) == (404, "not_found")


async def test_download_ends_with_the_right_to_it(
    door: Door, alice: Person, bob: Person, lobby: int
) -> None:
    id = await uploaded(alice, lobby, b"x" * 40_000_000)
    await posted(alice, lobby, id)
    headers = {"Authorization": f"Bearer {bob.access}"}
    async with door.get(f"/api/v1/files/{id}", headers=headers) as response:
        await response.content.readexactly(1000)
        ok(await alice.delete(f"/chats/{lobby}/members/{bob.user_id}"))
        await asyncio.sleep(1.1)
        with pytest.raises(aiohttp.ClientPayloadError):
            await response.read()


async def test_reader_who_hangs_up_is_no_failure(
    door: Door, alice: Person, lobby: int, caplog: pytest.LogCaptureFixture
) -> None:
    id = await uploaded(alice, lobby, b"x" * 40_000_000)
    headers = {"Authorization": f"Bearer {alice.access}"}
    for _ in range(3):
        async with door.get(f"/api/v1/files/{id}", headers=headers) as response:
            await response.content.readexactly(1000)
            response.close()
    await asyncio.sleep(0.3)
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


# What comes in


async def test_body_that_is_none(alice: Person, door: Door, lobby: int) -> None:
    answer = await alice.post(f"/files?chat_id={lobby}", {"a": 1})
    assert refusal(answer) == (415, "unsupported_type")
    headers = {"Authorization": f"Bearer {alice.access}"}
    for kind, body, status in (
        ("multipart/form-data", b"x", 422),
        ("multipart/form-data; boundary=b", b"x", 422),
        ("multipart/form-data; boundary=b", b"--b--\r\n", 422),
        ("multipart/form-data; boundary=b", b"--b\r\n\r\nx\r\n--b--\r\n", 422),
        (
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nabc',
            422,
        ),
    ):
        async with door.post(
            "/api/v1/files",
            params={"chat_id": lobby},
            data=body,
            headers={**headers, "Content-Type": kind},
        ) as response:
            assert (body, response.status) == (body, status)
    assert list(door.server.files.storage.incoming.iterdir()) == []


@pytest.mark.parametrize("encoding", ["utf-8", "cp1251", "cp866"])
async def test_name_arrives_readable(door: Door, alice: Person, lobby: int, encoding: str) -> None:
    name = "Договор аренды.docx".encode(encoding)
    body = (
        b'--b\r\nContent-Disposition: form-data; name="f"; filename="../x/' + name + b'"\r\n\r\n'
        b"abc\r\n--b--\r\n"
    )
    async with door.post(
        "/api/v1/files",
        params={"chat_id": lobby},
        data=body,
        headers={
            "Authorization": f"Bearer {alice.access}",
            "Content-Type": "multipart/form-data; boundary=b",
        },
    ) as response:
        (file,) = (await response.json())["data"]
    assert file["name"] == "Договор аренды.docx"


async def test_full_disk_is_told_and_heals(
    door: Door, alice: Person, lobby: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(descriptor: int, piece: memoryview) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("messenger.files.spool.os.write", write)
        answer = await alice.upload(lobby, ("a", b"1"))
    assert refusal(answer) == (507, "storage_full")
    assert list(door.server.files.storage.incoming.iterdir()) == []
    ok(await alice.upload(lobby, ("a", b"1")))


# Pictures in a page send no header


async def signed_in_by_cookie(who: Person) -> Door:
    """A browser of their own, signed in with cookies."""
    server, password = who.door.server, "correct horse battery"
    hashed = await server.passwords.hash(password)
    await server.database.transact(
        lambda connection: users.set_password(
            connection, PasswordSet(user_id=who.user_id, password_hash=hashed)
        )
    )
    browser = Door(server)
    body = {"username": "bob", "password": password, "cookie": True}
    async with browser.post("/api/v1/auth/login", json=body) as response:
        assert response.status == 200
    return browser


async def test_cookie_opens_files_and_nothing_else(
    door: Door, alice: Person, bob: Person, lobby: int
) -> None:
    id = await uploaded(alice, lobby)
    await posted(alice, lobby, id)
    browser = await signed_in_by_cookie(bob)
    path = f"/api/v1/files/{id}"
    async with browser.get(path) as response:
        assert (response.status, await response.read()) == (200, b"hello")
    async with browser.get(path, headers={"Sec-Fetch-Site": "same-site"}) as response:
        assert response.status == 401
    async with browser.post("/api/v1/files", params={"chat_id": lobby}) as response:
        assert response.status == 401
    async with browser.get("/api/v1/users/me") as response:
        assert response.status == 401
    origin = {"Origin": f"http://127.0.0.1:{door.server.port}"}
    async with browser.post("/api/v1/auth/logout", json={}, headers=origin) as response:
        assert response.status == 200
    async with browser.get(path) as response:
        assert response.status == 401
    await browser.session.close()


async def test_bucket_that_is_gone_is_a_moments_trouble(api: Api, s3: str) -> None:
    door = await api(**new_bucket(s3) | {"S3_URL": "s3://nowhere/messenger"})
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    assert refusal(await alice.upload(chat, ("a.txt", b"hello"))) == (503, "unavailable")
    assert list(door.server.files.storage.incoming.iterdir()) == []
