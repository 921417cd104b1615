"""How a file goes out: ranges, validators, and headers that let a browser do nothing with it.

RFC 9110 §13 and §14: one range is served, several are answered with the whole; a range is asked for
by GET alone (§14.2). `bodies` writes the bytes.
"""

import re
from typing import Final
from urllib.parse import quote

import msgspec
from aiohttp import web

from messenger.files.storage import Storage
from messenger.files.types import content_type, is_inline
from messenger.http.plumbing import bodies
from messenger.http.plumbing.at_once import DOWNLOADS, AtOnce
from messenger.http.plumbing.bodies import Again
from messenger.http.plumbing.keys import IDENTITY, LEAVING, SENDFILE, STILL_READABLE, TURNS
from messenger.http.plumbing.sendfile import Sendfile
from messenger.http.plumbing.still_readable import StillReadable
from messenger.http.plumbing.turns import Turns
from messenger.store.db import Database
from messenger.store.rows.files import Stored

RANGE: Final = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")
HEADERS: Final = {
    # A file never changes under its id; whoever may not read it any more gets it from nowhere else.
    "Cache-Control": "private, max-age=31536000, immutable",
    "Accept-Ranges": "bytes",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def install(application: web.Application, sendfile: Sendfile, database: Database) -> None:
    """What downloads share."""
    application[SENDFILE] = sendfile
    application[STILL_READABLE] = StillReadable(database)
    application[LEAVING] = AtOnce("downloads", DOWNLOADS)
    application[TURNS] = Turns()


class Part(msgspec.Struct, frozen=True):
    """The bytes from `start` up to `end` of so many."""

    start: int
    end: int
    size: int
    whole: bool = False
    """Whether no range was asked for: Safari plays nothing where a range that is all gets a 200."""


async def send(
    request: web.Request, storage: Storage, stored: Stored, again: Again
) -> web.StreamResponse:
    """Answer with a file, or with a part of it."""
    tag = f'"{stored.sha256.hex()}"'
    headers = {
        **HEADERS,
        "ETag": tag,
        "Content-Disposition": disposition(stored.file.name, is_inline(stored.file.mime)),
    }
    if names(request.headers.get("If-None-Match", ""), tag):
        return web.Response(status=304, headers=headers)
    part = part_of(request, tag, stored.file.size)
    if part is None:
        headers["Content-Range"] = f"bytes */{stored.file.size}"
        return web.Response(status=416, headers=headers)
    if not part.whole:
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{part.size}"
    response = web.StreamResponse(status=200 if part.whole else 206, headers=headers)
    response.content_type = content_type(stored.file.mime)
    response.content_length = part.end - part.start
    if request.method == "HEAD" or part.start == part.end:
        await response.prepare(request)
        return response
    with request.app[LEAVING].one_more(request[IDENTITY].user_id):
        await bodies.write(request, response, storage, stored, part.start, part.end, again)
    return response


def part_of(request: web.Request, tag: str, size: int) -> Part | None:
    """What of so many bytes is asked for; None where no byte of that is there."""
    whole = Part(0, size, size, whole=True)
    given = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if request.method != "GET" or given is None or request.headers.get("If-Range", tag) != tag:
        return whole
    first, last = given.groups()
    if not first and not last:
        return whole
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < start:
            return whole
    return Part(start, end, size) if start < end else None


def names(given: str, tag: str) -> bool:
    """Whether a list of entity tags has this one, compared weakly (RFC 9110 §8.8.3.2)."""
    listed = [each.strip().removeprefix("W/") for each in given.split(",")]
    return tag in listed or listed == ["*"]


def disposition(name: str, inline: bool) -> str:
    """How a file is to be saved, and under what name (RFC 6266, RFC 8187)."""
    way = "inline" if inline else "attachment"
    plain = re.sub(r'[^ -~]|["\\%]', "_", name)
    return f"{way}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
