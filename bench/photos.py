"""Photos and archives of them, as people send them: no two the same, and none packs well."""

import io
import os
import zipfile
from typing import Final

from PIL import Image, ImageFilter

ENTRIES: Final = 300
PHOTOS: Final = 240
"""The others are papers of a few kilobytes."""


def photo(width: int, height: int, quality: int = 85) -> bytes:
    """A JPEG with the detail of a photo: a camera's, or smaller as messengers send them."""
    rough = Image.effect_noise((width // 4, height // 4), 90).resize((width, height))
    grain = Image.effect_noise((width, height), 20)
    image = Image.merge("RGB", (rough, Image.blend(rough, grain, 0.3), grain))
    out = io.BytesIO()
    image.filter(ImageFilter.GaussianBlur(1)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def another(photo: bytes) -> bytes:
    """The same picture as another content."""
    return photo + os.urandom(16)


def archive(method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of three hundred photos and papers."""
    picture, out = photo(1600, 1200, quality=60), io.BytesIO()
    with zipfile.ZipFile(out, "w", method, compresslevel=1) as packed:
        for number in range(ENTRIES):
            if number < PHOTOS:
                packed.writestr(f"Фото/{number}.jpg", another(picture))
            else:
                packed.writestr(f"Письма/{number}.txt", os.urandom(4000))
    return out.getvalue()
