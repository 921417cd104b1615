"""The data directory is lost, and a backup of a running server is put in its place."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import aiohttp
import msgspec

from messenger.store.archive.session import Session
from messenger.store.embedded import running_dsn
from tests.archive.past import catch_up
from tests.faults.files import downloaded, signed_in, uploaded
from tests.faults.server import ServerProcess


async def done(server: ServerProcess, *words: str) -> Any:
    """What `messenger …` says once it is through, beside a server or without one."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "messenger", *words, "--json"),
        env={**os.environ, **server.settings, "DATA_DIR": str(server.data_dir)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, said = await process.communicate()
    assert process.returncode == 0, said.decode()
    return msgspec.json.decode(out)


async def send(server: ServerProcess, token: str, chat: int, key: int, **more: Any) -> Any:
    return await server.request(
        "POST", f"/chats/{chat}/messages", token, text=f"number {key}",
        client_message_id=f"00000000-0000-4000-8000-{key:012}", **more,
    )  # fmt: skip


async def test_after_the_loss_of_everything_a_backup_serves_and_clients_begin_afresh(
    tmp_path: Path,
) -> None:
    server = ServerProcess(
        tmp_path / "data", settings={"BACKUP_DIR": str(tmp_path / "safe"), "BACKUP_WAL": "on"}
    )
    server.start()
    try:
        await server.ready()
        token, chat = await signed_in(server)
        (photo,) = await uploaded(server, token, chat, b"a photo")
        await send(server, token, chat, 0, file_ids=[photo])
        stop = asyncio.Event()

        async def write() -> int:
            number = 0
            while not stop.is_set() and number < 60:
                number += 1
                await send(server, token, chat, number)
            return number

        writing = asyncio.create_task(write())
        made = await done(server, "backup", "run")
        stop.set()
        sent = await writing
        assert made["proven"]
        # Archived after the backup: in no base, and in the database no more.
        with Session(running_dsn(server.data_dir) or "") as session:
            session.rows("update messages set created_at = created_at - interval '60 days'")
            session.rows("update events set at = at - interval '60 days'")
            catch_up(session)
        assert (await done(server, "archive", "run"))["messages"] >= sent
        # Written after the backup, and seen by a client: the future that is gone.
        ghost = (await send(server, token, chat, sent + 1))["data"]["seq"]
        before = await server.request("GET", "/sync/bootstrap", token)
        server.kill()
        server.data_dir.rename(tmp_path / "lost")

        # From the log nothing is lost, not even what was written in the last second.
        await done(server, "backup", "restore", "--until", "end")
        server.start()
        await server.ready()
        replayed = (await server.request("GET", f"/chats/{chat}/snapshot", token))["data"]
        assert (replayed["seq"], replayed["n"]) == (ghost, sent + 2)
        assert replayed["epoch"] != before["epoch"]
        path = f"/chats/{chat}/messages?limit=200"
        assert len((await server.request("GET", path, token))["data"]) == sent + 2
        assert (await done(server, "archive", "verify"))["faults"] == []
        server.kill()
        server.data_dir.rename(tmp_path / "lost again")

        await done(server, "backup", "restore")
        server.start()
        await server.ready()
        found = await done(server, "files", "check")
        assert (found["whole"], found["missing"], found["damaged"]) == (1, [], [])
        async with aiohttp.ClientSession(server.base) as http:
            assert await downloaded(http, token, photo) == (200, b"a photo")
        after = (
            await server.request(
                "POST", "/sync/changes", token, cursors=[[chat, ghost]], epoch=before["epoch"]
            )
        )["data"]
        assert after["epoch"] != before["epoch"]
        assert [each.get("reset") for each in after["streams"] if each["id"] == chat] == [True]
        # Everything once more, as outboxes do: what is there is not there twice.
        for number in range(sent + 2):
            files = {"file_ids": [photo]} if number == 0 else {}
            again = (await send(server, token, chat, number, **files))["data"]
            assert again["seq"] <= ghost
        head = (await server.request("GET", f"/chats/{chat}/snapshot", token))["data"]
        assert (head["seq"], head["n"]) == (ghost, sent + 2)
    finally:
        server.kill()
