"""kill -9 while files arrive: what was answered is there, whole, and nothing else is."""

import asyncio
import io
import random
from base64 import b64encode
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from tests.faults.files import check_whole, incoming, restarted, signed_in
from tests.faults.server import ServerProcess


class Uploader:
    """Uploads all the time, and remembers what was answered."""

    def __init__(self, server: ServerProcess, token: str, chat: int, seed: int) -> None:
        self.server = server
        self.headers = {"Authorization": f"Bearer {token}"}
        self.chat = chat
        self.dice = random.Random(seed)
        self.answered: dict[str, bytes] = {}

    async def run(self) -> None:
        """Until the server is gone."""
        async with aiohttp.ClientSession(self.server.base) as http:
            while True:
                # Some of them twice: the same content, claimed again.
                content = self.dice.randbytes(self.dice.choice([10, 200_000, 3_000_000]))
                for _ in range(self.dice.choice([1, 1, 2])):
                    try:
                        await self._upload(http, content)
                    except (aiohttp.ClientError, ConnectionError):
                        return

    async def _upload(self, http: aiohttp.ClientSession, content: bytes) -> None:
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename="a.bin")
        async with http.post(
            "/api/v1/files", params={"chat_id": self.chat}, data=form, headers=self.headers
        ) as answer:
            (file,) = (await answer.json())["data"]
            self.answered[file["id"]] = content

    async def check(self) -> None:
        """Whatever was answered comes back byte for byte."""
        async with aiohttp.ClientSession(self.server.base, headers=self.headers) as http:
            for id, content in self.answered.items():
                async with http.get(f"/api/v1/files/{id}") as answer:
                    assert (answer.status, await answer.read()) == (200, content)


@pytest.fixture
async def server(dsn: str, tmp_path: Path) -> AsyncIterator[ServerProcess]:
    server = ServerProcess(tmp_path / "data", dsn)
    server.start()
    await server.ready()
    yield server
    server.stop()


async def test_kill_9_while_files_arrive_leaves_nothing_half(server: ServerProcess) -> None:
    token, chat = await signed_in(server)
    uploaders = [Uploader(server, token, chat, seed) for seed in range(3)]
    for _ in range(2):
        running = [asyncio.create_task(each.run()) for each in uploaders]
        await asyncio.sleep(1.2)
        await restarted(server)
        await asyncio.gather(*running)
        for each in uploaders:
            await each.check()
    assert all(each.answered for each in uploaders)
    assert incoming(server) == []
    answered = {content for each in uploaders for content in each.answered.values()}
    assert await check_whole(server) >= len(answered)


async def test_resumable_upload_goes_on_after_kill_9(server: ServerProcess) -> None:
    token, chat = await signed_in(server)
    content = random.Random(1).randbytes(6_000_000)
    headers = {"Authorization": f"Bearer {token}", "Tus-Resumable": "1.0.0"}
    more = {"Upload-Length": str(len(content)), "Upload-Metadata": f"filename {named('a.bin')}"}

    async def slowly() -> AsyncIterator[bytes]:
        for at in range(0, len(content), 500_000):
            yield content[at : at + 500_000]
            await asyncio.sleep(0.1)

    async with aiohttp.ClientSession(server.base, headers=headers) as http:
        path = "/api/v1/uploads/resumable"
        async with http.post(path, params={"chat_id": chat}, headers=more) as answer:
            where = answer.headers["Location"]

        async def patch(offset: int, data: Any) -> int:
            part = {
                "Upload-Offset": str(offset),
                "Content-Type": "application/offset+octet-stream",
            }
            async with http.patch(where, data=data, headers=part) as answer:
                return answer.status

        sending = asyncio.create_task(patch(0, slowly()))
        await asyncio.sleep(0.7)
        await restarted(server)
        with pytest.raises((aiohttp.ClientError, ConnectionError)):
            await sending
        async with http.head(where) as answer:
            offset = int(answer.headers["Upload-Offset"])
        assert 0 < offset < len(content)
        assert await patch(offset, io.BytesIO(content[offset:])) == 204
        async with http.get(f"/api/v1/files/{where.rpartition('/')[2]}") as answer:
            assert await answer.read() == content


def named(name: str) -> str:
    return b64encode(name.encode()).decode()
