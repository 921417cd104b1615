"""Searching: one box for everything that a person may read."""

from typing import Annotated

import msgspec
from aiohttp import web
from msgspec import Meta

from messenger.errors import RateLimited, ValidationFailed
from messenger.http.plumbing import cursors
from messenger.http.plumbing.keys import IDENTITY, LIMITS, SEARCH
from messenger.http.plumbing.operation import Input, operation
from messenger.http.plumbing.requests import Short
from messenger.http.plumbing.responses import Page
from messenger.model.search import ReadQuery, SearchHit, SearchKind, SearchOrder
from messenger.protocol.command import Id
from messenger.rules.moments import checked_day, checked_moment
from messenger.search.wanted import PageCursor, Wanted

Person = Annotated[str, Meta(pattern="^(me|[1-9][0-9]{0,15})$", max_length=16)]


class SearchQuery(Input, frozen=True, kw_only=True):
    """`q` has a grammar of its own: docs/search.md tells it."""

    q: Annotated[Short, Meta(description="What is looked for: words, phrases and operators.")] = ""
    kind: Annotated[
        SearchKind | None, Meta(description="Only this kind; without, the best of each.")
    ] = None
    chat_id: Annotated[Id | None, Meta(description="Only in this chat.")] = None
    sender: Annotated[Person | None, Meta(description="Only of this person: an id, or `me`.")] = (
        msgspec.field(default=None, name="from")
    )
    before: Annotated[Short | None, Meta(description="Older than that day or moment.")] = None
    after: Annotated[Short | None, Meta(description="From that day or moment on.")] = None
    sort: Annotated[
        SearchOrder, Meta(description="By match, newness and closeness; or the latest first.")
    ] = "best"
    typing: Annotated[bool, Meta(description="Whether the last word may be unfinished.")] = True
    limit: Annotated[int, Meta(ge=1, le=50)] = 20
    cursor: Annotated[cursors.Next | None, Meta(description="`next` of the page before.")] = None


@operation(
    "Find what a person may read, in Russian and English",
    tag="search",
    query=SearchQuery,
    ok=SearchHit,
    page=True,
    beside={"query": Annotated[ReadQuery, Meta(description="How `q` was read.")]},
    errors=(ValidationFailed, RateLimited),
)
async def search(request: web.Request, query: SearchQuery) -> Page:
    identity = request[IDENTITY]
    request.app[LIMITS].check_search(identity.user_id)
    wanted = Wanted(
        q=query.q,
        kind=query.kind,
        chat_id=query.chat_id,
        sender=_person(query.sender, identity.user_id),
        before=_bound(query.before, "before"),
        after=_bound(query.after, "after"),
        order=query.sort,
        typing=query.typing,
        limit=query.limit,
        place=cursors.read(query.cursor, PageCursor),
    )
    found = await request.app[SEARCH].find(identity, wanted)
    return Page(found.hits, cursors.write(found.place), {"query": found.query})


def _person(given: str | None, me: int) -> int | None:
    if given is None:
        return None
    return me if given == "me" else int(given)


def _bound(given: str | None, name: str) -> str | None:
    """A day as it is, a moment as it is: what a day is hangs on the person's zone."""
    if given is None:
        return None
    if len(given) == 10:
        checked_day(given, name)
    else:
        checked_moment(given, name)
    return given
