"""Pictures of nobody, for people and chats to have: a head and shoulders, or hills."""

import colorsys
import io

from PIL import Image, ImageDraw


def portrait(number: int, width: int = 600, height: int = 600) -> bytes:
    """A PNG; each number has colours of its own."""
    image = Image.new("RGB", (width, height), _colour(number * 0.17, 0.35, 0.85))
    draw = ImageDraw.Draw(image)
    middle, unit = width / 2, min(width, height) / 10
    ground, skin = _colour(number * 0.17 + 0.5, 0.5, 0.55), (233 - 18 * (number % 5), 190, 160)
    draw.ellipse((middle - 4 * unit, 7 * unit, middle + 4 * unit, 16 * unit), fill=ground)
    hair = _colour(number * 0.31, 0.4, 0.3)
    draw.ellipse((middle - 2.4 * unit, 1.4 * unit, middle + 2.4 * unit, 6.2 * unit), fill=hair)
    draw.ellipse((middle - 1.9 * unit, 2.4 * unit, middle + 1.9 * unit, 7.4 * unit), fill=skin)
    return _png(image)


def hills(width: int = 600, height: int = 600) -> bytes:
    image = Image.new("RGB", (width, height), (150, 200, 235))
    draw = ImageDraw.Draw(image)
    draw.ellipse((width * 0.62, height * 0.12, width * 0.84, height * 0.34), fill=(255, 225, 120))
    draw.ellipse((-width * 0.5, height * 0.5, width * 0.8, height * 1.6), fill=(70, 130, 90))
    draw.ellipse((width * 0.3, height * 0.62, width * 1.6, height * 1.8), fill=(50, 105, 80))
    return _png(image)


def _colour(hue: float, saturation: float, value: float) -> tuple[int, ...]:
    parts = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return tuple(round(part * 255) for part in parts)


def _png(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
