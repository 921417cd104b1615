"""Quotas: what they count, and that nothing is kept of what they refuse."""

import asyncio
from typing import Any

import pytest

from messenger.files import unpacking
from tests.api.cast import Door, Person, ok, refusal, sign_up
from tests.api.conftest import Api
from tests.api.test_uploads import unpack
from tests.api.tus import begun, sent, tus
from tests.files.zips import Member, by_explorer, zip_of


def kept(door: Door) -> int:
    """Bytes of all contents on the disk."""
    folder = door.server.files.storage.folder
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


async def at(api: Api, **quotas: str) -> tuple[Door, Person, int]:
    door = await api(**quotas)
    alice = await sign_up(door, "alice")
    return door, alice, await alice.group()


async def test_a_repeat_is_counted_once(api: Api) -> None:
    _, alice, chat = await at(api, FILE_QUOTA_PER_USER="1000", FILE_QUOTA_TOTAL="1000")
    first = await alice.upload(chat, ("a", b"x" * 600), key="k")
    assert await alice.upload(chat, ("a", b"x" * 600), key="k") == first


async def test_what_fits_exactly_is_taken(api: Api) -> None:
    _, alice, chat = await at(api, FILE_QUOTA_PER_USER="1000", FILE_QUOTA_TOTAL="1000")
    ok(await alice.upload(chat, ("a", b"x" * 1000)))
    assert refusal(await alice.upload(chat, ("b", b"y"))) == (413, "quota_exceeded")


@pytest.mark.parametrize("quota", ["FILE_QUOTA_PER_USER", "FILE_QUOTA_TOTAL"])
async def test_nothing_is_kept_of_what_is_refused(api: Api, quota: str) -> None:
    door, alice, chat = await at(api, **{quota: "1000"})
    for n in range(3):
        answer = await alice.upload(chat, ("a", bytes([n]) * 5000))
        assert refusal(answer) == (413, "quota_exceeded")
    assert kept(door) == 0
    ok(await alice.upload(chat, ("a", b"x" * 900)))


async def test_an_archive_stops_where_there_is_no_more_room(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "LOOK_EVERY", 1000)
    door, alice, chat = await at(api, FILE_QUOTA_PER_USER="5000")
    many = by_explorer({f"{n}.txt": bytes([n]) * 1000 for n in range(50)})
    assert refusal(await unpack(alice, chat, many))[1] == "quota_exceeded"
    assert kept(door) <= 5000


async def test_an_archive_that_is_to_be_kept_needs_room_too(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking, "LOOK_EVERY", 1000)
    door, alice, chat = await at(api, FILE_QUOTA_PER_USER="5000")
    large = zip_of([Member(b"a.txt")], comment=b"c" * 20_000)
    assert refusal(await unpack(alice, chat, large, keep="true"))[1] == "quota_exceeded"
    assert kept(door) <= 5000
    assert len(ok(await unpack(alice, chat, large))["files"]) == 1


async def test_uploads_in_parts_have_one_quota_together(api: Api) -> None:
    _, alice, chat = await at(api, FILE_QUOTA_PER_USER="1000")
    where = await begun(alice, chat, 600)

    async def begin() -> tuple[int, Any, Any]:
        metadata = "filename YQ=="
        return await tus(
            alice, "POST", f"?chat_id={chat}", Upload_Length="300", Upload_Metadata=metadata
        )

    answers = await asyncio.gather(*(begin() for _ in range(5)))
    assert sorted(status for status, _, _ in answers) == [201, 413, 413, 413, 413]
    assert (await sent(alice, where, 0, b"x" * 600))[0] == 204


async def test_forwarded_files_count_for_who_forwards_them(api: Api) -> None:
    _, alice, chat = await at(api, FILE_QUOTA_PER_USER="1000")
    others = [await alice.group(title=f"Other {n}") for n in range(2)]
    (file,) = ok(await alice.upload(chat, ("a", b"x" * 400)))
    body = {"client_message_id": "00000000-0000-4000-8000-000000000001", "text": "look"}
    seq = ok(await alice.post(f"/chats/{chat}/messages", {**body, "file_ids": [file["id"]]}))["seq"]

    def forward(number: int, *to: int) -> Any:
        key = f"00000000-0000-4000-8000-0000000000{number:02}"
        asked = {"seqs": [seq], "to": [*to], "client_message_id": key}
        return alice.post(f"/chats/{chat}/messages/forward", asked)

    assert refusal(await forward(10, *others)) == (413, "quota_exceeded")
    ok(await forward(11, others[0]))
    assert refusal(await forward(12, others[1])) == (413, "quota_exceeded")
    # What was done is answered again, however little room there is by now.
    ok(await forward(11, others[0]))
