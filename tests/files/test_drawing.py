import io
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
import thash
from PIL import Image

from messenger.files.previews.jobs import LARGE, Crop, NoPreview, Preview, Squares

from .pictures import (
    Worker,
    empty_png,
    gif_of,
    heic,
    pdf,
    picture,
    saved,
    swapped_colours,
    with_exif,
    worker,
)

RED, GREEN, BLUE, GREY = (255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128)


@pytest.fixture(scope="module")
def drawer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    with worker(tmp_path_factory.mktemp("drawn")) as started:
        yield started


def drawn(drawer: Worker, content: bytes, side: int = 320) -> tuple[Preview, Image.Image]:
    preview = drawer.draw(content, side)
    assert isinstance(preview, Preview), preview
    image = Image.open(io.BytesIO(preview.webp), formats=["WEBP"])
    image.load()
    return preview, image


def is_near(found: tuple[int, ...], expected: tuple[int, ...], by: int = 60) -> bool:
    return all(abs(a - b) <= by for a, b in zip(found[:3], expected, strict=True))


def corners(image: Image.Image) -> list[tuple[int, ...]]:
    """The colours above left, above right, below left, below right."""
    width, height = image.size
    rgb = image.convert("RGB")
    return [
        rgb.getpixel((x, y))  # type: ignore[misc]
        for y in (height // 4, height * 3 // 4)
        for x in (width // 4, width * 3 // 4)
    ]


KINDS = {
    "jpeg": saved(picture(1000, 600), "JPEG"),
    "progressive": saved(picture(1000, 600), "JPEG", progressive=True),
    "cmyk": saved(picture(1000, 600, "CMYK"), "JPEG"),
    "png": saved(picture(1000, 600), "PNG"),
    "palette": saved(picture(1000, 600).quantize(8), "PNG"),
    "gif": saved(picture(1000, 600).quantize(8), "GIF"),
    "webp": saved(picture(1000, 600), "WEBP"),
    "avif": saved(picture(1000, 600), "AVIF", speed=10),
    "heic": heic(picture(1000, 600)),
    "mpo": saved(
        picture(1000, 600), "MPO", save_all=True, append_images=[Image.new("RGB", (1000, 600))]
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_drawn_small_with_the_size_of_the_original(drawer: Worker, kind: str) -> None:
    preview, image = drawn(drawer, KINDS[kind])
    assert (preview.width, preview.height) == (1000, 600)
    assert image.size == (320, 192)
    assert all(map(is_near, corners(image), (RED, GREEN, BLUE, GREY)))


def test_the_large_one_has_at_most_1600_pixels_and_never_more_than_the_original(
    drawer: Worker,
) -> None:
    assert drawn(drawer, saved(picture(4000, 1000), "JPEG"), LARGE)[1].size == (1600, 400)
    assert drawn(drawer, saved(picture(1000, 600), "PNG"), LARGE)[1].size == (1000, 600)
    assert drawn(drawer, saved(picture(3, 2), "PNG"))[1].size == (3, 2)


def test_a_line_of_one_pixel_stays_one(drawer: Worker) -> None:
    preview, image = drawn(drawer, saved(picture(5000, 1), "PNG"))
    assert image.size == (320, 1)
    assert len(preview.placeholder) <= 40


@pytest.mark.parametrize(
    ("orientation", "size", "expected"),
    [
        (1, (600, 400), (RED, GREEN, BLUE, GREY)),
        (2, (600, 400), (GREEN, RED, GREY, BLUE)),
        (3, (600, 400), (GREY, BLUE, GREEN, RED)),
        (4, (600, 400), (BLUE, GREY, RED, GREEN)),
        (5, (400, 600), (RED, BLUE, GREEN, GREY)),
        (6, (400, 600), (BLUE, RED, GREY, GREEN)),
        (7, (400, 600), (GREY, GREEN, BLUE, RED)),
        (8, (400, 600), (GREEN, GREY, RED, BLUE)),
        (9, (600, 400), (RED, GREEN, BLUE, GREY)),
    ],
)
def test_a_photo_stands_upright_and_tells_nothing(
    drawer: Worker, orientation: int, size: tuple[int, int], expected: tuple[tuple[int, ...], ...]
) -> None:
    preview, image = drawn(drawer, with_exif(picture(600, 400), orientation))
    assert (preview.width, preview.height) == size
    assert all(map(is_near, corners(image), expected))
    assert not image.getexif()
    assert b"SecretPhone" not in preview.webp
    assert set(image.info) <= {"loop", "background", "timestamp", "duration"}


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_square_is_cut_from_the_upright_photo(drawer: Worker, orientation: int) -> None:
    upright = Image.open(
        io.BytesIO(drawn(drawer, with_exif(picture(600, 400), orientation))[0].webp)
    )
    for number, (x, y) in enumerate([(0.1, 0.1), (0.9, 0.1), (0.1, 0.9), (0.9, 0.9)]):
        crop = Crop(x - 0.05, y - 0.05, 0.1)
        found = drawer.squares(with_exif(picture(600, 400), orientation), [64], crop)
        assert isinstance(found, Squares)
        square = Image.open(io.BytesIO(found.webps[0]), formats=["WEBP"])
        assert square.size == (40, 40)
        assert all(is_near(each, corners(upright)[number]) for each in corners(square))


def test_squares_have_the_sides_that_are_asked_for_or_those_of_the_picture(drawer: Worker) -> None:
    found = drawer.squares(saved(picture(900, 300), "JPEG"), [64, 160, 512])
    assert isinstance(found, Squares)
    images = [Image.open(io.BytesIO(webp), formats=["WEBP"]) for webp in found.webps]
    assert [image.size for image in images] == [(64, 64), (160, 160), (300, 300)]
    assert all(map(is_near, corners(images[2]), (RED, GREEN, BLUE, GREY)))


def test_a_pdf_has_no_square(drawer: Worker) -> None:
    assert drawer.squares(pdf(), [64]) == NoPreview("unsupported")


def test_broken_exif_spoils_nothing(drawer: Worker) -> None:
    photo = with_exif(picture(600, 400), 6)
    spoilt = photo.replace(b"MM\0*", b"MM\0\xff").replace(b"II*\0", b"II\xff\0")
    assert spoilt != photo
    preview, _ = drawn(drawer, spoilt)
    assert (preview.width, preview.height) == (600, 400)


def test_transparency_is_kept(drawer: Worker) -> None:
    image = picture(800, 800, "RGBA")
    image.paste((0, 0, 0, 0), (0, 0, 400, 400))
    for content in (saved(image, "PNG"), saved(image.quantize(16), "PNG"), saved(image, "WEBP")):
        preview, small = drawn(drawer, content)
        assert small.mode == "RGBA"
        assert small.getpixel((80, 80))[3] == 0  # type: ignore[index]
        assert small.getpixel((240, 80))[3] == 255  # type: ignore[index]
        assert thash.thumb_hash_to_average_rgba(list(preview.placeholder))[3] < 0.9


def test_grey_in_sixteen_bits_keeps_its_shades(drawer: Worker) -> None:
    line = struct.pack("<400H", *[0xC000] * 200, *[0x8000] * 200)
    image = Image.frombytes("I;16", (400, 400), line * 400)
    _, small = drawn(drawer, saved(image, "PNG"))
    assert is_near(small.getpixel((80, 160)), (0xC0,) * 3, by=6)  # type: ignore[arg-type]
    assert is_near(small.getpixel((240, 160)), (0x80,) * 3, by=6)  # type: ignore[arg-type]


def test_colours_become_srgb(drawer: Worker) -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        _, small = drawn(drawer, saved(picture(400, 400), kind, icc_profile=swapped_colours()))
        assert all(map(is_near, corners(small), (GREEN, RED, BLUE, GREY)))
        assert "icc_profile" not in small.info


def test_a_broken_profile_is_none(drawer: Worker) -> None:
    for profile in (b"no profile", os.urandom(500)):
        _, small = drawn(drawer, saved(picture(400, 400), "PNG", icc_profile=profile))
        assert all(map(is_near, corners(small), (RED, GREEN, BLUE, GREY)))
        assert "icc_profile" not in small.info


def test_the_placeholder_shows_shape_and_colour(drawer: Worker) -> None:
    preview, _ = drawn(drawer, saved(Image.new("RGB", (900, 300), RED), "JPEG"))
    assert len(preview.placeholder) <= 40
    hashed = list(preview.placeholder)
    assert thash.thumb_hash_to_approximate_aspect_ratio(hashed) == pytest.approx(3, rel=0.25)
    red, green, blue, alpha = thash.thumb_hash_to_average_rgba(hashed)
    assert (red > 0.9, green < 0.1, blue < 0.1, alpha) == (True, True, True, 1)


def test_the_first_page_of_a_pdf_is_drawn(drawer: Worker) -> None:
    preview, image = drawn(drawer, pdf(), LARGE)
    assert (preview.width, preview.height) == (None, None)
    assert (image.width in range(1130, 1133), image.height) == (True, 1600)
    assert all(map(is_near, corners(image), (RED, RED, (255,) * 3, (255,) * 3)))


# What is not drawn


def refusal(drawer: Worker, content: bytes) -> str:
    reply = drawer.draw(content)
    assert isinstance(reply, NoPreview), reply
    return reply.reason


NOT_DRAWN = {
    "eps": saved(picture(40, 40), "EPS"),
    "tiff": saved(picture(40, 40), "TIFF"),
    "bmp": saved(picture(40, 40), "BMP"),
    "ico": saved(picture(40, 40), "ICO"),
    "psd": b"8BPS\0\1" + bytes(6) + b"\0\3\0\0\0\1\0\0\0\1\0\x08\0\3" + bytes(40),
    "jpeg 2000": saved(picture(40, 40), "JPEG2000"),
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
    "html": b"<!doctype html><img src=x>",
    "text": b"words",
    "nothing": b"",
    "zip": b"PK\3\4" + bytes(60),
}


@pytest.mark.parametrize("kind", NOT_DRAWN)
def test_other_kinds_are_not_opened_whatever_they_are_called(drawer: Worker, kind: str) -> None:
    assert refusal(drawer, NOT_DRAWN[kind]) == "unsupported"


@pytest.mark.parametrize("kind", [*KINDS, "pdf"])
def test_half_a_file_is_damaged(drawer: Worker, kind: str) -> None:
    content = KINDS[kind] if kind in KINDS else pdf()
    half = content[:60] if kind == "pdf" else content[: len(content) // 2]
    assert refusal(drawer, half) in ("damaged", "unsupported")


def test_noise_with_the_right_beginning_is_damaged(drawer: Worker) -> None:
    for content in KINDS.values():
        spoilt = content[:40] + bytes(each ^ 0x5A for each in content[40:])
        assert refusal(drawer, spoilt) in ("damaged", "unsupported", "too_large")


def test_more_than_forty_megapixels_are_not_decoded(drawer: Worker) -> None:
    assert refusal(drawer, empty_png(13_000, 13_000)) == "too_large"
    wide = saved(Image.new("1", (40_001, 1000)), "PNG")
    assert refusal(drawer, wide) == "too_large"


def test_ten_thousand_frames_cost_one(drawer: Worker) -> None:
    preview, _ = drawn(drawer, gif_of(10_000))
    assert (preview.width, preview.height) == (400, 300)


def test_forty_megapixels_fit_into_the_memory_that_is_allowed(tmp_path: Path) -> None:
    """In a process of its own: the most that it has had is what is looked at."""
    with worker(tmp_path) as started:
        flat = Image.new("RGBA", (8000, 5000), (10, 200, 30, 128))
        drawn(started, saved(flat, "PNG", compress_level=1))
        drawn(started, saved(flat.convert("RGB"), "JPEG", progressive=True))
        # What asks for more than there is has no preview, and the next one has.
        assert started.draw(saved(flat, "WEBP", method=0)) == NoPreview("too_large")
        drawn(started, KINDS["png"])
        assert started.peak_bytes() <= 400 * 1024 * 1024


def test_the_process_writes_no_file_and_knows_no_setting(drawer: Worker) -> None:
    limits = Path(f"/proc/{drawer.process.pid}/limits").read_text()
    assert "Max file size             0 " in limits
    environment = Path(f"/proc/{drawer.process.pid}/environ").read_bytes()
    assert b"DATABASE_URL" not in environment
    assert b"SECRET" not in environment
