"""Avatars: a picture for oneself or for a chat, taking it away, and handing it out."""

from typing import Annotated, Final, Literal

from aiohttp import web
from msgspec import Meta

from messenger.errors import (
    Forbidden,
    NotFound,
    PayloadTooLarge,
    QuotaExceeded,
    RateLimited,
    StorageFull,
    UnsupportedType,
    ValidationFailed,
)
from messenger.files.previews.jobs import Crop
from messenger.http.endpoints.files import check_multipart, chunks, parts
from messenger.http.plumbing import downloads
from messenger.http.plumbing.keys import AVATARS, DATABASE, DIRECTORY, IDENTITY, TURN
from messenger.http.plumbing.operation import Input, ask, look_again, operation
from messenger.http.plumbing.requests import idempotency_key, path_id, path_value
from messenger.model import Chat, Me
from messenger.protocol.accounts import UpdateUser
from messenger.protocol.avatars import SetChatAvatar
from messenger.protocol.command import Uuid
from messenger.rules import chats as rules
from messenger.store.reads import chats as chat_reads

Part = Annotated[float, Meta(ge=0, le=1)]
PICTURE_ERRORS: Final = (
    Forbidden,
    NotFound,
    PayloadTooLarge,
    QuotaExceeded,
    RateLimited,
    StorageFull,
    UnsupportedType,
    ValidationFailed,
)


class CropQuery(Input, frozen=True, kw_only=True):
    """The square of the upright picture that is shown: all three, or the middle is taken."""

    x: Annotated[
        Part | None, Meta(description="Where it begins, as a part of the width: 0 to 1.")
    ] = None
    y: Annotated[
        Part | None, Meta(description="Where it begins, as a part of the height: 0 to 1.")
    ] = None
    size: Annotated[
        Part | None, Meta(description="Its side, as a part of the picture's shorter one.")
    ] = None

    def crop(self) -> Crop | None:
        """Raises ValidationFailed for a part of it, or a square of nothing."""
        given = (self.x, self.y, self.size)
        if given == (None, None, None):
            return None
        if self.x is None or self.y is None or not self.size:
            raise ValidationFailed("Give `x`, `y` and a `size` above 0, or none of them.")
        return Crop(self.x, self.y, self.size)


class SizeQuery(Input, frozen=True, kw_only=True):
    """Pixels of its sides, at the most."""

    size: Literal["64", "160", "512"] = "160"


# A person's


@operation(
    "Upload a picture of yours: one JPEG, PNG, GIF, WebP, AVIF or HEIC",
    tag="users",
    query=CropQuery,
    upload=True,
    ok=Me,
    errors=PICTURE_ERRORS,
)
async def set_mine(request: web.Request, query: CropQuery) -> Me:
    crop = query.crop()
    url = await received(request, crop, request[IDENTITY].user_id)
    return await change(request, request[IDENTITY].user_id, url)


@operation("Take your picture away; twice is once", tag="users", ok=Me)
async def remove_mine(request: web.Request) -> Me:
    return await change(request, request[IDENTITY].user_id, None)


@operation(
    "Take a person's picture away; twice is once",
    tag="admin",
    admin=True,
    ok=Me,
    errors=(NotFound,),
)
async def remove_theirs(request: web.Request) -> Me:
    return await change(request, path_id(request), None)


async def change(request: web.Request, user_id: int, url: str | None) -> Me:
    command = UpdateUser(user_id=user_id, avatar_url=url, key=idempotency_key(request))
    changed: Me = await ask(request, command)
    return changed


# A chat's


@operation(
    "Upload a picture for a chat: its owner and administrators; not for a direct chat",
    tag="chats",
    query=CropQuery,
    upload=True,
    ok=Chat,
    errors=PICTURE_ERRORS,
)
async def set_of_chat(request: web.Request, query: CropQuery) -> Chat:
    chat_id, crop = path_id(request), query.crop()
    await check_may_set(request, chat_id)
    return await change_chat(request, chat_id, await received(request, crop, chat_id))


@operation(
    "Take a chat's picture away: its owner and administrators; twice is once",
    tag="chats",
    ok=Chat,
    errors=(NotFound, Forbidden),
)
async def remove_of_chat(request: web.Request) -> Chat:
    return await change_chat(request, path_id(request), None)


async def change_chat(request: web.Request, chat_id: int, url: str | None) -> Chat:
    command = SetChatAvatar(chat_id=chat_id, avatar_url=url, key=idempotency_key(request))
    changed: Chat = await ask(request, command)
    return changed


async def check_may_set(request: web.Request, chat_id: int) -> None:
    """Refuse before anything arrives what the chat itself would refuse after."""
    found = await chat_reads.chat(request.app[DATABASE], request[IDENTITY].user_id, chat_id)
    rules.check_change_chat(found.my, found)


# Taking it in, and handing it out


async def received(request: web.Request, crop: Crop | None, stream_id: int) -> str:
    """Receive one picture and make an avatar of it; return its address."""
    avatars = request.app[AVATARS]
    request.app[DIRECTORY].context.check_upload_rate(request[IDENTITY])
    check_multipart(request)
    spool = None
    try:
        async for part in parts(request):
            if spool is not None:
                raise ValidationFailed("One picture is taken at a time.")
            spool = avatars.begin()
            async for chunk in chunks(part):
                await spool.write(chunk)
            await spool.close()
        if spool is None:
            raise ValidationFailed("There is no picture in this request.")
        who = await look_again(request)
        url = await avatars.make(spool, crop, who.user_id, stream_id)
        # Drawing it may have taken seconds.
        await look_again(request)
        return url
    finally:
        if spool is not None:
            await spool.discard()


@operation(
    "The picture of a person or a chat, as a square WebP without metadata",
    note="For whoever sees the person, or reads the chat; only while it is theirs.",
    tag="files",
    path={"id": Uuid},
    query=SizeQuery,
    ok=bytes,
    by_cookie=True,
    errors=(NotFound,),
)
async def show(request: web.Request, query: SizeQuery) -> web.StreamResponse:
    id, side = path_value(request, "id", Uuid), int(query.size)
    # The address has what it shows in it, so it is its tag as well.
    headers = {**downloads.HEADERS, "ETag": f'"{id}-{side}"'}
    del headers["Accept-Ranges"]
    request[TURN].over()
    webp = await request.app[AVATARS].webp(request[IDENTITY], id, side)
    if downloads.names(request.headers.get("If-None-Match", ""), headers["ETag"]):
        return web.Response(status=304, headers=headers)
    return web.Response(body=webp, content_type="image/webp", headers=headers)
