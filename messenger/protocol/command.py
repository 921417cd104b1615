"""What a command is, and the kinds there are; the commands themselves stand beside it.

All that is known of a command stands on its Struct, and everything else is derived from there:

- its wire name (`tag`), its fields with what they mean (`Meta`), the sentence (its docstring);
- `answer`: the Struct of the `ack`'s `data`; `refusals`: the errors of its own;
- its base: which actor takes it (`ChatChange`, `TaskChange`, `ColumnChange`, `UserChange`,
  `AccountChange`, `OrgChange`);
- `route`: its REST route, where there is one that only asks; `shares_commit`; `weight`.

The WebSocket decodes a frame straight into the Struct; REST fills the same one from path and
body. New fields get defaults and go last.
"""

import hashlib
from collections.abc import Sized
from inspect import cleandoc
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from messenger.errors import Archived, DomainError, Forbidden, NotFound
from messenger.protocol.answers import Nothing

Id = Annotated[int, Meta(ge=1, lt=2**53)]
"""Ids and `seq` stay below 2^53: JavaScript reads every number as a double."""
Cursor = Annotated[int, Meta(ge=0, lt=2**53)]
Epoch = Annotated[int, Meta(ge=0, lt=2**53)]
Uuid = Annotated[
    str,
    # The length as well: `$` alone would let a line feed follow.
    Meta(
        pattern="^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        min_length=36,
        max_length=36,
    ),
]
Key = Annotated[str, Meta(min_length=1, max_length=128, pattern="^[!-~]+$")]
AnswerId = Annotated[int, Meta(ge=-(2**53), le=2**53)] | Annotated[str, Meta(max_length=128)]

ChatId = Annotated[Id, Meta(description="The chat.")]
MessageSeq = Annotated[Id, Meta(description="The message.")]
UserId = Annotated[Id, Meta(description="The person.")]
OptionalKey = Annotated[
    Key | None,
    Meta(
        description="Makes a repeat harmless for 30 days: the same key is done once and answered"
        " each time."
    ),
]

Refusals = tuple[type[DomainError], ...]
IDS_PER_WEIGHT = 20
"""Ids in a command that weigh as much as another command: each is looked up."""


class Route(msgspec.Struct, frozen=True):
    """Where REST takes a command.

    `{id}` in the path is the command's field for what stands before it (`/chats/{id}` is
    `chat_id`); other placeholders have the names of fields. The body has the fields that are
    left. `repeat_status` answers the repeat of a message; `also` is a second method.
    """

    method: str
    path: str
    tag: str
    status: int = 200
    repeat_status: int | None = None
    also: str | None = None

    @property
    def methods(self) -> list[str]:
        return [self.method] if self.also is None else [self.method, self.also]

    def fields(self) -> dict[str, str]:
        """The placeholder of each field that stands in the path."""
        parts = self.path.split("/")
        places = {parts[i - 1]: part[1:-1] for i, part in enumerate(parts) if part[:1] == "{"}
        return {
            _ID_FIELDS[area] if place == "id" else place: place for area, place in places.items()
        }


_ID_FIELDS = {"chats": "chat_id", "tasks": "task_id", "columns": "column_id"}


class Command(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A frame from a client; `id` comes back in its `ack` or `error`."""

    answer: ClassVar[type[msgspec.Struct]] = Nothing
    refusals: ClassVar[Refusals] = ()
    route: ClassVar[Route | None] = None
    # Whether it may be stored in one commit with others that wait for the same chat.
    shares_commit: ClassVar[bool] = False

    id: Annotated[AnswerId | None, Meta(description="Yours to choose; the answer bears it.")] = None

    def weight(self) -> int:
        """How many commands this one counts for, by what it costs and not by its size."""
        return 1


class Change(Command, frozen=True, kw_only=True):
    """A command that changes something stored, once per `key`."""

    refusals: ClassVar[Refusals] = (NotFound, Forbidden)

    key: OptionalKey = None

    def digest(self) -> bytes:
        """The SHA-256 of what is asked; a repeat under one key must have the same."""
        asked = msgspec.structs.replace(self, id=None, key=None)
        return hashlib.sha256(msgspec.json.encode(asked, order="deterministic")).digest()


class ChatCommand(Command, frozen=True, kw_only=True):
    """What a chat's actor takes besides changes: messages, marks, typing."""

    refusals: ClassVar[Refusals] = (NotFound,)

    chat_id: ChatId


class ChatChange(Change, frozen=True, kw_only=True):
    """A change of one chat, decided by that chat's actor."""

    chat_id: ChatId


class MessageChange(ChatChange, frozen=True, kw_only=True):
    """A change of one message."""

    refusals: ClassVar[Refusals] = (NotFound, Forbidden, Archived)

    seq: MessageSeq


class UserChange(Change, frozen=True, kw_only=True):
    """A change in a user's own stream, decided by that user's actor: the asker's."""

    def owner_id(self, asker_id: int) -> int:
        """Whose stream it changes."""
        return asker_id


class AccountChange(UserChange, frozen=True, kw_only=True):
    """A change in the stream of the user it names."""

    user_id: UserId

    def owner_id(self, asker_id: int) -> int:
        return self.user_id


class OrgChange(Change, frozen=True, kw_only=True):
    """A change of the organisation's people, decided by the `org` chat's actor."""


def tag_of(struct: type[msgspec.Struct]) -> str:
    """The `type` of the frames of this Struct."""
    return str(struct.__struct_config__.tag)


def sentence_of(struct: type) -> str:
    """What a Struct says of itself, in one line."""
    return " ".join(cleandoc(struct.__doc__ or "").split())


def weight_of_ids(ids: Sized) -> int:
    """The weight of a command that names so many ids."""
    return 1 + len(ids) // IDS_PER_WEIGHT
