"""What a part's lines are about: which are of which task, and which have an address in them.

Collected while lines are written or read, and kept in the index of parts: so a task's history and
a chat's links are read from the few blocks that have them.
"""

import re
from typing import Final

import msgspec

from messenger.archive.format import LINES, MESSAGE, seq_of

_TASK: Final = b',"type":"task.'
_NO_TASK: Final = b',"task_id":null,'
_MAY_LINK: Final = re.compile(rb"://|[^\s.]\.[A-Za-z\x80-\xff]{2}")
_LINK: Final = re.compile(r"://|[^\s.]\.[^\W\d_]{2}")
"""As the index of messages with links says it: a scheme, or a dot between a word and letters."""


class Lookup(msgspec.Struct):
    """Seqs by task, of its events and of its messages, and of messages with an address."""

    events: dict[str, list[int]] = msgspec.field(default_factory=dict)
    comments: dict[str, list[int]] = msgspec.field(default_factory=dict)
    links: list[int] = msgspec.field(default_factory=list)

    def see(self, line: bytes) -> None:
        """Take note of a line of a part."""
        head = line[:64]
        if MESSAGE in head:
            # Most messages are neither, and need not be decoded to know it.
            if _NO_TASK not in line or _MAY_LINK.search(line):
                self._see_message(line)
        elif _TASK in head:
            event = LINES.decode(line)
            if event.subject is not None and not _made_room(event.type, event.data):
                self.events.setdefault(str(event.subject), []).append(event.seq)

    def _see_message(self, line: bytes) -> None:
        message = LINES.decode(line).message
        assert message is not None
        if message.task_id is not None:
            self.comments.setdefault(str(message.task_id), []).append(seq_of(line))
        if _LINK.search(message.text):
            self.links.append(seq_of(line))


def _made_room(type: str, data: object) -> bool:
    """Whether a card only made room for another one: nobody changed it."""
    return type == "task.moved" and isinstance(data, dict) and data.get("fields") == []
