"""Chats: the list, making and changing them, their members, and one's own view of them."""

from typing import Any

import msgspec
from aiohttp import web

from messenger.errors import (
    DirectDisabled,
    Forbidden,
    IdempotencyMismatch,
    NotFound,
    ValidationFailed,
)
from messenger.http import cursors
from messenger.http.answers import Page
from messenger.http.keys import DATABASE, DIRECTORY, IDENTITY
from messenger.http.operation import Input, ask, operation
from messenger.http.reading import Limit, path_id
from messenger.model import Chat, Member, My, Snapshot
from messenger.protocol import commands
from messenger.protocol.commands import Cursor
from messenger.store import reading
from messenger.store.reading import ListedChat, Place

CHANGING = (NotFound, Forbidden, IdempotencyMismatch, ValidationFailed)
OF_CHAT = {"chat_id": "id"}
OF_MEMBER = {"chat_id": "id", "user_id": "user_id"}


class ChatsQuery(Input, frozen=True, kw_only=True):
    """A chat that is active while the list is read comes once more, at its end."""

    next: cursors.Next | None = None
    limit: Limit = 50


class MembersQuery(Input, frozen=True, kw_only=True):
    """`next` is the last user id of the page before."""

    next: Cursor = 0
    limit: Limit = 50


class Moved(msgspec.Struct, frozen=True):
    """One's own state of the chat, after a mark was moved."""

    my: My


# The list, and single chats


@operation(
    "One's chats, the last active first",
    tag="chats",
    query=ChatsQuery,
    ok=ListedChat,
    page=True,
    errors=(ValidationFailed,),
)
async def list_chats(request: web.Request, query: ChatsQuery) -> Page:
    after = cursors.read(query.next, Place)
    me = request[IDENTITY].user_id
    found, place = await reading.listed(request.app[DATABASE], me, query.limit, after)
    return Page(found, cursors.write(place))


@operation(
    "Make a group; oneself is its owner",
    tag="chats",
    command=commands.CreateChat,
    ok=Chat,
    status=201,
    errors=CHANGING,
)
async def create_chat(request: web.Request, command: commands.CreateChat) -> Chat:
    made: Chat = await ask(request, command)
    return made


@operation(
    "The direct chat with a person, made if need be; with oneself, the notebook",
    tag="chats",
    command=commands.OpenDirect,
    ok=Chat,
    errors=(*CHANGING, DirectDisabled),
)
async def open_direct(request: web.Request, command: commands.OpenDirect) -> Chat:
    found: Chat = await ask(request, command)
    return found


@operation("One chat, as the list has it", tag="chats", ok=ListedChat, errors=(NotFound,))
async def show_chat(request: web.Request) -> ListedChat:
    me = request[IDENTITY].user_id
    return await reading.chat(request.app[DATABASE], me, path_id(request))


@operation(
    "Change a chat's title, or give it a board",
    tag="chats",
    command=commands.UpdateChat,
    path=OF_CHAT,
    ok=Chat,
    errors=CHANGING,
)
async def update_chat(request: web.Request, command: commands.UpdateChat) -> Chat:
    changed: Chat = await ask(request, command)
    return changed


@operation(
    "Delete a group, for everybody",
    tag="chats",
    command=commands.DeleteChat,
    path=OF_CHAT,
    ok=Chat,
    errors=CHANGING,
)
async def delete_chat(request: web.Request, command: commands.DeleteChat) -> Chat:
    deleted: Chat = await ask(request, command)
    return deleted


@operation(
    "All that a client needs of a chat, as of one `seq`",
    tag="chats",
    ok=Snapshot,
    errors=(NotFound,),
)
async def snapshot(request: web.Request) -> Snapshot:
    me, epoch = request[IDENTITY].user_id, request.app[DIRECTORY].epoch
    return await reading.snapshot(request.app[DATABASE], me, path_id(request), epoch)


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
    me, limit = request[IDENTITY].user_id, query.limit
    found = await reading.present(
        request.app[DATABASE], me, path_id(request), query.next, limit + 1
    )
    return Page(found[:limit], found[limit - 1].user_id if len(found) > limit else None)


@operation(
    "Add people to a group; the answer has all who were named",
    tag="chats",
    command=commands.AddMembers,
    path=OF_CHAT,
    ok=Member,
    page=True,
    errors=CHANGING,
)
async def add_members(request: web.Request, command: commands.AddMembers) -> Page:
    await ask(request, command)
    me, named = request[IDENTITY].user_id, dict.fromkeys(command.user_ids)
    return Page(
        await reading.members_of(request.app[DATABASE], me, command.chat_id, list(named))
    )  # fmt: skip


@operation(
    "Change a member's role",
    tag="chats",
    command=commands.UpdateMember,
    path=OF_MEMBER,
    ok=Member,
    errors=CHANGING,
)
async def update_member(request: web.Request, command: commands.UpdateMember) -> Member:
    changed: Member = await ask(request, command)
    return changed


@operation(
    "Remove a member; oneself, to leave",
    tag="chats",
    command=commands.RemoveMember,
    path=OF_MEMBER,
    ok=Member,
    errors=CHANGING,
)
async def remove_member(request: web.Request, command: commands.RemoveMember) -> Member:
    gone: Member = await ask(request, command)
    return gone


# One's own view of a chat


@operation(
    "Move one's marks forward",
    tag="chats",
    command=commands.MarkRead,
    path=OF_CHAT,
    ok=Moved,
    errors=(NotFound, ValidationFailed),
)
async def mark_read(request: web.Request, command: commands.MarkRead) -> Any:
    return await ask(request, command)


@operation(
    "Say what of a chat one wants to be notified of, and until when",
    tag="chats",
    command=commands.SetNotify,
    path=OF_CHAT,
    ok=My,
    errors=CHANGING,
)
async def set_notify(request: web.Request, command: commands.SetNotify) -> My:
    mine: My = await ask(request, command)
    return mine


@operation(
    "Keep a chat at the top of one's list, or mark it as unread",
    tag="chats",
    command=commands.SetListing,
    path=OF_CHAT,
    ok=My,
    errors=CHANGING,
)
async def set_listing(request: web.Request, command: commands.SetListing) -> My:
    mine: My = await ask(request, command)
    return mine


@operation(
    "Keep a draft on all of one's devices; an empty text removes it",
    tag="chats",
    command=commands.SetDraft,
    path=OF_CHAT,
    errors=CHANGING,
)
async def set_draft(request: web.Request, command: commands.SetDraft) -> None:
    await ask(request, command)


@operation(
    "Tell the others that one is typing",
    tag="chats",
    command=commands.Type,
    path=OF_CHAT,
    errors=(NotFound,),
)
async def typing(request: web.Request, command: commands.Type) -> None:
    await ask(request, command)
