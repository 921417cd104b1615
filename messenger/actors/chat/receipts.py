"""Typing and receipts: sent at most once a second, in chats of up to 100 members."""

import asyncio
from time import monotonic

from messenger.actors.chat.state import ChatState
from messenger.actors.stream import Stream
from messenger.actors.streams import Streams
from messenger.protocol import events
from messenger.storage import Marked

MEMBERS = 100
"""In larger chats each mark and keystroke of each member would be a frame to all."""
INTERVAL = 1.0


class Receipts:
    """What members of one chat have read and are typing, coalesced."""

    __slots__ = ("marks", "next_at", "state", "stream", "streams", "typed")

    def __init__(self, state: ChatState, stream: Stream, streams: Streams) -> None:
        self.state = state
        self.stream = stream
        self.streams = streams
        # State: marks that wait to be sent, when the next ones may be, who typed when.
        self.marks: dict[int, tuple[int, int, int]] = {}
        self.next_at = 0.0
        self.typed: dict[int, float] = {}

    @property
    def small(self) -> bool:
        return sum(seat.present for seat in self.state.seats.values()) <= MEMBERS

    def moved(self, marked: Marked, session_id: str) -> None:
        """A member's mark moved: their other devices hear it now, the others soon."""
        mine = events.Mark(
            chat_id=marked.chat_id,
            read_seq=marked.read_seq,
            received_seq=marked.received_seq,
            read_n=marked.read_n,
        )
        for reader in self.stream.of(marked.user_id):
            if reader.identity.session_id != session_id:
                reader.push(reader.codec.pack(mine))
        signal = [marked.read_seq, marked.received_seq, marked.read_n]
        self.streams.pass_on(["mark", marked.chat_id, marked.user_id, *signal])
        if not self.small:
            return
        waiting = bool(self.marks)
        self.marks[marked.user_id] = (marked.user_id, marked.read_seq, marked.received_seq)
        if not waiting:
            wait = self.next_at - monotonic()
            if wait <= 0:
                # At the end of this loop turn: the marks of one commit go together.
                asyncio.get_running_loop().call_soon(self._send)
            else:
                asyncio.get_running_loop().call_later(wait, self._send)

    def _send(self) -> None:
        marks, self.marks = list(self.marks.values()), {}
        self.next_at = monotonic() + INTERVAL
        if marks:
            self.stream.signal(events.Receipts(chat_id=self.state.id, marks=marks))
            self.streams.pass_on(["receipts", self.state.id, marks])

    def typing(self, user_id: int) -> None:
        now = monotonic()
        if now - self.typed.get(user_id, -INTERVAL) < INTERVAL or not self.small:
            return
        self.typed = {who: at for who, at in self.typed.items() if now - at < INTERVAL}
        self.typed[user_id] = now
        typing = events.Typing(chat_id=self.state.id, user_id=user_id)
        self.stream.signal(typing, but=user_id)
        self.streams.pass_on(["typing", self.state.id, user_id])
