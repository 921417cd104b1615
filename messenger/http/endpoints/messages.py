"""Reading messages: pages of them, one, its reactions, pins."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from messenger.archive import lists
from messenger.errors import (
    NotFound,
    ValidationFailed,
)
from messenger.http.plumbing import cursors
from messenger.http.plumbing.keys import DATABASE, DIRECTORY, IDENTITY, READING
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Limit, Short, path_id
from messenger.http.plumbing.responses import Page
from messenger.model import Message, Reaction
from messenger.protocol.command import Cursor
from messenger.rules.moments import checked_moment
from messenger.store.reads import messages as message_reads
from messenger.store.reads.messages import ForwardedSource, PinCursor, ReactionCursor

WAYS = ("after_seq", "before_seq", "around_seq", "around_time")
BESIDE = {
    "next": int | None,
    "oldest_seq": int,
    "archived_seq": Annotated[int, Meta(description="Up to here it is archived; 0: nothing is.")],
}


class MessagesQuery(Input, frozen=True, kw_only=True):
    """At most one of the four; without, the latest messages.

    `next` is a `seq`: with `before_seq`, and without any of them, the
    `before_seq` of the next page, otherwise its `after_seq`.
    """

    after_seq: Cursor | None = None
    before_seq: Cursor | None = None
    around_seq: Cursor | None = None
    around_time: Short | None = None
    limit: Limit = 50


class PinsQuery(Input, frozen=True, kw_only=True):
    next: cursors.Next | None = None
    limit: Limit = 50


class LinksQuery(Input, frozen=True, kw_only=True):
    """What counts is `://`, or a dot between a word and two letters: some of it is no address."""

    before_seq: Annotated[
        Cursor | None, Meta(description="`next` of the page before; without, the latest.")
    ] = None
    limit: Limit = 50


class ReactionsQuery(Input, frozen=True, kw_only=True):
    """An emoji whose people are on several pages stands on each, with some of them."""

    next: cursors.Next | None = None
    limit: Limit = 200


@operation(
    "A chat's messages, in ascending `seq`",
    tag="messages",
    query=MessagesQuery,
    ok=Message,
    page=True,
    beside=BESIDE,
    errors=(NotFound, ValidationFailed),
)
async def list_messages(request: web.Request, query: MessagesQuery) -> Page:
    return await page(request, path_id(request), query)


@operation(
    "Messages of the organisation's common chat",
    tag="messages",
    query=MessagesQuery,
    ok=Message,
    page=True,
    beside=BESIDE,
    errors=(NotFound, ValidationFailed),
)
async def list_org_messages(request: web.Request, query: MessagesQuery) -> Page:
    return await page(request, request.app[DIRECTORY].org_id, query)


async def page(request: web.Request, chat_id: int, query: MessagesQuery) -> Page:
    if sum(getattr(query, way) is not None for way in WAYS) > 1:
        raise ValidationFailed(f"Give one of {', '.join(f'`{way}`' for way in WAYS)}.")
    at = query.around_time
    found = await request.app[READING].page(
        request[IDENTITY].user_id,
        chat_id,
        query.limit,
        after=query.after_seq,
        before=query.before_seq,
        around=query.around_seq,
        at=None if at is None else checked_moment(at, "around_time"),
    )
    return Page(
        found.messages,
        found.next,
        {"oldest_seq": found.oldest_seq, "archived_seq": found.archived_seq},
    )


@operation("One message", tag="messages", ok=Message, errors=(NotFound,))
async def show_message(request: web.Request) -> Message:
    me, seq = request[IDENTITY].user_id, path_id(request, "seq")
    return await request.app[READING].message(me, path_id(request), seq)


@operation(
    "The message that this one was forwarded from; null for those who may not read it",
    tag="messages",
    ok=ForwardedSource,
    errors=(NotFound,),
)
async def show_source(request: web.Request) -> ForwardedSource:
    me, seq = request[IDENTITY].user_id, path_id(request, "seq")
    return await request.app[READING].source(me, path_id(request), seq)


@operation(
    "Who reacted to a message, by emoji; `limit` counts people, `count` all who gave an emoji",
    tag="messages",
    query=ReactionsQuery,
    ok=Reaction,
    page=True,
    errors=(NotFound, ValidationFailed),
)
async def list_reactions(request: web.Request, query: ReactionsQuery) -> Page:
    me, seq = request[IDENTITY].user_id, path_id(request, "seq")
    after = cursors.read(query.next, ReactionCursor)
    found, place = await request.app[READING].reactions(
        me, path_id(request), seq, query.limit, after
    )
    return Page(found, cursors.write(place))


@operation(
    "Pinned messages, the latest pin first",
    tag="messages",
    query=PinsQuery,
    ok=Message,
    page=True,
    errors=(NotFound, ValidationFailed),
)
async def list_pins(request: web.Request, query: PinsQuery) -> Page:
    after = cursors.read(query.next, PinCursor)
    me = request[IDENTITY].user_id
    found, place = await message_reads.pins(
        request.app[DATABASE], me, path_id(request), query.limit, after
    )
    return Page(found, cursors.write(place))


@operation(
    "Messages that have a link in their text, the latest first",
    tag="messages",
    query=LinksQuery,
    ok=Message,
    page=True,
    beside={"next": int | None},
    errors=(NotFound, ValidationFailed),
)
async def list_links(request: web.Request, query: LinksQuery) -> Page:
    me = request[IDENTITY].user_id
    found, following = await lists.links(
        request.app[READING], me, path_id(request), query.limit, query.before_seq
    )
    return Page(found, following)
