"""What tests that kill the server over files begin with, and how they look at what is left."""

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import psycopg2

from tests.faults.server import ServerProcess

PASSWORD = "correct horse battery"


async def signed_in(server: ServerProcess) -> tuple[str, int]:
    """Somebody's token, and a chat of theirs."""
    body = {"username": "alice", "password": PASSWORD}
    token = (await server.request("POST", "/auth/register", **body))["data"]["access"]
    chat = await server.request("POST", "/chats", token, title="Files")
    return token, chat["data"]["id"]


async def restarted(server: ServerProcess) -> None:
    server.kill()
    server.start()
    await server.ready()


async def started(server: ServerProcess, *command: str) -> asyncio.subprocess.Process:
    """`messenger files …` beside the server."""
    environ = {
        **os.environ, **server.settings,
        "DATA_DIR": str(server.data_dir), "DATABASE_URL": str(server.dsn),
    }  # fmt: skip
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "messenger", "files", *command, "--json"),
        env=environ,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )


async def done(server: ServerProcess, *command: str) -> dict[str, Any]:
    """What `messenger files …` says once it is through."""
    process = await started(server, *command)
    said, _ = await process.communicate()
    assert process.returncode == 0, said.decode()
    return dict(json.loads(said))


async def check_whole(server: ServerProcess) -> int:
    """Nothing is missing, half, or known to nobody; return how many contents there are."""
    found = await done(server, "check")
    assert (found["missing"], found["damaged"], found["strays"]) == ([], [], [])
    return int(found["whole"])


async def downloaded(
    http: aiohttp.ClientSession, token: str, path: str
) -> tuple[int, bytes]:  # fmt: skip
    headers = {"Authorization": f"Bearer {token}"}
    async with http.get(f"/api/v1/files/{path}", headers=headers) as answer:
        return answer.status, await answer.read()


async def uploaded(server: ServerProcess, token: str, chat: int, *contents: bytes) -> list[str]:
    """Ids of files, a few dozen to a request."""
    ids = []
    headers = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(server.base, headers=headers) as http:
        for at in range(0, len(contents), 50):
            form = aiohttp.FormData()
            for content in contents[at : at + 50]:
                form.add_field("file", content, filename="a.bin")
            async with http.post("/api/v1/files", params={"chat_id": chat}, data=form) as answer:
                ids += [file["id"] for file in (await answer.json())["data"]]
    return ids


def aged(server: ServerProcess) -> None:
    """A day passes for everything that was uploaded."""
    assert server.dsn is not None
    connection = psycopg2.connect(server.dsn)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("update files set created_at = created_at - interval '25 hours'")
            cursor.execute("update blobs set claimed_at = claimed_at - interval '25 hours'")
    finally:
        connection.close()
    for path in previews(server):
        os.utime(path, (0, 0))


def contents(server: ServerProcess) -> list[Path]:
    return list((server.data_dir / "files" / "contents").glob("??/*"))


def previews(server: ServerProcess) -> list[Path]:
    return list((server.data_dir / "files" / "previews").glob("??/*"))


def incoming(server: ServerProcess) -> list[Path]:
    return list((server.data_dir / "files" / "incoming").iterdir())
