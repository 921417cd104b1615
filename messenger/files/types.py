"""What a file is, by its content, and what a browser may be told of it. Pure.

`filetype` reads the first bytes: it knows what a browser could be made to run or show, tells a
Word document from a ZIP, needs no library of the system's (libmagic would), and takes a few
microseconds. What it does not know is text or bytes.
"""

import struct
from typing import Final

HEAD_BYTES: Final = 8192
"""So much of a file's beginning is looked at."""
BYTES: Final = "application/octet-stream"
TEXT: Final = "text/plain"

RASTER: Final = frozenset(
    {
        "image/jpeg",
        "image/png",
        "image/gif",
        "image/webp",
        "image/avif",
        "image/heic",
    }
)
PLAYED: Final = frozenset(
    {
        "audio/mpeg",
        "audio/mp4",
        "audio/ogg",
        "audio/webm",
        "audio/x-wav",
        "audio/x-flac",
        "audio/aac",
        "video/mp4",
        "video/webm",
        "video/ogg",
        "video/quicktime",
    }
)
"""Sound and film that browsers play in place. They hold no scripts."""
SHOWN: Final = RASTER | PLAYED | {"application/pdf"}
"""What goes out under its own type; all else does as bytes, so that nothing is made of it."""
_OTHER_NAMES: Final = {
    "audio/m4a": "audio/mp4",
    "audio/x-m4a": "audio/mp4",
    "image/heif": "image/heic",
    "video/x-m4v": "video/mp4",
    "audio/x-aac": "audio/aac",
}
_MARKUP: Final = (
    (b"<svg", "image/svg+xml"),
    (b"<!doctype html", "text/html"),
    (b"<html", "text/html"),
    (b"<?xml", "text/xml"),
)
_BOX: Final = struct.Struct(">I4s")
_VIDEO_CODECS: Final = (b"V_VP8", b"V_VP9", b"V_AV1", b"V_MPEG")


def type_of(head: bytes) -> str:
    """The MIME type of a file, by its first `HEAD_BYTES`; its name says nothing."""
    # Imported by the first file: its tables of all types are as long as the rest of an upload.
    import filetype

    guessed = filetype.guess_mime(head) if head else None
    if guessed is None:
        return _text_type(head)
    mime = _OTHER_NAMES.get(guessed, guessed)
    if mime == "video/webm" and b"A_OPUS" in head and not any(c in head for c in _VIDEO_CODECS):
        # What browsers record from a microphone.
        return "audio/webm"
    if mime == "video/mp4" and _is_sound(head):
        return "audio/mp4"
    return str(mime)


def _is_sound(mp4: bytes) -> bool:
    """Whether all tracks are sound, as in a recording from a microphone; ISO/IEC 14496-12 §8.

    Only a short `moov` can be looked at whole: a recorder's, which knows of no samples yet.
    """
    at = 0
    while at + _BOX.size <= len(mp4):
        size, kind = _BOX.unpack_from(mp4, at)
        if kind == b"moov":
            tracks = mp4[at : at + size]
            return len(tracks) == size and b"soun" in tracks and b"vide" not in tracks
        if size < _BOX.size:
            break
        at += size
    return False


def _text_type(head: bytes) -> str:
    try:
        text = head.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A character may be cut in two at the end of what is looked at.
        if error.start < len(head) - 3 or len(head) < HEAD_BYTES:
            return BYTES
        text = head[: error.start].decode("utf-8-sig")
    if not text or any(char < " " and char not in "\t\n\r\f\x1b" for char in text):
        return BYTES
    begun = text.lstrip()[:1024].lower().encode()
    return next((mime for mark, mime in _MARKUP if mark in begun[:256]), TEXT)


def content_type(mime: str) -> str:
    """What a browser is told that a file is."""
    return mime if mime in SHOWN else BYTES


def is_inline(mime: str) -> bool:
    """Whether a browser may play it where it stands, instead of saving it."""
    return mime in PLAYED
