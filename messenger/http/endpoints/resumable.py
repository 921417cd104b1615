"""Uploads that can be interrupted: tus 1.0 with creation, termination and expiration.

The protocol's own status codes and headers, our bodies: a refusal is an error of the contract. The
file that a finished upload becomes has the upload's id.
"""

import asyncio
import re
from base64 import b64decode
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from email.utils import format_datetime
from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import (
    DomainError,
    NotFound,
    OffsetConflict,
    PayloadTooLarge,
    PreconditionFailed,
    QuotaExceeded,
    RateLimited,
    StorageFull,
    UnsupportedType,
    ValidationFailed,
)
from messenger.files.names import display_name
from messenger.files.parts import Upload
from messenger.http.endpoints.files import IDLE_SECONDS, check_upload, readable
from messenger.http.plumbing.keys import DIRECTORY, IDENTITY, UPLOADS
from messenger.http.plumbing.operation import Input, look_again, operation
from messenger.http.plumbing.requests import path_value
from messenger.http.plumbing.responses import json
from messenger.model import FileAbout, timestamp
from messenger.protocol.command import Id, Uuid

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,termination,expiration"
PART: Final = "application/offset+octet-stream"
DIGITS: Final = re.compile(r"[0-9]{1,9}")
PIECE: Final = 1024 * 1024
"""Bytes that are gathered before they are written."""
SMALL: Final = 64 * 1024
"""Bytes; a part that has fewer, and is not the last, counts as a change of its sender's."""
ROUTE: Final = "/api/v1/uploads/resumable"
REFUSALS: Final = (NotFound, PreconditionFailed, ValidationFailed)


class ResumableQuery(Input, frozen=True, kw_only=True):
    """The file's name is `filename` of `Upload-Metadata`, its size `Upload-Length`.

    `Upload-Metadata` may also have what `meta` of an upload in one piece may have, one key each.
    With `unpack` in `Upload-Metadata`, without a value, it is a ZIP, as large as one may be, and
    becomes no file by itself: once it is whole, `POST /uploads/resumable/{id}/unpack` makes files.
    """

    chat_id: Id


class UploadState(msgspec.Struct, frozen=True, kw_only=True):
    """How far an upload has come; the file has the same id once all of it is here."""

    id: Annotated[str, Meta(description="Of the upload, and of the file.")]
    offset: Annotated[int, Meta(description="Bytes that have arrived.")]
    size: Annotated[int, Meta(description="Bytes that were announced.")]
    expires_at: Annotated[str, Meta(description="It is forgotten then, unless more of it comes.")]


@operation("What of tus is spoken here", tag="files", public=True)
async def options(request: web.Request) -> web.Response:
    most = request.app[UPLOADS].intake.most
    more = {"Tus-Version": VERSION, "Tus-Extension": EXTENSIONS, "Tus-Max-Size": str(most)}
    return answer(204, more)


@operation(
    "Begin an upload that can be interrupted (tus 1.0)",
    tag="files",
    query=ResumableQuery,
    ok=UploadState,
    status=201,
    errors=(*REFUSALS, PayloadTooLarge, QuotaExceeded, RateLimited, StorageFull),
)
async def create(request: web.Request, query: ResumableQuery) -> web.Response:
    check_version(request)
    await check_upload(request, query.chat_id)
    uploads = request.app[UPLOADS]
    size, given = length(request, "Upload-Length"), metadata(request)
    upload = await uploads.create(
        request[IDENTITY].user_id,
        query.chat_id,
        filename(given),
        size,
        described(given),
        unpack="unpack" in given,
    )
    if size == 0:
        await uploads.finish(upload)
    made = state_response(upload, 0, uploads.expires(upload), 201)
    made.headers["Location"] = f"{ROUTE}/{upload.id}"
    return made


@operation(
    "How far an upload has come (tus 1.0); tus asks with HEAD",
    tag="files",
    path={"id": Uuid},
    ok=UploadState,
    errors=REFUSALS,
)
async def show(request: web.Request) -> web.Response:
    upload, offset = await found(request)
    return state_response(upload, offset, request.app[UPLOADS].expires(upload))


@operation(
    "The next part of an upload (tus 1.0)",
    tag="files",
    path={"id": Uuid},
    upload=True,
    upload_type=PART,
    status=204,
    errors=(*REFUSALS, OffsetConflict, PayloadTooLarge, QuotaExceeded, RateLimited, StorageFull),
)
async def append(request: web.Request) -> web.Response:
    check_version(request)
    if request.content_type != PART:
        raise UnsupportedType(f"Send the part as {PART}.")
    uploads = request.app[UPLOADS]
    upload, here = await found(request)
    if (request.content_length or 0) < min(SMALL, upload.size - here):
        # A file in parts of one byte is a request, a look and a sync for each of its bytes.
        request.app[DIRECTORY].context.check_upload_rate(request[IDENTITY])
    offset = await uploads.append(upload, length(request, "Upload-Offset"), pieces(request))
    if offset == upload.size:
        # Hours may have passed since it was begun.
        await look_again(request)
        await uploads.finish(upload)
    return answer(204, progress(offset, upload, uploads.expires(upload)))


@operation(
    "End an upload, and forget what has come of it (tus 1.0)",
    tag="files",
    path={"id": Uuid},
    status=204,
    errors=(*REFUSALS, OffsetConflict),
)
async def end(request: web.Request) -> web.Response:
    check_version(request)
    upload, _ = await found(request)
    await request.app[UPLOADS].end(upload)
    return answer(204)


async def found(request: web.Request) -> tuple[Upload, int]:
    """The asker's own upload, and how far it is; whole, it becomes a file if it is none yet."""
    uploads = request.app[UPLOADS]
    upload = await uploads.find(request[IDENTITY].user_id, path_value(request, "id", Uuid))
    offset = await uploads.offset(upload)
    if offset == upload.size and request.method != "DELETE":
        await uploads.finish(upload)
    return upload, offset


async def pieces(request: web.Request) -> AsyncIterator[bytes]:
    """The body, gathered; what has come before the line broke comes too."""
    gathered = bytearray()
    broken: DomainError | None = None
    while True:
        try:
            with readable():
                async with asyncio.timeout(IDLE_SECONDS):
                    chunk = await request.content.readany()
        except DomainError as error:
            broken, chunk = error, b""
        gathered += chunk
        if gathered and (not chunk or len(gathered) >= PIECE):
            yield bytes(gathered)
            gathered.clear()
        if not chunk:
            break
    if broken is not None:
        raise broken


def check_version(request: web.Request) -> None:
    if request.headers.get("Tus-Resumable", VERSION) != VERSION:
        raise PreconditionFailed(f"This is tus {VERSION}.", version=VERSION)


def length(request: web.Request, header: str) -> int:
    text = request.headers.get(header, "")
    if not text.isascii() or not text.isdecimal() or len(text) > 15:
        raise ValidationFailed(f"`{header}` is a whole number of bytes.", field=header)
    return int(text)


def metadata(request: web.Request) -> dict[str, str]:
    """Pairs of a key and its value, encoded; a key may stand alone."""
    pairs = (
        pair.strip().partition(" ")
        for pair in request.headers.get("Upload-Metadata", "").split(",")
    )
    return {key: value for key, _, value in pairs}


def text(given: dict[str, str], key: str, errors: str = "strict") -> str | None:
    """What stands under a key; None where that is nothing, no base64, or no UTF-8."""
    with suppress(KeyError, ValueError):
        return b64decode(given[key], validate=True).decode("utf-8", errors)
    return None


def described(given: dict[str, str]) -> FileAbout:
    """What the metadata says of the file beside its name; raises ValidationFailed."""
    said: dict[str, str | int] = {}
    for name in FileAbout.__struct_fields__:
        value = text(given, name)
        if value is not None:
            said[name] = int(value) if name == "duration_ms" and DIGITS.fullmatch(value) else value
    try:
        return msgspec.convert(said, FileAbout)
    except msgspec.ValidationError as error:
        raise ValidationFailed(f"`Upload-Metadata`: {error}", field="Upload-Metadata") from None


def filename(given: dict[str, str]) -> str:
    name = text(given, "filename", "surrogateescape")
    if name is not None:
        return display_name(name)
    raise ValidationFailed("`Upload-Metadata` has a `filename` in base64.", field="Upload-Metadata")


def progress(offset: int, upload: Upload, until: datetime) -> dict[str, str]:
    return {
        "Upload-Offset": str(offset),
        "Upload-Length": str(upload.size),
        "Upload-Expires": format_datetime(until, usegmt=True),
        "Tus-Resumable": VERSION,
    }


def state_response(upload: Upload, offset: int, until: datetime, status: int = 200) -> web.Response:
    """The state of an upload, in the headers of tus and in a body of ours."""
    state = UploadState(id=upload.id, offset=offset, size=upload.size, expires_at=timestamp(until))
    response = json({"data": state}, status)
    response.headers.update(progress(offset, upload, until))
    return response


def answer(status: int, headers: dict[str, str] | None = None) -> web.Response:
    always = {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}
    return web.Response(status=status, headers=always | (headers or {}))
