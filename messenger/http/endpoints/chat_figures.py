"""Chats for administrators: how large they are, and those that nobody leads."""

from typing import Annotated

from aiohttp import web
from msgspec import Meta

from messenger.errors import Forbidden, NotFound
from messenger.http.plumbing.keys import DATABASE
from messenger.http.plumbing.operation import Input, ask, operation
from messenger.http.plumbing.requests import Limit, Short, idempotency_key, path_id
from messenger.http.plumbing.responses import Page
from messenger.model import Member
from messenger.protocol.accounts import TakeOver
from messenger.protocol.command import Cursor
from messenger.store.reads import chat_figures


class ChatChoice(Input, frozen=True, kw_only=True):
    query: Annotated[Short, Meta(description="A part of the title.")] = ""
    leaderless: Annotated[
        bool, Meta(description="Only groups without an owner who can sign in.")
    ] = False
    next: Cursor | None = None
    limit: Limit = 50


@operation(
    "Groups and the common chat, by id: how large they are, and who leads them",
    note="Nothing of what is said there, and no direct chats.",
    tag="admin",
    admin=True,
    query=ChatChoice,
    ok=chat_figures.ChatFigures,
    page=True,
)
async def list_chats(request: web.Request, query: ChatChoice) -> Page:
    found = await chat_figures.listed(
        request.app[DATABASE], query.query, query.leaderless, query.next or 0, query.limit
    )
    return Page(found.items, found.items[-1].id if found.more else None)


@operation(
    "Become the owner of a group that nobody leads any more",
    note="403 where somebody does: an administrator enters no chat unasked. Its members see it,"
    " and it is in the audit.",
    tag="admin",
    admin=True,
    ok=Member,
    errors=(NotFound, Forbidden),
)
async def take_over(request: web.Request) -> Member:
    command = TakeOver(chat_id=path_id(request), key=idempotency_key(request))
    member: Member = await ask(request, command)
    return member
