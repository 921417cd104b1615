"""Files: taking them in, as many as a request has, and handing them out."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Annotated, Any, Final, Literal, TypeGuard, cast

import msgspec
from aiohttp import BodyPartReader, MultipartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from msgspec import Meta

from messenger.errors import (
    NotFound,
    PayloadTooLarge,
    QuotaExceeded,
    RateLimited,
    RequestTimeout,
    StorageFull,
    UnsupportedType,
    ValidationFailed,
)
from messenger.files.intake import Received
from messenger.http.plumbing import cursors, downloads
from messenger.http.plumbing.few_lines import FewLines
from messenger.http.plumbing.keys import (
    DATABASE,
    DIRECTORY,
    FILES,
    IDENTITY,
    STILL_READABLE,
    TURN,
)
from messenger.http.plumbing.operation import Input, look_again, operation
from messenger.http.plumbing.requests import Limit, Short, idempotency_key, path_id, path_value
from messenger.http.plumbing.responses import Page
from messenger.model import File, FileAbout
from messenger.protocol.command import Cursor, Id, Uuid
from messenger.protocol.commands import FILES_A_MESSAGE
from messenger.store.reads import files as file_reads
from messenger.store.reads.files import ChatFile, FileCursor, FileKind, Wanted
from messenger.store.rows import files
from messenger.store.rows.files import Stored

PIECE: Final = 256 * 1024
META_BYTES: Final = 1024
ABOUT: Final = msgspec.json.Decoder(FileAbout)
IDLE_SECONDS: Final = 30.0
"""An upload of which nothing arrives for so long is given up; as a whole it may take its time."""


class ChatFilesQuery(Input, frozen=True, kw_only=True):
    """What was attached last comes first; with `after_seq`, first. At most one of the two."""

    kind: Annotated[
        FileKind | None,
        Meta(
            description="`media` are images and videos that are not shown as files; `audio` is "
            "without `voice`; `document` is what is neither `media` nor `voice`."
        ),
    ] = None
    name: Annotated[Short | None, Meta(description="A part of the name, in any case.")] = None
    before_seq: Annotated[
        Cursor | None, Meta(description="Those attached before this place in the chat's log.")
    ] = None
    after_seq: Annotated[
        Cursor | None,
        Meta(description="Those attached after this place in the chat's log, in its order."),
    ] = None
    before: Annotated[
        cursors.Next | None,
        Meta(
            description="`next` of the page before, as it was given; with the same `after_seq`, "
            "if that had one."
        ),
    ] = None
    limit: Limit = 50


class UploadQuery(Input, frozen=True, kw_only=True):
    """The files are of that chat: who reads the chat can read them, once a message has them."""

    chat_id: Id


@operation(
    "Upload files to a chat, all of a request or none; a message then names their ids",
    tag="files",
    query=UploadQuery,
    upload=True,
    ok=list[File],
    status=201,
    errors=(NotFound, QuotaExceeded, RateLimited, StorageFull),
)
async def upload(request: web.Request, query: UploadQuery) -> list[File]:
    intake, who = request.app[FILES], request[IDENTITY]
    check_multipart(request)
    await check_upload(request, query.chat_id)
    received: list[Received] = []
    try:
        async for part, about in described_parts(request):
            spool = intake.begin()
            received.append(Received(part.filename or "", spool, about))
            async for chunk in chunks(part):
                await spool.write(chunk)
            await spool.close()
        if not received:
            raise ValidationFailed("There is no file in this request.")
        # Minutes may have passed: who uploads may be somebody else by now.
        who = await look_again(request)
        return await intake.keep(who.user_id, query.chat_id, received, idempotency_key(request))
    finally:
        for each in received:
            await each.spool.discard()


@operation(
    "A file's content, whole or a range of it",
    tag="files",
    path={"id": Uuid},
    ok=bytes,
    by_cookie=True,
    errors=(NotFound,),
)
async def show_file(request: web.Request) -> web.StreamResponse:
    id = path_value(request, "id", Uuid)

    async def again() -> Stored:
        who = await look_again(request)
        return await request.app[STILL_READABLE].find(who.user_id, id)

    stored = await files.readable(request.app[DATABASE], request[IDENTITY].user_id, id)
    return await downloads.send(request, request.app[FILES].storage, stored, again)


@operation(
    "The files of a chat's messages and cards, what was attached last first",
    tag="files",
    query=ChatFilesQuery,
    ok=ChatFile,
    page=True,
    errors=(NotFound, ValidationFailed),
)
async def list_files(request: web.Request, query: ChatFilesQuery) -> Page:
    if None not in (query.before_seq, query.after_seq):
        raise ValidationFailed("Give one of `before_seq`, `after_seq`.")
    found, place = await file_reads.in_chat(
        request.app[DATABASE],
        request[IDENTITY].user_id,
        path_id(request),
        query.limit,
        Wanted(kind=query.kind, name=query.name),
        cursors.read(query.before, FileCursor) or beside(query),
        newer=query.after_seq is not None,
    )
    return Page(found, cursors.write(place))


def beside(query: ChatFilesQuery) -> FileCursor | None:
    """The place next to the files of one `seq`, on the side that is asked for."""
    if query.after_seq is not None:
        return FileCursor(query.after_seq, file_reads.LAST)
    return None if query.before_seq is None else FileCursor(query.before_seq, 0)


class PreviewQuery(Input, frozen=True, kw_only=True):
    """Pixels of the longer side, at the most."""

    size: Literal["320", "1600"] = "320"


@operation(
    "A file's picture, or a PDF's first page, as a small WebP without metadata",
    tag="files",
    path={"id": Uuid},
    query=PreviewQuery,
    ok=bytes,
    by_cookie=True,
    errors=(NotFound,),
)
async def show_preview(request: web.Request, query: PreviewQuery) -> web.StreamResponse:
    id = path_value(request, "id", Uuid)
    user_id = request[IDENTITY].user_id
    stored = await files.readable(request.app[DATABASE], user_id, id)
    if not stored.file.preview:
        raise NotFound("This file has no preview.")
    headers = {**downloads.HEADERS, "ETag": f'"{stored.sha256.hex()}-{query.size}"'}
    if downloads.names(request.headers.get("If-None-Match", ""), headers["ETag"]):
        return web.Response(status=304, headers=headers)
    request[TURN].over()
    webp = await request.app[FILES].previews.webp(stored, int(query.size), user_id)
    # Drawing it may have taken seconds.
    who = await look_again(request)
    await files.readable(request.app[DATABASE], who.user_id, id)
    return web.Response(body=webp, content_type="image/webp", headers=headers)


async def check_upload(request: web.Request, chat_id: int) -> None:
    """Refuse before anything arrives; raises RateLimited, NotFound or QuotaExceeded."""
    who = request[IDENTITY]
    request.app[DIRECTORY].context.check_upload_rate(who)
    await request.app[FILES].check(who.user_id, chat_id)


# Reading a multipart body (RFC 7578)


def check_multipart(request: web.Request) -> None:
    if request.content_type != "multipart/form-data":
        raise UnsupportedType("Send files as multipart/form-data.")
    if "Content-Encoding" in request.headers:
        raise UnsupportedType("Send the body as it is, without Content-Encoding.")


async def parts(request: web.Request) -> AsyncIterator[BodyPartReader]:
    """The files of a body that has nothing else; raises what `described_parts` does."""
    async for part, about in described_parts(request):
        if about != FileAbout():
            raise ValidationFailed("`meta` says nothing here.", field="meta")
        yield part


async def described_parts(
    request: web.Request,
) -> AsyncIterator[tuple[BodyPartReader, FileAbout]]:
    """The files of a body, each with what the field `meta` right before it says of it.

    Raises ValidationFailed, PayloadTooLarge or RequestTimeout.
    """
    count, about = 0, None
    with readable():
        reader = MultipartReader(request.headers, cast(StreamReader, FewLines(request.content)))
    while True:
        with readable():
            async with asyncio.timeout(IDLE_SECONDS):
                part = await reader.next()
        if part is not None and about is None and is_meta(part):
            about = await read_meta(part)
            continue
        if part is None and about is None:
            return
        if not isinstance(part, BodyPartReader) or part.filename is None:
            raise ValidationFailed("Every part is a file with its name, or its `meta` before it.")
        count += 1
        if count > FILES_A_MESSAGE:
            raise PayloadTooLarge(f"Up to {FILES_A_MESSAGE} files fit into one request.")
        yield part, about or FileAbout()
        about = None


def is_meta(part: object) -> TypeGuard[BodyPartReader]:
    return isinstance(part, BodyPartReader) and part.filename is None and part.name == "meta"


async def read_meta(part: BodyPartReader) -> FileAbout:
    """Read what an uploader says of the file that comes next; raises ValidationFailed."""
    raw = b""
    async for chunk in chunks(part):
        raw += chunk
        if len(raw) > META_BYTES:
            raise ValidationFailed(f"`meta` has up to {META_BYTES} bytes.", field="meta")
    try:
        return ABOUT.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ValidationFailed(f"`meta` cannot be read: {error}", field="meta") from None


async def chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while True:
        with readable():
            async with asyncio.timeout(IDLE_SECONDS):
                chunk = await part.read_chunk(PIECE)
        if not chunk:
            return
        yield chunk


@contextlib.contextmanager
def readable() -> Any:
    """Say in the contract's words what is wrong with a body, or with the line it comes on."""
    try:
        yield
    except TimeoutError:
        raise RequestTimeout from None
    except (web.RequestPayloadError, ConnectionError, EOFError):
        raise ValidationFailed("The body cannot be read to its end.") from None
    except (ValueError, AssertionError, HttpProcessingError):
        raise ValidationFailed("The body is no well-formed multipart/form-data.") from None
