"""Messages: pages of them, sending, and what happens to a message afterwards."""

from typing import Any

from aiohttp import web

from messenger.errors import (
    Archived,
    Forbidden,
    IdempotencyMismatch,
    NotFound,
    RateLimited,
    ValidationFailed,
)
from messenger.http import cursors
from messenger.http.answers import Page, respond
from messenger.http.keys import DATABASE, DIRECTORY, IDENTITY
from messenger.http.operation import Input, ask, operation
from messenger.http.reading import Limit, Short, path_id
from messenger.model import Message, Reaction, SentMessage
from messenger.protocol import commands
from messenger.protocol.commands import Cursor
from messenger.rules.moments import checked_moment
from messenger.store import history
from messenger.store.history import Pin, Reactor

CHANGING = (NotFound, Forbidden, Archived, IdempotencyMismatch, ValidationFailed)
OF_CHAT = {"chat_id": "id"}
OF_MESSAGE = {"chat_id": "id", "seq": "seq"}
OF_REACTION = {**OF_MESSAGE, "emoji": "emoji"}
WAYS = ("after_seq", "before_seq", "around_seq", "around_time")
BESIDE = {"next": int | None, "oldest_seq": int}


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


class ReactionsQuery(Input, frozen=True, kw_only=True):
    """An emoji whose people are on several pages stands on each, with some of them."""

    next: cursors.Next | None = None
    limit: Limit = 200


# Reading


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
    found = await history.page(
        request.app[DATABASE],
        request[IDENTITY].user_id,
        chat_id,
        query.limit,
        after=query.after_seq,
        before=query.before_seq,
        around=query.around_seq,
        at=None if at is None else checked_moment(at, "around_time"),
    )
    return Page(found.messages, found.next, {"oldest_seq": found.oldest_seq})


@operation("One message", tag="messages", ok=Message, errors=(NotFound,))
async def show_message(request: web.Request) -> Message:
    me, seq = request[IDENTITY].user_id, path_id(request, "seq")
    return await history.message(request.app[DATABASE], me, path_id(request), seq)


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
    after = cursors.read(query.next, Reactor)
    found, place = await history.reactions(
        request.app[DATABASE], me, path_id(request), seq, query.limit, after
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
    after = cursors.read(query.next, Pin)
    me = request[IDENTITY].user_id
    found, place = await history.pins(
        request.app[DATABASE], me, path_id(request), query.limit, after
    )
    return Page(found, cursors.write(place))


# Changing


@operation(
    "Send a message; a repeat of its `client_message_id` gets the first answer, with 200",
    tag="messages",
    command=commands.SendMessage,
    path=OF_CHAT,
    ok=SentMessage,
    status=201,
    repeat_status=200,
    errors=(NotFound, IdempotencyMismatch, RateLimited, ValidationFailed),
)
async def send_message(request: web.Request, command: commands.SendMessage) -> web.StreamResponse:
    # An `Idempotency-Key` says nothing here: `client_message_id` is the message's key, for ever.
    sent: SentMessage = await ask(request, command)
    return respond(sent, 200 if sent.duplicate else 201)


@operation(
    "Edit one's own message",
    tag="messages",
    command=commands.EditMessage,
    path=OF_MESSAGE,
    ok=Message,
    errors=CHANGING,
)
async def edit_message(request: web.Request, command: commands.EditMessage) -> Any:
    return await ask(request, command)


@operation(
    "Delete a message; what is left says that there was one",
    tag="messages",
    command=commands.DeleteMessage,
    path=OF_MESSAGE,
    ok=Message,
    errors=CHANGING,
)
async def delete_message(request: web.Request, command: commands.DeleteMessage) -> Any:
    return await ask(request, command)


@operation(
    "Pin a message",
    tag="messages",
    command=commands.PinMessage,
    path=OF_MESSAGE,
    ok=Message,
    errors=CHANGING,
)
async def pin_message(request: web.Request, command: commands.PinMessage) -> Any:
    return await ask(request, command)


@operation(
    "Take a pin away",
    tag="messages",
    command=commands.UnpinMessage,
    path=OF_MESSAGE,
    ok=Message,
    errors=CHANGING,
)
async def unpin_message(request: web.Request, command: commands.UnpinMessage) -> Any:
    return await ask(request, command)


@operation(
    "React to a message",
    tag="messages",
    command=commands.AddReaction,
    path=OF_REACTION,
    errors=CHANGING,
)
async def add_reaction(request: web.Request, command: commands.AddReaction) -> None:
    await ask(request, command)


@operation(
    "Take one's reaction away",
    tag="messages",
    command=commands.RemoveReaction,
    path=OF_REACTION,
    errors=CHANGING,
)
async def remove_reaction(request: web.Request, command: commands.RemoveReaction) -> None:
    await ask(request, command)
