"""Files on their way out: by the process that sends, beside whatever else a reader does."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from messenger.http.plumbing import bodies, sendfile
from messenger.http.plumbing.at_once import DOWNLOADS
from tests.api.cast import Door, Person
from tests.waiting import PATIENCE, until

CONTENT = bytes(range(250)) * 32_000
LARGE = len(CONTENT)
pytestmark = pytest.mark.skipif(not sendfile.AVAILABLE, reason="elsewhere files go in single file")


@pytest.fixture
async def file(alice: Person, lobby: int) -> str:
    (made,) = (await alice.upload(lobby, ("a.bin", CONTENT)))[1]["data"]
    return str(made["id"])


def descriptors() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def asked(person: Person, file: str, **headers: str) -> bytes:
    lines = {"Host": "x", "Authorization": f"Bearer {person.access}", **headers}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"GET /api/v1/files/{file} HTTP/1.1\r\n{head}\r\n".encode()


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def line(door: Door) -> AsyncIterator[Line]:
    """A connection that takes nothing before it is read from."""
    reader, writer = await asyncio.open_connection("127.0.0.1", door.server.port, limit=2**16)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()


async def answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
    length = int(head.partition("content-length: ")[2].partition("\r")[0])
    return int(head.split()[1]), await reader.readexactly(length)


async def until_only(count: int) -> None:
    await until(lambda: descriptors() <= count)


async def test_answers_follow_one_another_on_one_connection(
    door: Door, alice: Person, file: str
) -> None:
    async with line(door) as (reader, writer):
        # All asked for before anything is read: each waits for the one before.
        writer.write(asked(alice, file) + asked(alice, file, Range="bytes=100000-999999"))
        writer.write(asked(alice, file, Range="bytes=-70000") + asked(alice, file))
        assert await answer(reader) == (200, CONTENT)
        assert await answer(reader) == (206, CONTENT[100_000:1_000_000])
        assert await answer(reader) == (206, CONTENT[-70_000:])
        assert await answer(reader) == (200, CONTENT)


async def test_who_takes_nothing_is_let_go(
    door: Door, alice: Person, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sendfile, "STALL_SECONDS", 0.2)
    assert (await alice.download(file))[0] == 200
    before = descriptors()
    async with line(door) as (reader, writer):
        writer.write(asked(alice, file))
        # Only our own end is left then.
        await reader.readexactly(1)
        await until_only(before + 1)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(LARGE)
    await until_only(before)


async def test_nothing_is_left_of_who_hangs_up_or_half_closes(
    door: Door, alice: Person, file: str
) -> None:
    assert (await alice.download(file))[0] == 200
    before = descriptors()
    for end in ("abort", "write_eof"):
        async with line(door) as (reader, writer):
            writer.write(asked(alice, file))
            await reader.readexactly(1)
            getattr(writer.transport, end)()
            # The reader's own end of the line stays open where it has only said its last word.
            await until_only(before + (end == "write_eof"))
    await until_only(before)
    assert (await alice.download(file))[0] == 200


async def test_one_person_has_so_many_under_way(
    door: Door, alice: Person, bob: Person, file: str
) -> None:
    lines: list[Line] = []
    for _ in range(DOWNLOADS):
        reader, writer = await asyncio.open_connection("127.0.0.1", door.server.port, limit=1024)
        writer.write(asked(alice, file))
        await reader.readexactly(1)
        lines.append((reader, writer))
    status, headers, _ = await alice.download(file)
    assert (status, headers["Retry-After"]) == (429, "1")
    # Nobody else is kept waiting: it is hers until a message has it, and that is what he is told.
    assert (await bob.download(file))[0] == 404
    for _, writer in lines:
        writer.transport.abort()
    async with asyncio.timeout(PATIENCE):
        while (await alice.download(file))[0] == 429:
            await asyncio.sleep(0.05)


async def test_server_stops_in_the_midst_of_a_download(
    door: Door, alice: Person, file: str
) -> None:
    async with line(door) as (reader, writer):
        writer.write(asked(alice, file))
        await reader.readexactly(1)
        sending = door.server.sendfile
        assert "at work" in repr(sending)
        door.server.runner._shutdown_timeout = 0.1
        await door.server.stop()
        assert "not begun" in repr(sending)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(LARGE)


async def test_the_process_is_replaced_when_it_ends_and_let_go_when_idle(
    door: Door, alice: Person, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with line(door) as (reader, writer):
        writer.write(asked(alice, file))
        await reader.readexactly(1)
        process = door.server.sendfile._process
        assert process is not None
        process.kill()
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await reader.readexactly(LARGE)
    before = descriptors()
    monkeypatch.setattr(sendfile, "IDLE_SECONDS", 0.1)
    status, _, content = await alice.download(file)
    assert (status, content) == (200, CONTENT)
    async with asyncio.timeout(PATIENCE):
        while "at work" in repr(door.server.sendfile):
            await asyncio.sleep(0.02)
    await until_only(before)
    assert (await alice.download(file))[2] == CONTENT


async def test_more_at_once_than_the_process_is_told_of_in_a_moment(
    door: Door, alice: Person, file: str
) -> None:
    many = 400
    before = descriptors()
    line, other = socket.socketpair()
    part = os.open(__file__, os.O_RDONLY)
    size = os.fstat(part).st_size
    sending = door.server.sendfile
    transfers = [sending.send(os.dup(line.fileno()), os.dup(part), 0, size) for _ in range(many)]
    dropped = sending.send(os.dup(line.fileno()), os.dup(part), 0, size)
    got = 0
    other.setblocking(False)
    sending.drop(dropped)
    while got < many * size:
        try:
            got += len(other.recv(2**20))
        except BlockingIOError:
            await asyncio.sleep(0.001)
    assert all([await each.ended(PATIENCE) for each in transfers])
    with pytest.raises(ConnectionError, match="dropped"):
        await dropped.ended(PATIENCE)
    line.close(), other.close(), os.close(part)
    await until_only(before + 1)


async def test_a_file_that_is_shorter_than_its_row_ends_the_connection(
    door: Door, alice: Person, file: str
) -> None:
    (path,) = (each for each in door.server.files.storage.folder.rglob("*") if each.is_file())
    os.truncate(path, LARGE // 2)
    async with line(door) as (reader, writer):
        writer.write(asked(alice, file))
        with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
            await answer(reader)


async def test_elsewhere_it_goes_in_single_file(
    door: Door, alice: Person, file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bodies, "may_send", lambda _: False)
    assert len((await alice.download(file))[2]) == LARGE
    assert "not begun" in repr(door.server.sendfile)


async def test_head_has_no_range(door: Door, alice: Person, file: str) -> None:
    headers = {"Authorization": f"Bearer {alice.access}", "Range": "bytes=0-1"}
    async with door.request("HEAD", f"/api/v1/files/{file}", headers=headers) as got:
        assert (got.status, got.headers["Content-Length"]) == (200, str(LARGE))
