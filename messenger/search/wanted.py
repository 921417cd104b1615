"""What is asked of a search, where a page goes on, and what comes back."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from messenger.model.search import ReadQuery, SearchHit, SearchKind, SearchOrder

Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class Place(msgspec.Struct, frozen=True, array_like=True):
    """Where a list goes on.

    Candidates are taken in blocks, the newest first, and ranked within their block: `now` is when
    the first page was asked for, the block is of what is older than `upto` (of all where it is
    null), and the page goes on below the last one shown: its score and its own place.
    """

    now: datetime
    upto: tuple[datetime, Whole, Whole] | None
    score: float | None
    last: tuple[datetime, Whole, Whole] | None


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """A request. `before` and `after` are days or moments, as written."""

    q: str
    kind: SearchKind | None
    chat_id: int | None
    sender: int | None
    before: str | None
    after: str | None
    order: SearchOrder
    typing: bool
    limit: int
    place: Place | None


class Found(msgspec.Struct, frozen=True):
    """A page, where it goes on, and how the query was read."""

    hits: list[SearchHit]
    place: Place | None
    query: ReadQuery
