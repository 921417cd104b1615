"""kill -9 of what draws, sweeps and moves: no half file is seen, none is lost, nothing is left."""

import asyncio
import io
import random
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from tests.bucket import new_bucket
from tests.faults.files import (
    aged,
    check_whole,
    contents,
    done,
    downloaded,
    incoming,
    previews,
    restarted,
    signed_in,
    started,
    uploaded,
)
from tests.faults.server import ServerProcess
from tests.files.pictures import picture, saved

PATIENCE = 60
DICE = random.Random()


@pytest.fixture
async def server(
    request: pytest.FixtureRequest, dsn: str, tmp_path: Path
) -> AsyncIterator[ServerProcess]:
    settings = {}
    if "s3" in request.fixturenames:
        settings = new_bucket(request.getfixturevalue("s3")) | {"FILE_STORAGE": "disk"}
    server = ServerProcess(tmp_path / "data", dsn, settings)
    server.start()
    await server.ready()
    yield server
    server.kill()


async def killed_under_way(
    server: ServerProcess, left: Callable[[], int], *command: str, times: int = 3
) -> None:
    """Kill a command a few times, each time when it has got on; `left` is what it has to do yet."""
    for _ in range(times):
        before = left()
        process = await started(server, *command)
        async with asyncio.timeout(PATIENCE):
            while left() == before and process.returncode is None:
                await asyncio.sleep(0.001)
        await asyncio.sleep(DICE.uniform(0, 0.03))
        assert process.returncode is None, "it was through before it was killed"
        process.kill()
        await process.wait()
        assert 0 < left() < before


async def test_kill_9_of_the_server_over_previews_leaves_no_half_one(
    server: ServerProcess,
) -> None:
    token, chat = await signed_in(server)
    photo = saved(picture(2400, 1600), "JPEG")
    ids: list[str] = []

    async def draw(number: int) -> None:
        """Upload and look at photos, until the server is gone."""
        async with aiohttp.ClientSession(server.base) as http:
            while True:
                try:
                    content = photo + DICE.randbytes(8)
                    ids.extend(await uploaded(server, token, chat, content))
                    await downloaded(http, token, f"{ids[-1]}/preview?size=1600")
                except (aiohttp.ClientError, ConnectionError):
                    return

    for _ in range(2):
        drawing = [asyncio.create_task(draw(number)) for number in range(3)]
        drawn = len(previews(server))
        async with asyncio.timeout(PATIENCE):
            while len(previews(server)) < drawn + 3:
                await asyncio.sleep(0.005)
        await asyncio.sleep(DICE.uniform(0, 0.3))
        await restarted(server)
        await asyncio.gather(*drawing)
        assert incoming(server) == []
        for path in previews(server):
            Image.open(path).load()
    async with aiohttp.ClientSession(server.base) as http:
        for id in ids:
            for size, side in ((320, 320), (1600, 1600)):
                status, webp = await downloaded(http, token, f"{id}/preview?size={size}")
                assert (status, max(Image.open(io.BytesIO(webp)).size)) == (200, side)
    assert await check_whole(server) >= len(ids)


async def test_kill_9_of_a_sweep_loses_nothing_and_leaves_nothing(server: ServerProcess) -> None:
    token, chat = await signed_in(server)
    kept = [b"kept %d" % number for number in range(50)]
    ids = await uploaded(server, token, chat, *kept)
    await server.request(
        "POST", f"/chats/{chat}/messages", token, file_ids=ids, text="",
        client_message_id="0b9f6c1e-6d3a-4d0c-9a53-2f1d8a7e4c10",
    )  # fmt: skip
    await uploaded(server, token, chat, *(b"loose %d" % number for number in range(600)))
    aged(server)
    await killed_under_way(server, lambda: len(contents(server)) - len(kept), "sweep")
    await check_whole(server)
    await done(server, "sweep")
    assert len(contents(server)) == len(kept)
    assert await check_whole(server) == len(kept)
    async with aiohttp.ClientSession(server.base) as http:
        for id, content in zip(ids, kept, strict=True):
            assert await downloaded(http, token, id) == (200, content)


async def test_kill_9_of_a_move_to_s3_is_not_noticed_by_who_reads(
    server: ServerProcess, s3: str
) -> None:
    token, chat = await signed_in(server)
    sent = [DICE.randbytes(100_000) for _ in range(120)]
    ids = await uploaded(server, token, chat, *sent)

    async def read() -> None:
        async with aiohttp.ClientSession(server.base) as http:
            while True:
                for id, content in zip(ids, sent, strict=True):
                    assert await downloaded(http, token, id) == (200, content)

    reading = asyncio.create_task(read())
    to = ("move", "--to", f"s3://{'/'.join(server.settings['S3_URL'].split('/')[2:])}")
    await killed_under_way(server, lambda: len(contents(server)), *to)
    assert not reading.done(), reading.exception()
    reading.cancel()
    await restarted(server)
    moved = await done(server, *to)
    assert moved["moved"] > 0
    assert moved["left"] == []
    assert contents(server) == []
    assert await check_whole(server) == len(sent)
    async with aiohttp.ClientSession(server.base) as http:
        for id, content in zip(ids, sent, strict=True):
            assert await downloaded(http, token, id) == (200, content)
