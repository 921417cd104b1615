"""A picture, or the first page of a PDF, as a small WebP. Runs in the worker alone.

What is drawn is decided by content, from a short list: Pillow would open fifty kinds. Where a
JPEG allows it, no more than an eighth of it is decoded. Nothing of the original's metadata is
kept: it is turned upright, its colours become sRGB, and its EXIF with the place it was taken at is
gone.
"""

import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final, TypeVar

import thash
from PIL import (
    AvifImagePlugin,
    ExifTags,
    Image,
    ImageCms,
    UnidentifiedImageError,
)

from messenger.files.previews.jobs import Crop, NoPreview, Preview, Squares

T = TypeVar("T")
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

PIXELS: Final = 40_000_000
WEBP_PIXELS: Final = 20_000_000
"""Of a WebP, which Pillow decodes into three copies of itself."""
FORMATS: Final = ("JPEG", "PNG", "GIF", "WEBP", "AVIF")
HEIF: Final = ("HEIF",)
"""Opened by `pillow-heif`, which is loaded when the first such file comes: phones make them."""
QUALITY: Final = 78
EFFORT: Final = 2
"""Of WebP's six: the next one costs half as much time again for a fiftieth fewer bytes."""
PLACEHOLDER_SIDE: Final = 32
"""Pixels that the hash is computed from, in Python: it keeps seven waves across at the most."""
UPRIGHT: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What undoes each orientation of EXIF."""
STORED: Final[dict[int, Callable[[float, float], tuple[float, float]]]] = {
    1: lambda u, v: (u, v),
    2: lambda u, v: (1 - u, v),
    3: lambda u, v: (1 - u, 1 - v),
    4: lambda u, v: (u, 1 - v),
    5: lambda u, v: (v, u),
    6: lambda u, v: (v, 1 - u),
    7: lambda u, v: (1 - v, 1 - u),
    8: lambda u, v: (1 - v, u),
}
"""Where a point of the upright picture is in the one that is stored, by orientation; parts of the
sides. So only a square is turned, never a whole picture: that would be one more copy of it.
"""
SRGB: Final = ImageCms.createProfile("sRGB")

# A picture of more pixels is an error here, not a warning, before any of them is decoded.
Image.MAX_IMAGE_PIXELS = PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Threads would each take an arena of the memory that is allowed.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def draw(path: Path, side: int) -> Preview | NoPreview:
    """A preview of the file whose longer side has `side` pixels, or why there is none."""

    def work(head: bytes) -> Preview | NoPreview:
        if head.startswith(b"%PDF-"):
            return drawn_page(path, side)
        return drawn_picture(path, side, formats_of(head))

    return attempted(path, work)


def draw_squares(path: Path, sides: Sequence[int], crop: Crop | None) -> Squares | NoPreview:
    """A square of a picture, once for each of the sides, or why there is none."""
    return attempted(path, lambda head: drawn_squares(path, sides, crop, formats_of(head)))


def attempted(path: Path, work: Callable[[bytes], T | NoPreview]) -> T | NoPreview:
    """What is made of a file that begins with those bytes; whatever is wrong with it has a name."""
    try:
        with path.open("rb") as file:
            head = file.read(32)
        return work(head)
    except UnidentifiedImageError:
        return NoPreview("unsupported")
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return NoPreview("too_large")
    except Exception:
        # Decoders raise whatever they meet in a broken file: ten classes were counted.
        return NoPreview("damaged")


def formats_of(head: bytes) -> tuple[str, ...]:
    is_heif = head[4:8] == b"ftyp" and head[8:12] not in (b"avif", b"avis")
    return HEIF if is_heif else FORMATS


# Pictures


def drawn_picture(path: Path, side: int, formats: tuple[str, ...]) -> Preview | NoPreview:
    with open_picture(path, formats) as opened:
        orientation = oriented(opened)
        width, height = opened.size
        if is_too_large(opened):
            return NoPreview("too_large")
        fitting = fitted(width, height, side)
        opened.draft(None, fitting)
        small = shrunk(opened, fitting)
    if orientation in UPRIGHT:
        small = small.transpose(UPRIGHT[orientation])
    if orientation >= 5:
        width, height = height, width
    return Preview(width, height, placeholder(small), webp(small))


def open_picture(path: Path, formats: tuple[str, ...]) -> Image.Image:
    if formats is HEIF:
        load_heif()
    return Image.open(path, formats=formats)


def is_too_large(opened: Image.Image) -> bool:
    return opened.format == "WEBP" and opened.width * opened.height > WEBP_PIXELS


def load_heif() -> None:
    import pillow_heif

    pillow_heif.options.DECODE_THREADS = 1
    pillow_heif.options.THUMBNAILS = False
    pillow_heif.register_heif_opener()


def oriented(image: Image.Image) -> int:
    """EXIF's orientation, 1 to 8; 1 where it cannot be read, which spoils nothing else."""
    try:
        found = image.getexif().get(ExifTags.Base.Orientation, 1)
    except Exception:
        return 1
    return found if found in UPRIGHT else 1


def fitted(width: int, height: int, side: int) -> tuple[int, int]:
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def shrunk(image: Image.Image, size: tuple[int, int], box: Box | None = None) -> Image.Image:
    """What is in the box, in sRGB, with its transparency; its colours are converted when small."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I;16"):
        image = image.point(lambda level: level / 256, "L")
    if image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        image = image.convert(mode)
    profile = image.info.get("icc_profile")
    small = image.resize(size, Image.Resampling.BICUBIC, box, reducing_gap=2.0)
    if profile:
        small = in_srgb(small, profile)
    small = small.convert(mode)
    small.info.clear()
    return small


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = image.mode if image.mode in ("RGB", "RGBA") else "RGB"
        return ImageCms.profileToProfile(image, given, SRGB, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return image  # a profile that is broken or for another kind of colours is as none


def placeholder(image: Image.Image) -> bytes:
    """ThumbHash: 21 to 25 bytes with the colours, the shape and the transparency."""
    tiny = image.resize(fitted(*image.size, PLACEHOLDER_SIDE)).convert("RGBA")
    return bytes(thash.rgba_to_thumb_hash_pure(tiny.width, tiny.height, list(tiny.tobytes())))


def webp(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=QUALITY, method=EFFORT)
    return out.getvalue()


# Squares


def drawn_squares(
    path: Path, sides: Sequence[int], crop: Crop | None, formats: tuple[str, ...]
) -> Squares | NoPreview:
    with open_picture(path, formats) as opened:
        if is_too_large(opened):
            return NoPreview("too_large")
        orientation = oriented(opened)
        left, top, right, bottom = square(*opened.size, orientation, crop)
        pixels = round((right - left) * opened.width)
        largest = max(1, min(max(sides), pixels))
        scale = largest / max(1, pixels)
        opened.draft(None, (round(opened.width * scale), round(opened.height * scale)))
        width, height = opened.size
        box = (left * width, top * height, right * width, bottom * height)
        large = shrunk(opened, (largest, largest), box)
    if orientation in UPRIGHT:
        large = large.transpose(UPRIGHT[orientation])
    return Squares([webp(at_most(large, side)) for side in sides])


def square(width: int, height: int, orientation: int, crop: Crop | None) -> Box:
    """The square that is wanted, in the stored picture, in parts of its sides."""
    if orientation >= 5:
        width, height = height, width
    shorter = min(width, height)
    side = shorter * (1.0 if crop is None else crop.size)
    across, down = side / width, side / height
    left = (1 - across) / 2 if crop is None else min(crop.x, 1 - across)
    top = (1 - down) / 2 if crop is None else min(crop.y, 1 - down)
    corners = (left, top), (left + across, top + down)
    xs, ys = zip(*(STORED[orientation](*corner) for corner in corners), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def at_most(image: Image.Image, side: int) -> Image.Image:
    if image.width <= side:
        return image
    return image.resize((side, side), Image.Resampling.BICUBIC, reducing_gap=3.0)


# Documents


def drawn_page(path: Path, side: int) -> Preview:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        scale = side / max(page.get_size())
        image = page.render(scale=scale).to_pil().convert("RGB")
    return Preview(None, None, placeholder(image), webp(image))
