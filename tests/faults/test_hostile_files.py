"""What strangers send, through a server's own door: refused by name, in little memory."""

import io
import os
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from PIL import Image

from bench.process import cpu_seconds, descendants
from tests.faults.files import aged, check_whole, contents, done, incoming, previews, signed_in
from tests.faults.server import ServerProcess
from tests.files.pictures import empty_png, gif_of, pdf, picture, saved
from tests.files.zips import STORED, UNIX, Member, by_explorer, by_mac, written, zip_of

MIB = 2**20
MORE = 50 * MIB
"""Bytes that a server may have more than at rest, whatever it is sent."""
WORKER = 400 * MIB
TOGETHER = 20.0
"""Seconds that the processors have for three hundred: a calm machine of two is through sooner."""


class Hostile:
    """A server, and somebody in a chat of it."""

    def __init__(self, server: ServerProcess, token: str, chat: int) -> None:
        self.server = server
        self.chat = chat
        self.headers = {"Authorization": f"Bearer {token}"}

    async def send(self, path: str, content: bytes, name: str) -> Any:
        """The answer's data, or the code of the refusal."""
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(content), filename=name)
        async with (
            aiohttp.ClientSession(self.server.base, headers=self.headers) as http,
            http.post(f"/api/v1/{path}", params={"chat_id": self.chat}, data=form) as answer,
        ):
            body = await answer.json()
            return body["data"] if answer.status == 201 else body["error"]["code"]

    async def unpack(self, content: bytes) -> Any:
        done = await self.send("uploads", content, "sent.zip")
        return done if isinstance(done, str) else [each["reason"] for each in done["refused"]]

    def worker(self) -> int:
        (pid,) = (
            pid
            for pid in descendants(self.server.process.pid)
            if b"previews.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        return pid

    def rest(self) -> int:
        """Bytes that the server has right now; from here on its peak is counted."""
        Path(f"/proc/{self.server.process.pid}/clear_refs").write_text("5")
        return memory(self.server.process.pid, "VmRSS")

    def peak(self) -> int:
        return memory(self.server.process.pid, "VmHWM")


def memory(pid: int, which: str) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split(f"{which}:")[1].split()[0]) * 1024


@pytest.fixture
async def hostile(dsn: str, tmp_path: Path) -> AsyncIterator[Hostile]:
    server = ServerProcess(tmp_path / "data", dsn)
    server.start()
    try:
        await server.ready()
        who = Hostile(server, *await signed_in(server))
        # What is loaded once is loaded.
        await who.send("uploads", by_explorer({"a.jpg": saved(picture(60, 40), "JPEG")}), "a.zip")
        yield who
    finally:
        server.kill()


def many() -> bytes:
    """Of 10^5 entries, and says it has seven."""
    body, directory, at = [], [], 0
    for number in range(100_000):
        local, central = written(Member(b"%d" % number, b"", method=STORED), at)
        at += len(local)
        body.append(local)
        directory.append(central)
    size = sum(map(len, directory))
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 7, 7, size, at, 0)
    return b"".join([*body, *directory, end])


def bomb() -> bytes:
    """A gibibyte of zeros in a megabyte, in entries that are each allowed."""
    return zip_of(Member(b"%d" % number, bytes(8 * MIB)) for number in range(128))


ENTRIES: list[tuple[Member, str]] = [
    (Member(b"../evil.txt"), "path"),
    (Member(b"/etc/passwd"), "path"),
    (Member(b"..\\..\\evil.txt"), "path"),
    (Member(b"fine.txt\0.exe"), "path"),
    (Member(b"notes", b"/etc/passwd", made_by=UNIX << 8 | 30, mode=0o120777), "link"),
    (Member(b"secret.txt", flags=1), "encrypted"),
    (Member(b"crc", b"content", crc=1), "damaged"),
    (Member(b"longer", b"a" * 100, size=2000), "damaged"),
    (Member(b"shorter", b"a" * 2000, size=100), "damaged"),
    (Member(b"zeros", bytes(8 * MIB)), "ratio"),
    (Member(b"d/" * 40 + b"x"), "too_deep"),
]
PICTURES: list[tuple[str, bytes, str | None]] = [
    ("large.png", empty_png(13_000, 13_000), "too_large"),
    ("wide.png", saved(Image.new("1", (40_001, 1000)), "PNG"), "too_large"),
    ("frames.gif", gif_of(10_000), None),
    ("eps.png", saved(picture(40, 40), "EPS"), None),
    ("tiff.jpg", saved(picture(40, 40), "TIFF"), None),
    ("page.png", b"<!doctype html><script>alert(1)</script>", None),
    ("svg.png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", None),
    ("half.jpg", saved(picture(3000, 2000), "JPEG")[:9000], "damaged"),
    ("heavy.png", saved(Image.new("RGBA", (8000, 5000), (9, 99, 9, 128)), "PNG"), None),
    ("heavy.webp", saved(Image.new("RGBA", (6000, 5000), (9, 99, 9, 128)), "WEBP"), "too_large"),
]
INLINE = {"image/png", "image/jpeg", "image/gif", "image/webp"}


@pytest.mark.alone
async def test_hostile_set_is_refused_by_name_in_little_memory(hostile: Hostile) -> None:
    rest = hostile.rest()
    evil = [member for member, _ in ENTRIES]
    assert await hostile.unpack(zip_of(evil)) == "validation_failed"
    twins = [Member(b"A.txt"), Member(b"a.TXT")]
    nested = Member(b"inner.zip", zip_of([Member(b"../evil")]))
    refused = await hostile.unpack(zip_of([*evil, *twins, nested]))
    assert refused == [reason for _, reason in ENTRIES] + ["duplicate"]
    assert await hostile.unpack(many()) == "payload_too_large"
    assert await hostile.unpack(zip_of([Member(b"a"), Member(b"b", offset=0)])) == (
        "unsupported_type"
    )
    assert await hostile.unpack(bomb()) == "validation_failed"
    assert hostile.peak() - rest <= MORE
    await check_nothing_left(hostile)


async def check_nothing_left(hostile: Hostile) -> None:
    """Nothing of it is in the chat; what was taken in vain goes with the next sweep."""
    assert incoming(hostile.server) == []
    aged(hostile.server)
    await done(hostile.server, "sweep")
    assert (contents(hostile.server), previews(hostile.server)) == ([], [])


@pytest.mark.alone
async def test_hostile_pictures_are_files_without_a_preview(hostile: Hostile) -> None:
    rest = hostile.rest()
    for name, content, reason in PICTURES:
        (file,) = await hostile.send("files", content, name)
        assert (name, file["no_preview"]) == (name, reason)
        # What it says it is does not count: as a picture goes out what is one.
        assert (file["mime"] in INLINE) == (reason is not None or file["preview"]), name
    assert memory(hostile.worker(), "VmHWM") <= WORKER
    assert hostile.peak() - rest <= MORE
    assert await check_whole(hostile.server) == len(PICTURES) + 1
    await check_nothing_left(hostile)


@pytest.mark.alone
async def test_three_hundred_photos_and_papers_have_names_and_previews(hostile: Hostile) -> None:
    photo = saved(Image.effect_noise((1600, 1200), 20).convert("RGB"), "JPEG", quality=40)
    sent = {f"Фото с дачи/Ёлка {number:03}.jpg": photo + b"%d" % number for number in range(240)}
    sent |= {f"Договоры/Акт №{number}.pdf": pdf() + b"%d" % number for number in range(30)}
    sent |= {f"Письма/Щ{number}.txt": os.urandom(3000) for number in range(30)}
    rest, before = hostile.rest(), hostile.server.process.pid
    used = cpu_seconds(before) + cpu_seconds(hostile.worker())
    made = await hostile.send("uploads", by_mac(sent), "sent.zip")
    used = cpu_seconds(before) + cpu_seconds(hostile.worker()) - used
    found = [f"{file['folder']}/{file['name']}" for file in made["files"]]
    assert found == list(sent)
    assert [file["preview"] for file in made["files"]].count(True) == 270
    assert made["refused"] == []
    assert used <= TOGETHER
    assert memory(hostile.worker(), "VmHWM") <= WORKER
    assert hostile.peak() - rest <= MORE
