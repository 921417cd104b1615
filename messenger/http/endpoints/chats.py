"""Chats: the list, making and changing them, their members, and the reader's own view of them."""

from aiohttp import web

from messenger.errors import (
    NotFound,
    ValidationFailed,
)
from messenger.http.endpoints.boards import BoardQuery
from messenger.http.plumbing import cursors
from messenger.http.plumbing.keys import DATABASE, DIRECTORY, IDENTITY
from messenger.http.plumbing.operation import Input, ask, operation
from messenger.http.plumbing.requests import Limit, path_id
from messenger.http.plumbing.responses import Page
from messenger.model import Member, Snapshot
from messenger.protocol import commands
from messenger.protocol.command import Cursor
from messenger.store.reads import chats as chat_reads
from messenger.store.reads.chats import ChatCursor, ListedChat


class ChatsQuery(Input, frozen=True, kw_only=True):
    """A chat that becomes active while the list is read moves to its front."""

    next: cursors.Next | None = None
    limit: Limit = 50


class MembersQuery(Input, frozen=True, kw_only=True):
    """`next` is the last user id of the page before."""

    next: Cursor = 0
    limit: Limit = 50


# The list, and single chats


@operation(
    "Your chats, the last active first",
    tag="chats",
    query=ChatsQuery,
    ok=ListedChat,
    page=True,
    errors=(ValidationFailed,),
)
async def list_chats(request: web.Request, query: ChatsQuery) -> Page:
    after = cursors.read(query.next, ChatCursor)
    me = request[IDENTITY].user_id
    found, place = await chat_reads.page(request.app[DATABASE], me, query.limit, after)
    return Page(found, cursors.write(place))


@operation("One chat, as the list has it", tag="chats", ok=ListedChat, errors=(NotFound,))
async def show_chat(request: web.Request) -> ListedChat:
    me = request[IDENTITY].user_id
    return await chat_reads.chat(request.app[DATABASE], me, path_id(request))


@operation(
    "All that a client needs of a chat, as of one `seq`",
    tag="chats",
    query=BoardQuery,
    ok=Snapshot,
    errors=(NotFound, ValidationFailed),
)
async def snapshot(request: web.Request, query: BoardQuery) -> Snapshot:
    me, epoch = request[IDENTITY].user_id, request.app[DIRECTORY].epoch
    return await chat_reads.snapshot(request.app[DATABASE], me, path_id(request), epoch, query.done)


# Members


@operation(
    "Who is in a chat, by user id",
    tag="chats",
    query=MembersQuery,
    ok=Member,
    page=True,
    errors=(NotFound, ValidationFailed),
)
async def list_members(request: web.Request, query: MembersQuery) -> Page:
    me, chat_id = request[IDENTITY].user_id, path_id(request)
    found = await chat_reads.members_page(
        request.app[DATABASE], me, chat_id, query.next, query.limit
    )
    return Page(found.items, found.items[-1].user_id if found.more else None)


@operation(
    "Add people to a group; the answer has all who were named",
    tag="chats",
    command=commands.AddMembers,
    path={"chat_id": "id"},
    ok=Member,
    page=True,
    errors=commands.AddMembers.refusals,
)
async def add_members(request: web.Request, command: commands.AddMembers) -> Page:
    await ask(request, command)
    me, named = request[IDENTITY].user_id, dict.fromkeys(command.user_ids)
    return Page(
        await chat_reads.members_of(request.app[DATABASE], me, command.chat_id, list(named))
    )  # fmt: skip
