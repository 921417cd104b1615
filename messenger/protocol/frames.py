"""All that may come in on a WebSocket; the tag of a Struct is its frame's `type`."""

from types import ModuleType
from typing import Any, Union

import msgspec

from messenger.protocol import commands, connection, preferences, tasks
from messenger.protocol.command import AnswerId, Command


def commands_in(module: ModuleType) -> list[type[Command]]:
    """The commands that a module declares, in their order; bases have no tag."""
    return [
        each
        for each in vars(module).values()
        if isinstance(each, type)
        and issubclass(each, Command)
        and each.__module__ == module.__name__
        and each.__struct_config__.tag is not None
    ]


COMMANDS: tuple[type[Command], ...] = (
    *commands_in(connection),
    *commands_in(commands),
    *commands_in(preferences),
    *commands_in(tasks),
)
ClientFrame: Any = Union[COMMANDS]  # noqa: UP007 - a union of what is only known here


class FrameHead(msgspec.Struct, frozen=True):
    """The little of a frame that can be read when the rest is wrong."""

    id: AnswerId | None = None
