"""The files of the archive, version 1: lines of a part, and what a manifest lists.

A part is gzip (RFC 1952) of lines of JSON in UTF-8: a `Header`, then one line per entry of the log,
in ascending `seq`. It has several gzip members, so that a page is read from its middle; any reader
of gzip reads it whole. The lines are written by PostgreSQL (`store.archive.lines`).
"""

from datetime import datetime
from typing import Any, Final, Literal

import msgspec

from messenger.model import File, Message, Reaction, timestamp
from messenger.model.messages import ForwardedFrom

FORMAT: Final = "messenger-archive"
VERSION: Final = 1
SHOWN: Final = 20
"""So many names stand beside an emoji, as in a live message."""


class Header(msgspec.Struct, frozen=True, kw_only=True):
    """A part's first line: whose log it has, from where to where, as it was at which head."""

    format: Literal["messenger-archive"] = FORMAT
    version: Literal[1] = VERSION
    stream: int
    kind: str
    first_seq: int
    last_seq: int
    as_of: int


class ArchivedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a message; its content stays where files are kept, under its hash."""

    id: str
    name: str
    sha256: str
    size: int


class ArchivedMessage(msgspec.Struct, frozen=True, kw_only=True):
    n: int
    sender_id: int
    client_message_id: str
    digest: str
    text: str
    reply_to: int | None
    task_id: int | None
    mentions: list[int]
    mentions_all: bool
    created_at: datetime
    edited_at: datetime | None
    deleted_at: datetime | None
    pinned_at: datetime | None
    pinned_by: int | None
    forwarded_from: ForwardedFrom | None
    source_chat_id: int | None
    source_seq: int | None
    rev: int
    reactions: list[tuple[str, int, int]] | None
    """Emoji, user and `rev` of each."""
    files: list[ArchivedFile] | None


class Line(msgspec.Struct, frozen=True):
    """One entry: a message with all that belongs to it, or another event."""

    seq: int
    type: str
    by: int | None
    at: datetime
    message: ArchivedMessage | None = None
    subject: int | None = None
    data: Any = None


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """A part as its manifest names it."""

    name: str
    stream: int
    first_seq: int
    last_seq: int
    lines: int
    messages: int
    bytes: int
    sha256: str
    first_at: datetime
    last_at: datetime


class Gone(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an earlier manifest that was removed, and why; there it stays listed."""

    name: str
    sha256: str
    why: Literal["expired", "rewritten"]


class Previous(msgspec.Struct, frozen=True):
    name: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What one run wrote and removed. `previous` chains them: a hash covers all before it."""

    format: Literal["messenger-archive-manifest"] = "messenger-archive-manifest"
    version: Literal[1] = VERSION
    made_at: datetime
    previous: Previous | None
    parts: list[Listed]
    gone: list[Gone] = []


LINES: Final = msgspec.json.Decoder(Line)
HEADERS: Final = msgspec.json.Decoder(Header)
MANIFESTS: Final = msgspec.json.Decoder(Manifest)


MESSAGE: Final = b',"type":"message.created",'
"""Stands behind the `seq` in a message's line."""


def seq_of(line: bytes) -> int:
    """The `seq` that a line begins with."""
    return int(line[7 : line.index(b",", 7)])


def message_of(chat_id: int, line: Line, files: list[File]) -> Message:
    """The message of a line, as people read it."""
    archived = line.message
    assert archived is not None
    fields: dict[str, Any] = {
        name: getattr(archived, name)
        for name in Message.__struct_fields__
        if name in ArchivedMessage.__struct_fields__ and name not in ("reactions", "files")
    }
    for name in ("created_at", "edited_at", "deleted_at", "pinned_at"):
        if fields[name] is not None:
            fields[name] = timestamp(fields[name])
    return Message(
        chat_id=chat_id,
        seq=line.seq,
        reactions=reactions_of(archived),
        files=files,
        **fields,
    )


def reactions_of(archived: ArchivedMessage) -> list[Reaction]:
    """By emoji, the first names of each."""
    given: dict[str, list[int]] = {}
    for emoji, user_id, _ in archived.reactions or ():
        given.setdefault(emoji, []).append(user_id)
    return [Reaction(emoji, len(ids), ids[:SHOWN]) for emoji, ids in given.items()]
