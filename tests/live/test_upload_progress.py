"""What an uploader's sockets hear while their archive is unpacked."""

import uuid

import aiohttp

from tests.files.zips import Member, zip_of
from tests.live.client import Client
from tests.live.conftest import Stage


async def unpack(stage: Stage, who: Client, chat: int, content: bytes, **query: str) -> int:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="sent.zip")
    async with aiohttp.ClientSession(stage.base) as http:
        answer = await http.post(
            "/api/v1/uploads",
            data=form,
            params={"chat_id": chat, **query},
            headers={"Authorization": f"Bearer {who.token}"},
        )
        return answer.status


async def test_progress_is_told_to_the_uploaders_devices_alone(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    await alice.subscribe_all()
    await bob.subscribe_all()
    upload_id = str(uuid.uuid4())
    content = zip_of([Member(b"folder/", b""), Member(b"a.txt"), Member(b"../evil"), Member(b"b")])
    assert await unpack(stage, alice, lobby, content, upload_id=upload_id) == 201
    told = [await alice.expect_signal("upload.progress")]
    while told[-1]["done"] < 4:
        told.append(await alice.expect_signal("upload.progress"))
    assert {(each["upload_id"], each["total"]) for each in told} == {(upload_id, 4)}
    done = [each["done"] for each in told]
    assert done == sorted(done)
    await bob.expect_nothing()
    assert not bob.signals


async def test_nothing_is_told_of_an_upload_without_a_name(
    stage: Stage, alice: Client, lobby: int
) -> None:
    await alice.subscribe_all()
    assert await unpack(stage, alice, lobby, zip_of([Member(b"a.txt")])) == 201
    await alice.expect_nothing()
    assert not alice.signals
