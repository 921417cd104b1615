"""The server is killed while it unpacks an archive: nothing half is to be seen, nothing is lost."""

import asyncio
import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.faults.server import ServerProcess
from tests.files.pictures import picture, saved
from tests.files.zips import by_explorer

PHOTO = saved(picture(1200, 900), "JPEG")
SENT = by_explorer({f"Фото/{number:02}.jpg": PHOTO + bytes([number]) for number in range(40)})


async def unpack(server: ServerProcess, token: str, chat: int, key: str) -> Any:
    form = aiohttp.FormData()
    form.add_field("file", SENT, filename="sent.zip")
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    async with (
        aiohttp.ClientSession(server.base, headers=headers) as http,
        http.post("/api/v1/uploads", data=form, params={"chat_id": chat}) as answer,
    ):
        return answer.status, await answer.json()


async def check(server: ServerProcess, dsn: str) -> dict[str, Any]:
    """What `files check` finds."""
    environ = {**os.environ, "DATA_DIR": str(server.data_dir), "DATABASE_URL": dsn}
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "messenger", "files", "check", "--json"),
        env=environ,
        stdout=asyncio.subprocess.PIPE,
    )
    said, _ = await process.communicate()
    assert process.returncode == 0, said
    return dict(json.loads(said))


def contents(server: ServerProcess) -> list[Path]:
    return list((server.data_dir / "files" / "contents").glob("??/*"))


@pytest.mark.alone
async def test_an_archive_is_taken_whole_or_not_at_all(dsn: str, tmp_path: Path) -> None:
    server = ServerProcess(tmp_path / "data", dsn)
    server.start()
    try:
        await server.ready()
        person = {"username": "alice", "password": "alice has a long password"}
        token = (await server.request("POST", "/auth/register", **person))["data"]["access"]
        chat = (await server.request("POST", "/chats", token, title="photos", member_ids=[]))[
            "data"
        ]["id"]
        key = str(uuid.uuid4())
        for stored in (1, 20):
            sending = asyncio.create_task(unpack(server, token, chat, key))
            async with asyncio.timeout(60):
                while len(contents(server)) < stored:
                    await asyncio.sleep(0.002)
            server.kill()
            with pytest.raises(aiohttp.ClientError):
                await sending
            server.start()
            await server.ready()
            assert list((server.data_dir / "files" / "incoming").iterdir()) == []
            listed = await server.request("GET", f"/chats/{chat}/files", token)
            assert listed["data"] == []
            found = await check(server, dsn)
            assert (found["missing"], found["damaged"], found["strays"]) == ([], [], [])
        status, body = await unpack(server, token, chat, key)
        assert status == 201, body
        assert [file["name"] for file in body["data"]["files"]] == [
            f"{n:02}.jpg" for n in range(40)
        ]
        assert all(file["preview"] for file in body["data"]["files"])
        assert (await check(server, dsn))["whole"] == 40
    finally:
        server.kill()
