"""Messages, and what hangs on them: files and reactions."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, field

from messenger.model.chats import ChatKind
from messenger.model.subject import Subject

ShownAs = Literal["voice", "file"]

LONGEST_MS = 24 * 3600 * 1000
WAVEFORM_BYTES = 64


class FileAbout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an uploader says of a file, beside its name; all of it may be left out."""

    shown_as: ShownAs | None = None
    duration_ms: Annotated[int, Meta(ge=0, le=LONGEST_MS)] | None = None
    waveform: Annotated[bytes, Meta(min_length=1, max_length=WAVEFORM_BYTES)] | None = None


class File(msgspec.Struct, frozen=True, kw_only=True):
    id: Annotated[str, Meta(description="The file.")]
    chat_id: int
    uploader_id: int
    name: str
    mime: str
    size: int
    width: int | None = None
    height: int | None = None
    placeholder: str | None = None
    preview: bool = False
    no_preview: str | None = None
    folder: str | None = None
    shown_as: ShownAs | None = None
    duration_ms: int | None = None
    waveform: str | None = None
    created_at: str

    @property
    def characters(self) -> int:
        """Of what its uploader chose: one file takes ten times the bytes of another."""
        return len(self.name) + len(self.folder or "") + len(self.waveform or "")


class Reaction(msgspec.Struct, frozen=True):
    """All reactions of one emoji; `user_ids` are the first 20 who gave it."""

    emoji: str
    count: int
    user_ids: Annotated[list[int], Meta(description="The first 20 who gave it.")]


class ReactionChange(msgspec.Struct, frozen=True, kw_only=True):
    """One person's reaction, as `reaction.added` and `reaction.removed` carry it."""

    chat_id: int
    seq: int
    emoji: str
    user_id: int


class ForwardedFrom(msgspec.Struct, frozen=True, kw_only=True):
    """Where a forwarded message was first posted, as it was called then: the same for every reader.

    Who may read the message finds it by `GET /chats/{id}/messages/{seq}/source`.
    """

    chat_kind: Annotated[ChatKind, Meta(description="The kind of the chat it was posted in.")]
    chat_title: Annotated[
        str | None, Meta(description="That chat's name then; null where it had none.")
    ] = None
    author_id: Annotated[int, Meta(description="Who wrote it.")]
    author: Annotated[str, Meta(description="The author's name then.")]
    at: Annotated[str, Meta(description="When it was posted.")]


class Message(Subject, frozen=True, kw_only=True):
    chat_id: int
    seq: int
    n: int
    sender_id: int
    client_message_id: str
    text: Annotated[str, Meta(description="The text as sent; empty when deleted.")]
    reply_to: int | None = None
    files: list[File] = field(default_factory=list)
    reactions: list[Reaction] = field(default_factory=list)
    mentions: list[int] = field(default_factory=list)
    mentions_all: bool = False
    task_id: int | None = None
    pinned_at: str | None = None
    pinned_by: int | None = None
    created_at: str
    edited_at: str | None = None
    deleted_at: str | None = None
    rev: int = 0
    forwarded_from: Annotated[
        ForwardedFrom | None, Meta(description="Where it comes from, if it was forwarded.")
    ] = None

    def tombstone(self, at: str) -> "Message":
        """What is left after its deletion: nothing that users wrote or set."""
        return msgspec.structs.replace(
            self,
            text="",
            files=[],
            reactions=[],
            mentions=[],
            mentions_all=False,
            pinned_at=None,
            pinned_by=None,
            forwarded_from=None,
            deleted_at=at,
        )


class SentMessage(msgspec.Struct, frozen=True):
    """What the sender of a message gets back, the same for every repeat."""

    chat_id: int
    seq: int
    n: int
    created_at: str
    client_message_id: str
    duplicate: bool
