"""Under which limits a ZIP is taken, what of it is not, and why.

Apart from what reads one (`archive`), which no server needs before somebody sends it a ZIP.
"""

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

Reason: TypeAlias = Literal[
    "encrypted",
    "link",
    "path",
    "duplicate",
    "too_deep",
    "too_large",
    "ratio",
    "method",
    "damaged",
]
Whole: TypeAlias = Literal["damaged", "too_many", "too_large"]


class Limits(msgspec.Struct, frozen=True):
    """Entries, bytes of one unpacked and of all, unpacked to packed bytes, folders in a path."""

    entry: int
    unpacked: int
    entries: int = 10_000
    ratio: int = 200
    depth: int = 32


class Refused(msgspec.Struct, frozen=True):
    """An entry that is not taken: its path as it can be shown, and why."""

    path: Annotated[str, Meta(description="The name of the entry, as far as it can be shown.")]
    reason: Annotated[
        Reason,
        Meta(
            description="`path`: a name that is no plain path; `ratio`: packed like a bomb;"
            " `method`: packed in a way that is not read."
        ),
    ]


class ArchiveRefused(Exception):
    """Nothing of the archive is taken."""

    def __init__(self, reason: Whole) -> None:
        super().__init__(reason)
        self.reason: Whole = reason


class EntryRefused(Exception):
    """The content of an entry is not what was said of it; what was read so far is to be dropped."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
