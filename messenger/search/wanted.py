"""What is asked of a search, where a page goes on, and what comes back."""

from datetime import datetime
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from messenger.model.search import ReadQuery, SearchHit, SearchKind, SearchOrder

Whole = Annotated[int, Meta(ge=-(2**53), le=2**53)]
Moment = Annotated[datetime, Meta(tz=True)]
Spot = tuple[Moment, Whole, Whole]
MOST_ABOVE: Final = 8
YEARS: Final = range(1970, 9001)
"""Those that places are of; others are invented, and not every one can be reckoned with."""


class PageCursor(msgspec.Struct, frozen=True, array_like=True):
    """Where a list goes on.

    Candidates are taken in blocks, the newest first, and ranked within their block: `now` is when
    the first page was asked for, the block is of what is older than `upto` (of all where it is
    null), and the page goes on below the last one shown: its score and its own place. `above`: what
    the first page had of later blocks. `instead`: other words took the place of the typed ones.
    """

    now: Moment
    upto: Spot | None
    score: float | None
    last: Spot | None
    above: Annotated[list[tuple[Whole, Whole]], Meta(max_length=MOST_ABOVE)] = []
    instead: bool = False

    def __post_init__(self) -> None:
        for at in (self.now, *(spot[0] for spot in (self.upto, self.last) if spot)):
            if at.year not in YEARS:
                raise ValueError("no page is of that year")


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
    place: PageCursor | None


class Found(msgspec.Struct, frozen=True):
    """A page, where it goes on, and how the query was read."""

    hits: list[SearchHit]
    place: PageCursor | None
    query: ReadQuery
