"""Searches and views of tasks that a person keeps under a name, for all of their devices."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

SearchOf = Literal["search", "tasks"]


class KeptSearch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A search to be kept, without its id."""

    of: Annotated[SearchOf, Meta(description="`search`: everything; `tasks`: a view of tasks.")]
    name: Annotated[
        str, Meta(min_length=1, max_length=100, description="What its person calls it.")
    ]
    q: Annotated[
        str,
        Meta(
            max_length=256,
            description="The query, as `GET /search` takes it; of `tasks`, the filters as they"
            " stand in the address of the view.",
        ),
    ]


class SavedSearch(KeptSearch, frozen=True, kw_only=True):
    id: Annotated[str, Meta(description="Made by the client that saved it.")]


class SavedSearches(msgspec.Struct, frozen=True):
    """All that a person keeps."""

    searches: Annotated[dict[str, SavedSearch], Meta(description="By their ids.")] = field(
        default_factory=dict
    )
