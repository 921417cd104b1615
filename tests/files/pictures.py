"""Pictures of every kind that the server draws, and the process that draws them."""

import io
import struct
import subprocess
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms

from messenger.files.previews.jobs import (
    LENGTH,
    AnyJob,
    Crop,
    Job,
    Reply,
    SquaresJob,
    decode_reply,
    encode_job,
    framed,
)
from messenger.files.previews.studio import COMMAND, ENVIRONMENT


class Worker:
    """Talks with the process as the server does, but waits."""

    def __init__(self, process: subprocess.Popen[bytes], directory: Path) -> None:
        self.process = process
        self._directory = directory
        self._number = 0

    def draw(self, content: bytes, side: int = 320) -> Reply:
        self._number += 1
        path = self._directory / f"{self._number}"
        path.write_bytes(content)
        return self.draw_file(path, side)

    def draw_file(self, path: Path, side: int = 320) -> Reply:
        return self.ask(Job(str(path), side))

    def squares(self, content: bytes, sides: list[int], crop: Crop | None = None) -> Reply:
        self._number += 1
        path = self._directory / f"{self._number}"
        path.write_bytes(content)
        return self.ask(SquaresJob(str(path), sides, crop))

    def ask(self, job: AnyJob) -> Reply:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(framed(encode_job(job)))
        self.process.stdin.flush()
        (length,) = LENGTH.unpack(self.process.stdout.read(LENGTH.size))
        reply: Reply = decode_reply(self.process.stdout.read(length))
        return reply

    def peak_bytes(self) -> int:
        """The most memory that the process has had."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) * 1024


@contextmanager
def worker(directory: Path) -> Iterator[Worker]:
    with subprocess.Popen(
        COMMAND, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENVIRONMENT
    ) as process:
        yield Worker(process, directory)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(10) == 0


def picture(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red above left, green above right, blue below left, grey below right."""
    image = Image.new("RGB", (width, height), (128, 128, 128))
    half = (width // 2, height // 2)
    image.paste((255, 0, 0), (0, 0, *half))
    image.paste((0, 255, 0), (half[0], 0, width, half[1]))
    image.paste((0, 0, 255), (0, half[1], half[0], height))
    return image.convert(mode)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def heic(image: Image.Image) -> bytes:
    import pillow_heif

    out = io.BytesIO()
    pillow_heif.from_pillow(image).save(out, quality=70)
    return out.getvalue()


def with_exif(image: Image.Image, orientation: int) -> bytes:
    """A JPEG as a phone writes it: turned, with the place it was taken at."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (55.0, 45.0, 7.0)
    return saved(image, "JPEG", exif=exif, quality=95)


def empty_png(width: int, height: int) -> bytes:
    """A few kilobytes that say they are a picture of any size, and are."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    data = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    header = struct.pack(">2L5B", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", data)
        + png_chunk(b"IEND", b"")
    )


def png_chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">L", len(content)) + body + struct.pack(">L", zlib.crc32(body))


def gif_of(frames: int) -> bytes:
    """An animation whose frames are one dot each, but the first."""
    first = saved(picture(400, 300).quantize(8), "GIF")
    dot = saved(Image.new("P", (1, 1)), "GIF")
    frame = dot[dot.index(b",", 13) : -1]
    return first[:-1] + frame * frames + b";"


def pdf(*, size: tuple[int, int] = (595, 842)) -> bytes:
    """One page, red above its middle."""
    width, height = size
    drawing = b"1 0 0 rg 0 %d %d %d re f" % (height // 2, width, height // 2)
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Contents 4 0 R>>" % size,
        b"<</Length %d>>stream\n%s\nendstream" % (len(drawing), drawing),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 5\n0000000000 65535 f \n%strailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF"
        % (
            table,
            len(out),
        )
    )


def swapped_colours() -> bytes:
    """A profile in which red is called green, and green red."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return (
        profile.replace(b"rXYZ", b"none", 1)
        .replace(b"gXYZ", b"rXYZ", 1)
        .replace(b"none", b"gXYZ", 1)
    )
