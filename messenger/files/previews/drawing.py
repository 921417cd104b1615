"""A picture, or the first page of a PDF, as a small WebP. Runs in the worker alone.

What is drawn is decided by content, from a short list: Pillow would open fifty kinds. Where a
JPEG allows it, no more than an eighth of it is decoded. Nothing of the original's metadata is
kept: it is turned upright, its colours become sRGB, and its EXIF with the place it was taken at is
gone.
"""

import io
import warnings
from pathlib import Path
from typing import Final

import thash
from PIL import (
    AvifImagePlugin,
    ExifTags,
    Image,
    ImageCms,
    UnidentifiedImageError,
)

from messenger.files.previews.jobs import NoPreview, Preview, Reply

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
SRGB: Final = ImageCms.createProfile("sRGB")

# A picture of more pixels is an error here, not a warning, before any of them is decoded.
Image.MAX_IMAGE_PIXELS = PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
# Threads would each take an arena of the memory that is allowed.
AvifImagePlugin.DEFAULT_MAX_THREADS = 1


def draw(path: Path, side: int) -> Reply:
    """A preview of the file whose longer side has `side` pixels, or why there is none."""
    try:
        with path.open("rb") as file:
            head = file.read(32)
        if head.startswith(b"%PDF-"):
            return drawn_page(path, side)
        return drawn_picture(path, side, HEIF if is_heif(head) else FORMATS)
    except UnidentifiedImageError:
        return NoPreview("unsupported")
    except (MemoryError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return NoPreview("too_large")
    except Exception:
        # Decoders raise whatever they meet in a broken file: ten classes were counted.
        return NoPreview("damaged")


def is_heif(head: bytes) -> bool:
    return head[4:8] == b"ftyp" and head[8:12] not in (b"avif", b"avis")


# Pictures


def drawn_picture(path: Path, side: int, formats: tuple[str, ...]) -> Reply:
    if formats is HEIF:
        load_heif()
    with Image.open(path, formats=formats) as opened:
        orientation = oriented(opened)
        width, height = opened.size
        if opened.format == "WEBP" and width * height > WEBP_PIXELS:
            return NoPreview("too_large")
        fitting = fitted(width, height, side)
        opened.draft(None, fitting)
        small = shrunk(opened, fitting)
    if orientation in UPRIGHT:
        small = small.transpose(UPRIGHT[orientation])
    if orientation >= 5:
        width, height = height, width
    return Preview(width, height, placeholder(small), webp(small))


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


def shrunk(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """In sRGB, with its transparency; the colours are converted when it is small."""
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode.startswith("I;16"):
        image = image.point(lambda level: level / 256, "L")
    if image.mode not in ("RGB", "RGBA", "L", "CMYK"):
        image = image.convert(mode)
    profile = image.info.get("icc_profile")
    small = image.resize(size, Image.Resampling.BICUBIC, reducing_gap=2.0)
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


# Documents


def drawn_page(path: Path, side: int) -> Preview:
    import pypdfium2

    with pypdfium2.PdfDocument(path) as document:
        page = document[0]
        scale = side / max(page.get_size())
        image = page.render(scale=scale).to_pil().convert("RGB")
    return Preview(None, None, placeholder(image), webp(image))
