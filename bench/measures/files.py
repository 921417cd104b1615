"""U: a file of 1 MiB is uploaded. V: one of 100 MiB is downloaded. One at a time."""

import asyncio
import os
import socket
import statistics
from pathlib import Path
from threading import Thread
from time import perf_counter

import aiohttp

from bench.client import Fault
from bench.report import Row
from bench.server import Account
from bench.stage import Stage

SMALL = 2**20
LARGE = 100 * 2**20
BUFFER = 2**20


async def u(stage: Stage) -> list[Row]:
    (alice,) = await stage.people(1)
    chat = await stage.api.group("U", (alice,))
    took = []
    for _ in range(stage.plan.uploads):
        content = os.urandom(SMALL)
        began = perf_counter()
        await upload(stage, alice, chat, content)
        took.append((perf_counter() - began) * 1e3)
    return [
        Row(
            measure="U",
            what="upload of 1 MiB, median",
            value=statistics.median(took),
            unit="ms",
            limit=_write_ms(stage.server.data_dir, stage.plan.uploads),
            limit_name="write and fsync ms",
        )
    ]


async def v(stage: Stage) -> list[Row]:
    (alice,) = await stage.people(1)
    chat = await stage.api.group("V", (alice,))
    id = await upload(stage, alice, chat, os.urandom(LARGE))
    rates = [
        await asyncio.to_thread(_download, stage.server.port, alice.token, id)
        for _ in range(stage.plan.downloads)
    ]
    return [
        Row(
            measure="V",
            what="download of 100 MiB, median",
            value=statistics.median(rates),
            unit="MB/s",
            aim=400,
            more_is_better=True,
            limit=_sendfile_rate(stage.server.data_dir),
            limit_name="sendfile MB/s",
        )
    ]


async def upload(stage: Stage, who: Account, chat: int, content: bytes) -> str:
    """Send a file; return its id."""
    form = aiohttp.FormData()
    form.add_field("file", aiohttp.BytesPayload(content), filename="bench.bin")
    address = f"http://127.0.0.1:{stage.server.port}/api/v1/files?chat_id={chat}"
    headers = {"Authorization": f"Bearer {who.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(address, data=form, headers=headers) as answer,
    ):
        if answer.status != 201:
            raise Fault(f"the upload was answered with {answer.status}: {await answer.text()}")
        (file,) = (await answer.json())["data"]
        return str(file["id"])


def _download(port: int, token: str, id: str) -> float:
    """Megabytes a second; plain sockets, so that the client is not what is measured."""
    request = (
        f"GET /api/v1/files/{id} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n"
        f"Authorization: Bearer {token}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(request.encode())
        began = perf_counter()
        count = _received(line)
        took = perf_counter() - began
    if count < LARGE:
        raise Fault(f"of {LARGE} bytes {count} came")
    return count / took / 1e6


def _received(line: socket.socket) -> int:
    held, count = bytearray(BUFFER), 0
    while got := line.recv_into(held):
        count += got
    return count


def _write_ms(directory: Path, times: int) -> float:
    """What the disk takes for as many bytes in a file of their own."""
    took = []
    for number in range(times):
        content, path = os.urandom(SMALL), directory / f"probe-{number}"
        began = perf_counter()
        with path.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        took.append((perf_counter() - began) * 1e3)
        path.unlink()
    return statistics.median(took)


def _sendfile_rate(directory: Path) -> float:
    """What the kernel alone takes for the same way: from a cached file into a local socket."""
    path = directory / "probe"
    path.write_bytes(os.urandom(LARGE))
    with socket.create_server(("127.0.0.1", 0)) as listener, path.open("rb") as file:

        def serve() -> None:
            line, _ = listener.accept()
            with line:
                line.sendfile(file)

        thread = Thread(target=serve)
        thread.start()
        with socket.create_connection(listener.getsockname()) as line:
            began = perf_counter()
            count = _received(line)
            took = perf_counter() - began
        thread.join()
    path.unlink()
    return count / took / 1e6
