"""The server is killed while it unpacks an archive: nothing half is to be seen, nothing is lost."""

import asyncio
import random
import uuid
from base64 import b64encode
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.faults.files import (
    aged,
    check_whole,
    contents,
    done,
    incoming,
    previews,
    restarted,
    signed_in,
)
from tests.faults.server import ServerProcess
from tests.files.pictures import picture, saved
from tests.files.zips import by_explorer

PHOTO = saved(picture(1200, 900), "JPEG")
COUNT = 40
SENT = by_explorer({f"Фото/{number:02}.jpg": PHOTO + bytes([number]) for number in range(COUNT)})
NAMES = [f"{number:02}.jpg" for number in range(COUNT)]


class Sender:
    """Somebody who has an archive to unpack."""

    def __init__(self, server: ServerProcess, token: str, chat: int) -> None:
        self.server = server
        self.chat = chat
        self.headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}

    async def at_once(self) -> Any:
        """In one request."""
        form = aiohttp.FormData()
        form.add_field("file", SENT, filename="sent.zip")
        return await self.ask("POST", "", data=form, params={"chat_id": self.chat})

    async def in_parts(self) -> str:
        """Where it waits."""
        tus = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": str(len(SENT))}
        tus["Upload-Metadata"] = f"filename {b64encode(b'sent.zip').decode()},unpack"
        _, begun = await self.ask("POST", "/resumable", params={"chat_id": self.chat}, headers=tus)
        tus["Content-Type"] = "application/offset+octet-stream"
        where = f"/resumable/{begun['data']['id']}"
        assert (await self.ask("PATCH", where, data=SENT, headers=tus))[0] == 204
        return where

    async def ask(
        self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any
    ) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession(self.server.base, headers=self.headers) as http,
            http.request(method, f"/api/v1/uploads{path}", headers=headers, **more) as answer,
        ):
            return answer.status, await answer.json() if answer.status != 204 else None


async def killed_over(server: ServerProcess, sending: asyncio.Task[Any], stored: int) -> None:
    """Kill the server once so many contents are stored, and start it again."""
    async with asyncio.timeout(60):
        while len(contents(server)) < stored:
            await asyncio.sleep(0.002)
    await restarted(server)
    with pytest.raises((aiohttp.ClientError, ConnectionError)):
        await sending
    assert incoming(server) == []
    assert await check_whole(server) >= stored


def check_taken(status: int, body: Any) -> None:
    assert status == 201, body
    assert [file["name"] for file in body["data"]["files"]] == NAMES
    assert all(file["preview"] for file in body["data"]["files"])


@pytest.mark.alone
async def test_an_archive_is_taken_whole_or_not_at_all(dsn: str, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data", dsn)
    server.start()
    try:
        await server.ready()
        token, chat = await signed_in(server)
        sender = Sender(server, token, chat)
        for stored in (1, random.randrange(2, COUNT - 2)):
            await killed_over(server, asyncio.create_task(sender.at_once()), stored)
            assert (await server.request("GET", f"/chats/{chat}/files", token))["data"] == []
        check_taken(*await sender.at_once())
        assert await check_whole(server) == COUNT
    finally:
        server.kill()


@pytest.mark.alone
async def test_what_a_killed_unpacking_leaves_is_swept_and_the_archive_waits(
    dsn: str, tmp_path: Path
) -> None:
    server = ServerProcess(tmp_path / "data", dsn)
    server.start()
    try:
        await server.ready()
        sender = Sender(server, *await signed_in(server))
        where = await sender.in_parts()
        unpacking = asyncio.create_task(sender.ask("POST", f"{where}/unpack"))
        await killed_over(server, unpacking, random.randrange(1, COUNT - 2))
        aged(server)
        await done(server, "sweep")
        assert (contents(server), previews(server)) == ([], [])
        check_taken(*await sender.ask("POST", f"{where}/unpack"))
        check_taken(*await sender.ask("POST", f"{where}/unpack"))
        assert await check_whole(server) == COUNT
        parts = {path.suffix for path in (server.data_dir / "files" / "resumable").iterdir()}
        assert parts == {".json", ".done"}
    finally:
        server.kill()
