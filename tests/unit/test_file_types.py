"""Types of files, by what is in them."""

import io
import zipfile

import pytest

from messenger.files.types import BYTES, HEAD_BYTES, content_type, is_inline, type_of

WEBM = b"\x1aE\xdf\xa3....\x42\x82\x84webm...."


def docx() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return held.getvalue()


def mp4(*handlers: bytes, more: int = 0) -> bytes:
    """The beginning of a recording with such tracks, as a browser writes it."""
    tracks = b"".join(b"\0\0\0\x20hdlr" + bytes(8) + each + bytes(12) for each in handlers)
    moov = (8 + len(tracks) + more).to_bytes(4, "big") + b"moov" + tracks
    return b"\0\0\0\x18ftypmp42\0\0\0\1isomiso5" + moov + bytes(40)


@pytest.mark.parametrize(
    ("head", "mime"),
    [
        (bytes.fromhex("89504e470d0a1a0a0000000d49484452"), "image/png"),
        (bytes.fromhex("ffd8ffe000104a464946"), "image/jpeg"),
        (b"GIF89a" + bytes(20), "image/gif"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + bytes(40), "image/heic"),
        (b"%PDF-1.7\n", "application/pdf"),
        (b"PK\x03\x04" + bytes(40), "application/zip"),
        (docx(), "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (WEBM + b"A_OPUS....", "audio/webm"),
        (WEBM + b"V_VP9..A_OPUS", "video/webm"),
        (mp4(b"soun"), "audio/mp4"),
        (mp4(b"soun", b"vide"), "video/mp4"),
        (mp4(b"soun", more=HEAD_BYTES), "video/mp4"),
        (mp4(b"soun")[:24] + bytes(40), "video/mp4"),
        (b"OggS" + bytes(24) + b"OpusHead", "audio/ogg"),
        (b"plain words", "text/plain"),
        ("слова".encode(), "text/plain"),
        (("я" * HEAD_BYTES).encode()[: HEAD_BYTES - 1] + b"\xd1", "text/plain"),
        (b"  <?xml version='1.0'?><svg onload='x'/>", "image/svg+xml"),
        (b"<!DOCTYPE html><p>", "text/html"),
        (b"\xef\xbb\xbf<html>", "text/html"),
        (b"<?xml version='1.0'?><a/>", "text/xml"),
        (b"%!PS-Adobe-3.0 EPSF", "application/postscript"),
        (b"", BYTES),
        (b"\x00\x01\x02", BYTES),
        (b"\xff\xfe\xfd", BYTES),
    ],
)
def test_type_is_that_of_the_content(head: bytes, mime: str) -> None:
    assert type_of(head) == mime


@pytest.mark.parametrize("mime", ["image/svg+xml", "text/html", "text/xml", "text/plain", "x/y"])
def test_what_could_run_goes_out_as_bytes(mime: str) -> None:
    assert content_type(mime) == BYTES
    assert not is_inline(mime)


def test_sound_and_film_play_in_place_and_nothing_else_does() -> None:
    assert is_inline("audio/webm")
    assert is_inline("video/mp4")
    assert not is_inline("image/png")
    assert not is_inline("application/pdf")
    assert content_type("image/png") == "image/png"
