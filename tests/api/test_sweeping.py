"""Files that nothing refers to any more are removed, and no others."""

import asyncio
import uuid
from datetime import timedelta
from pathlib import Path

import pytest

from messenger.files import moving
from messenger.files.storage import Storage
from messenger.files.survey import remove_strays, survey
from messenger.files.sweep import Swept, sweep
from messenger.store.rows import blobs, files
from tests.api.boards import new
from tests.api.cast import Door, Person, notebook, ok, sign_up
from tests.api.conftest import Api
from tests.bucket import new_bucket

DAY = timedelta(hours=24, minutes=1)
HOURS = timedelta(hours=6, minutes=1)


@pytest.fixture(params=["disk", "s3"])
async def door(request: pytest.FixtureRequest, api: Api) -> Door:
    """The same on a disk and in a bucket."""
    settings = new_bucket(request.getfixturevalue("s3")) if request.param == "s3" else {}
    return await api(**settings)


def storage(door: Door) -> Storage:
    return door.server.files.storage


async def swept(door: Door, after: timedelta = timedelta()) -> Swept:
    door.server.advance(after)
    return await sweep(door.server.database, storage(door), door.server.clock())


async def kept(door: Door) -> int:
    """How many contents there are."""
    return len([each async for each in storage(door).primary.listed()])


async def uploaded(who: Person, chat: int, content: bytes = b"hello") -> str:
    (file,) = ok(await who.upload(chat, ("a.txt", content)))
    return str(file["id"])


async def test_upload_that_was_never_sent_goes_after_a_day(
    door: Door, alice: Person, lobby: int
) -> None:
    await uploaded(alice, lobby)
    assert await swept(door, DAY - timedelta(minutes=2)) == Swept(0, 0)
    assert await swept(door, timedelta(minutes=2)) == Swept(1, 1)
    assert await kept(door) == 0


async def test_file_of_a_message_stays(door: Door, alice: Person, lobby: int) -> None:
    id = await uploaded(alice, lobby)
    await alice.send(lobby, file_ids=[id])
    assert await swept(door, 30 * DAY) == Swept(0, 0)
    assert await kept(door) == 1


async def test_file_of_a_task_stays_until_it_is_taken_off(
    door: Door, alice: Person, lobby: int
) -> None:
    ids = [await uploaded(alice, lobby, content) for content in (b"1", b"2")]
    task = (await new(alice, lobby))["id"]
    ok(await alice.post(f"/tasks/{task}/files", {"file_ids": ids}))
    await swept(door)
    ok(await alice.delete(f"/tasks/{task}/files/{ids[0]}"))
    assert await swept(door, HOURS) == Swept(1, 1)
    assert await swept(door, 30 * DAY) == Swept(0, 0)


async def test_files_go_with_their_task_but_not_from_messages(
    door: Door, alice: Person, lobby: int
) -> None:
    ids = [await uploaded(alice, lobby, content) for content in (b"1", b"2")]
    task = (await new(alice, lobby))["id"]
    ok(await alice.post(f"/tasks/{task}/files", {"file_ids": ids}))
    await alice.send(lobby, file_ids=[ids[1]])
    await swept(door)
    ok(await alice.delete(f"/tasks/{task}"))
    assert await swept(door, HOURS) == Swept(1, 1)
    assert await swept(door, 30 * DAY) == Swept(0, 0)


async def test_deleted_and_edited_out_go(door: Door, alice: Person, lobby: int) -> None:
    one, two = await uploaded(alice, lobby, b"1"), await uploaded(alice, lobby, b"2")
    deleted = await alice.send(lobby, file_ids=[one])
    edited = await alice.send(lobby, file_ids=[two])
    await swept(door)
    ok(await alice.delete(f"/chats/{lobby}/messages/{deleted}"))
    ok(await alice.patch(f"/chats/{lobby}/messages/{edited}", {"text": "x", "file_ids": []}))
    assert await swept(door, HOURS) == Swept(2, 2)
    assert await kept(door) == 0


async def test_files_of_a_deleted_chat_go_and_copies_elsewhere_stay(
    door: Door, alice: Person, lobby: int
) -> None:
    sent, copied, attached = [await uploaded(alice, lobby, each) for each in (b"1", b"2", b"3")]
    await alice.send(lobby, file_ids=[sent])
    seq = await alice.send(lobby, file_ids=[copied])
    task = ok(await alice.post("/tasks", {"chat_id": lobby, "title": "one"}))
    ok(await alice.post(f"/tasks/{task['id']}/files", {"file_ids": [attached]}))
    notes = await notebook(alice)
    forward = {"seqs": [seq], "to": [notes], "client_message_id": str(uuid.uuid4())}
    ok(await alice.post(f"/chats/{lobby}/messages/forward", forward))
    ok(await alice.delete(f"/chats/{lobby}"))
    assert await swept(door) == Swept(0, 0)
    assert await kept(door) == 3
    assert await swept(door, HOURS) == Swept(3, 2)
    assert await kept(door) == 1


async def test_content_stays_while_anybody_has_it(
    door: Door, alice: Person, bob: Person, lobby: int
) -> None:
    mine, theirs = await uploaded(alice, lobby), await uploaded(bob, lobby)
    seq = await alice.send(lobby, file_ids=[mine])
    await bob.send(lobby, file_ids=[theirs])
    ok(await alice.delete(f"/chats/{lobby}/messages/{seq}"))
    assert await swept(door, HOURS) == Swept(1, 0)
    assert await kept(door) == 1


async def test_what_is_taken_for_a_message_is_not_swept(
    door: Door, alice: Person, lobby: int
) -> None:
    id = await uploaded(alice, lobby)
    door.server.advance(DAY)
    now = door.server.clock()
    (taken,) = await door.server.store.take_files(alice.user_id, lobby, [id], now)
    assert await swept(door) == Swept(0, 0)
    assert taken.id == id


async def test_upload_of_what_is_just_being_removed_stores_it_again(
    door: Door, alice: Person, lobby: int
) -> None:
    await uploaded(alice, lobby)
    now = door.server.clock() + DAY
    await files.remove_loose(door.server.database, now, now)
    begun: list[asyncio.Task[str]] = []

    async def remove(sha256: bytes, place: str) -> None:
        begun.append(asyncio.create_task(uploaded(alice, lobby)))
        # Long enough for it to arrive, and to come to wait for this row.
        done, _ = await asyncio.wait(begun, timeout=0.5)
        assert not done
        await storage(door).place(place).remove(sha256)

    assert await blobs.remove_unreferenced(door.server.database, now, remove) == 1
    assert (await alice.download(await begun[0]))[2] == b"hello"


async def test_survey_finds_what_is_wrong(api: Api) -> None:
    door = await api()
    alice = await sign_up(door, "alice")
    lobby = await alice.group()
    for content in (b"whole", b"missing", b"damaged"):
        await uploaded(alice, lobby, content)
    folder = storage(door).folder
    by_content = {path.read_bytes(): path for path in folder.rglob("*") if path.is_file()}
    by_content[b"missing"].unlink()
    by_content[b"damaged"].write_bytes(b"DAMAGED")
    stray = folder / "ab" / ("ab" * 32)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"nobody's")
    found = await survey(door.server.database, storage(door))
    assert found.whole == 1
    assert found.missing == [by_content[b"missing"].name]
    assert found.damaged == [by_content[b"damaged"].name]
    assert found.strays == [f"disk: {stray.name}"]
    assert not found.well
    removed = await remove_strays(door.server.database, storage(door))
    assert (removed, stray.exists()) == (1, False)


async def test_contents_move_while_they_are_served(api: Api, s3: str) -> None:
    door = await api(**{**new_bucket(s3), "FILE_STORAGE": "disk"})
    alice = await sign_up(door, "alice")
    chat = await alice.group()
    contents = [bytes([number]) * 300_000 for number in range(5)]
    ids = [await uploaded(alice, chat, content) for content in contents]

    async def read() -> None:
        for _ in range(5):
            for id, content in zip(ids, contents, strict=True):
                assert (await alice.download(id))[2] == content

    both = storage(door)
    (moved, left), _ = await asyncio.gather(moving.move(door.server.database, both, "s3"), read())
    assert (moved, left) == (5, [])
    assert [each async for each in both.places["disk"].listed()] == []
    assert len([each async for each in both.places["s3"].listed()]) == 5
    assert await moving.move(door.server.database, both, "disk") == (5, [])
    await read()
    assert list(both.incoming.iterdir()) == []


async def test_start_clears_what_a_killed_server_was_receiving(api: Api, tmp_path: Path) -> None:
    left = tmp_path / "files" / "incoming" / "half"
    left.parent.mkdir(parents=True)
    left.write_bytes(b"ha")
    await api()
    assert not left.exists()
