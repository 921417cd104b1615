"""W: a ZIP of three hundred becomes files. X: a photo of 12 megapixels, until it is looked at."""

import io
import os
import statistics
import tempfile
import zipfile
from pathlib import Path
from time import perf_counter

import aiohttp
from PIL import Image

from bench import photos
from bench.client import Fault
from bench.measures.files import upload
from bench.report import Row
from bench.server import Account
from bench.stage import Stage

SIDE = 320


async def w(stage: Stage) -> list[Row]:
    (alice,) = await stage.people(1)
    chat = await stage.api.group("W", (alice,))
    content = photos.archive()
    await _warm(stage, alice, chat)
    took = await _unpack(stage, alice, chat, content)
    stage.note("W", f"{len(content) / 1e6:.0f} MB, {photos.PHOTOS} of them photos")
    return [
        Row(
            measure="W",
            what=f"ZIP of {photos.ENTRIES}, with previews",
            value=took,
            unit="s",
            aim=20,
            limit=_unzipped(stage.server.data_dir, content),
            limit_name="unzip, fsync and draw s",
        )
    ]


async def x(stage: Stage) -> list[Row]:
    (alice,) = await stage.people(1)
    chat = await stage.api.group("X", (alice,))
    photo = photos.photo(4000, 3000)
    await _warm(stage, alice, chat)
    took = []
    for _ in range(stage.plan.photos):
        content = photos.another(photo)
        began = perf_counter()
        id = await upload(stage, alice, chat, content)
        await _look(stage, alice, id)
        took.append((perf_counter() - began) * 1e3)
    stage.note("X", f"a JPEG of {len(photo) / 1e6:.1f} MB")
    return [
        Row(
            measure="X",
            what="upload of 12 Mpx and its preview, median",
            value=statistics.median(took),
            unit="ms",
            aim=250,
            limit=statistics.median(_drawn_ms(photo) for _ in range(5)),
            limit_name="draft and WebP ms",
        )
    ]


async def _warm(stage: Stage, who: Account, chat: int) -> None:
    """Have the worker started, as it is where people send photos, and where it likes to be."""
    await upload(stage, who, chat, photos.photo(64, 48))
    stage.free_worker()


async def _unpack(stage: Stage, who: Account, chat: int, content: bytes) -> float:
    form = aiohttp.FormData()
    form.add_field("file", aiohttp.BytesPayload(content), filename="bench.zip")
    address = f"http://127.0.0.1:{stage.server.port}/api/v1/uploads?chat_id={chat}"
    headers = {"Authorization": f"Bearer {who.token}"}
    async with aiohttp.ClientSession() as session:
        began = perf_counter()
        async with session.post(address, data=form, headers=headers) as answer:
            made = await answer.json()
        took = perf_counter() - began
    drawn = sum(file["preview"] for file in made["data"]["files"])
    if drawn != photos.PHOTOS or len(made["data"]["files"]) != photos.ENTRIES:
        raise Fault(f"of {photos.ENTRIES} entries {drawn} have a preview")
    return took


async def _look(stage: Stage, who: Account, id: str) -> None:
    address = f"http://127.0.0.1:{stage.server.port}/api/v1/files/{id}/preview?size={SIDE}"
    headers = {"Authorization": f"Bearer {who.token}"}
    async with (
        aiohttp.ClientSession() as session,
        session.get(address, headers=headers) as answer,
    ):
        if answer.status != 200:
            raise Fault(f"the preview was answered with {answer.status}")
        await answer.read()


def _drawn_ms(photo: bytes) -> float:
    """What Pillow takes for the picture alone."""
    began = perf_counter()
    _draw(photo)
    return (perf_counter() - began) * 1e3


def _draw(photo: bytes) -> None:
    image = Image.open(io.BytesIO(photo))
    image.draft(None, (SIDE, SIDE))
    image.thumbnail((SIDE, SIDE))
    image.save(io.BytesIO(), "WEBP", method=2)


def _unzipped(above: Path, content: bytes) -> float:
    """Seconds for the same on one core and nothing else: no HTTP, no hashes, no database."""
    with tempfile.TemporaryDirectory(dir=above) as directory:
        began = perf_counter()
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for number, name in enumerate(packed.namelist()):
                entry = packed.read(name)
                with (Path(directory) / str(number)).open("wb") as file:
                    file.write(entry)
                    file.flush()
                    os.fsync(file.fileno())
                if name.endswith(".jpg"):
                    _draw(entry)
        return perf_counter() - began
