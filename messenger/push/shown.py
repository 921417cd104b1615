"""What is on people's screens of each chat, so that it can be replaced and withdrawn.

As far as it is remembered; after a start, as far as the log of pushes has it.
"""

from collections import OrderedDict
from typing import Final

MOST: Final = 50_000
"""People and chats; the oldest make room."""


class Shown:
    """The newest message of a chat that a person was told of."""

    def __init__(self) -> None:
        # State: by chat and person, the oldest first; the people of each chat.
        self._seqs: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._people: dict[int, set[int]] = {}

    def __repr__(self) -> str:
        return f"<Shown {len(self._seqs)}>"

    def put(self, chat_id: int, user_id: int, seq: int) -> None:
        self._seqs[chat_id, user_id] = max(seq, self._seqs.get((chat_id, user_id), seq))
        self._seqs.move_to_end((chat_id, user_id))
        self._people.setdefault(chat_id, set()).add(user_id)
        if len(self._seqs) > MOST:
            self._forget(*next(iter(self._seqs)))

    def of(self, chat_id: int, seq: int) -> list[int]:
        """The people who have this message of a chat on their screens."""
        people = self._people.get(chat_id, ())
        return [user for user in people if self._seqs[chat_id, user] == seq]

    def read(self, chat_id: int, user_id: int, read_seq: int) -> int | None:
        """A person has read so far: the message that is to be withdrawn, which is forgotten."""
        seq = self._seqs.get((chat_id, user_id))
        if seq is None or seq > read_seq:
            return None
        self._forget(chat_id, user_id)
        return seq

    def _forget(self, chat_id: int, user_id: int) -> None:
        del self._seqs[chat_id, user_id]
        people = self._people[chat_id]
        people.discard(user_id)
        if not people:
            del self._people[chat_id]
