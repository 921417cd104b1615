"""Messages with files: pictures drawn here, and whatever bytes a test has."""

import functools
import uuid
from typing import Any

from PIL import Image, ImageDraw, ImageFilter

from messenger.files.intake import Received, id_of
from messenger.model import File
from messenger.protocol.commands import SendMessage
from tests.files.pictures import saved
from tests.web.conftest import Company, Person

Contents = dict[str, bytes]
"""By names; a name with slashes is in folders."""


@functools.cache
def photo(width: int, height: int, hue: int = 140) -> bytes:
    """A landscape of two hues in JPEG, so that places can be told from one another."""
    image = Image.new("HSV", (width, height), (hue % 256, 90, 235))
    draw = ImageDraw.Draw(image)
    middle, step = height * 3 // 5, max(1, width // 4)
    draw.ellipse(
        (width * 2 // 3, height // 8, width * 2 // 3 + step, height // 8 + step), (32, 80, 255)
    )
    for each in range(-1, 5):
        left = each * step
        top = middle - (each * 37 % 90 + 20) * height // 400
        draw.polygon(
            [(left, height), (left + step, top), (left + 2 * step, height)],
            ((hue + 20 * each) % 256, 130, 150 - 15 * each),
        )
    return saved(image.convert("RGB").filter(ImageFilter.GaussianBlur(1)), "JPEG", quality=85)


def moving(width: int, height: int) -> bytes:
    """A GIF of two frames."""
    frames = [Image.new("RGB", (width, height), colour) for colour in ("#0b7668", "#e8a33d")]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:], duration=300, loop=0)


async def uploaded(
    company: Company, who: Person, chat_id: int, contents: Contents, **about: Any
) -> list[File]:
    """Files of somebody's that no message has."""
    intake, key = company.server.files, str(uuid.uuid4())
    uploads = []
    for number, (path, content) in enumerate(contents.items()):
        folder, _, name = path.rpartition("/")
        spool = intake.begin()
        await spool.write(content)
        await spool.close()
        received = Received(name, spool, **about)
        id = id_of(who.user_id, key, number)
        uploads.append(await intake.store(who.user_id, received, id, folder or None))
    return await intake.add(who.user_id, chat_id, uploads)


async def attach(
    company: Company, who: Person, chat_id: int, contents: Contents, text: str = "", **about: Any
) -> int:
    """A message with files; its `seq`."""
    files = await uploaded(company, who, chat_id, contents, **about)
    command = SendMessage(
        chat_id=chat_id,
        client_message_id=str(uuid.uuid4()),
        text=text,
        file_ids=[file.id for file in files],
    )
    return int((await company.ask(who, command)).seq)
