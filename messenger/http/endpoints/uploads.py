"""An archive that becomes files: of one request, or of an upload that came in parts."""

from functools import partial
from typing import Annotated, Final

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import (
    NotFound,
    OffsetConflict,
    PayloadTooLarge,
    QuotaExceeded,
    RateLimited,
    StorageFull,
    UnsupportedType,
    ValidationFailed,
)
from messenger.files.intake import Received
from messenger.files.refusals import Refused
from messenger.http.endpoints.files import check_multipart, check_upload, chunks, parts
from messenger.http.plumbing.keys import ARCHIVES, DIRECTORY, FILES, IDENTITY, UPLOADS
from messenger.http.plumbing.operation import Input, look_again, operation
from messenger.http.plumbing.requests import idempotency_key, path_value
from messenger.model import File
from messenger.protocol.command import Id, Uuid
from messenger.protocol.events import UploadProgress
from messenger.store.rows import files

NAMELESS: Final = "archive.zip"


class ArchiveQuery(Input, frozen=True, kw_only=True):
    """Whose the files will be, and how."""

    chat_id: Id
    keep: Annotated[bool, Meta(description="Whether the archive becomes a file too.")] = False
    upload_id: Annotated[
        Uuid | None,
        Meta(description="A UUID of yours: progress is told under it on your sockets."),
    ] = None


class WaitingQuery(Input, frozen=True, kw_only=True):
    """How its files are to be made; their progress is told under the upload's id."""

    keep: Annotated[bool, Meta(description="Whether the archive becomes a file too.")] = False


class Unpacked(msgspec.Struct, frozen=True, kw_only=True):
    """What has become of an archive."""

    files: Annotated[list[File], Meta(description="The entries that were taken, in order.")]
    refused: Annotated[list[Refused], Meta(description="The entries that were not, and why.")]
    original: Annotated[File | None, Meta(description="The archive itself, if it was to be kept.")]


@operation(
    "Upload a ZIP and get its entries as files of a chat",
    tag="files",
    query=ArchiveQuery,
    upload=True,
    ok=Unpacked,
    status=201,
    errors=(NotFound, UnsupportedType, PayloadTooLarge, QuotaExceeded, RateLimited, StorageFull),
)
async def unpack(request: web.Request, query: ArchiveQuery) -> Unpacked:
    intake, archives, who = request.app[FILES], request.app[ARCHIVES], request[IDENTITY]
    check_multipart(request)
    await check_upload(request, query.chat_id)
    received: Received | None = None
    try:
        async for part in parts(request):
            if received is not None:
                raise ValidationFailed("One archive is taken at a time.")
            spool = intake.begin(archives.most)
            received = Received(part.filename or NAMELESS, spool)
            async for chunk in chunks(part):
                await spool.write(chunk)
            await spool.close()
        if received is None:
            raise ValidationFailed("There is no archive in this request.")
        who = await look_again(request)
        unpacked = await archives.unpack(
            who.user_id,
            received,
            key=idempotency_key(request),
            keep=query.keep,
            progress=partial(send_progress, request, query.upload_id),
        )
        # Minutes may have passed, again.
        who = await look_again(request)
        made = await intake.add(who.user_id, query.chat_id, unpacked.uploads)
        original = made.pop() if query.keep else None
        return Unpacked(files=made, refused=unpacked.refused, original=original)
    finally:
        if received is not None:
            await received.spool.discard()


@operation(
    "Get the entries of an archive as files, once all its parts are here",
    tag="files",
    path={"id": Uuid},
    query=WaitingQuery,
    lasting=True,
    ok=Unpacked,
    status=201,
    errors=(
        *(NotFound, OffsetConflict, UnsupportedType, PayloadTooLarge),
        *(QuotaExceeded, RateLimited, StorageFull),
    ),
    note="Begun with `unpack` in `Upload-Metadata`. A repeat is answered with the same files;"
    " while the first is under way it is `offset_conflict`. What is refused is forgotten.",
)
async def unpack_waiting(request: web.Request, query: WaitingQuery) -> Unpacked:
    intake, uploads = request.app[FILES], request.app[UPLOADS]
    upload = await uploads.find(request[IDENTITY].user_id, path_value(request, "id", Uuid))
    await check_upload(request, upload.chat_id)
    outcome = await uploads.unpack(
        upload,
        keep=query.keep,
        progress=partial(send_progress, request, upload.id),
        still=partial(look_again, request),
    )
    ids = [*outcome.files, *filter(None, [outcome.original])]
    made = [each.file for each in await files.find(intake.database, ids)]
    original = made.pop() if made and made[-1].id == outcome.original else None
    return Unpacked(files=made, refused=outcome.refused, original=original)


def send_progress(request: web.Request, upload_id: str | None, done: int, total: int) -> None:
    """Say on the uploader's own sockets how far their archive is."""
    user_id = request[IDENTITY].user_id
    stream = request.app[DIRECTORY].streams.by_id.get(user_id)
    if upload_id is None or stream is None:
        return
    signal = UploadProgress(upload_id=upload_id, done=done, total=total)
    for reader in stream.of(user_id):
        reader.push(reader.codec.pack(signal))
