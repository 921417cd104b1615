"""What the simulation saw, held against what the contract promises.

Every frame the server writes, every frame a client takes and every command come through here; a
broken promise is a line that begins with its number. I1 acked is stored. I2 stored is attempted,
once a key. I3 numbers without gaps. I4 each socket sees 1, 2, 3. I5 all see the same. I6 what was
sent after an ack comes after it. I7 nothing to who is not in. I8 in the end all have everything.
"""

from collections import defaultdict
from typing import Any

import msgspec

from .tables import Tables


class Attempt(msgspec.Struct):
    """A message somebody means to send: once, however often it goes over the wire."""

    sender: int
    chat: int
    key: str
    text: str
    first_sent: float
    acked: float | None = None
    seq: int = 0


class Run(msgspec.Struct):
    """One connection's view of one stream: the last `seq`, or none yet where any may be next."""

    last: int | None


class Seen:
    """One connection's frames, as the client took them."""

    def __init__(self, checker: "Checker", name: str) -> None:
        self.checker = checker
        self.name = name
        self.runs: dict[int, Run] = {}
        self.answered: set[Any] = set()
        self.live = False

    def subscribing(self, cursors: dict[int, int]) -> None:
        self.live = False
        self.runs = {stream: Run(cursor) for stream, cursor in cursors.items()}

    def subscribed(self, states: list[dict[str, Any]]) -> None:
        self.live = True
        for state in states:
            stream, seq = state["id"], state.get("seq", 0)
            if state.get("gone"):
                self.runs.pop(stream, None)
            elif state.get("reset") or stream not in self.runs:
                self.runs[stream] = Run(seq)
            elif self.runs[stream].last is None:
                # Joined while the backlog was on its way.
                self.runs[stream].last = seq
            elif self.runs[stream].last != seq:
                self.wrong(f"I4 ack says {stream} is at {seq}, not {self.runs[stream].last}")

    def event(self, event: dict[str, Any]) -> None:
        stream, seq = event["stream"], event["seq"]
        run = self.runs.get(stream)
        if run is None:
            self.wrong(f"I4 {stream}:{seq} of a stream that is not subscribed")
            return
        if run.last is not None and seq != run.last + 1:
            self.wrong(f"I4 {stream}:{seq} after {run.last}")
        run.last = seq
        row = self.checker.row(stream, seq)
        if row != (event["type"], event["by"]):
            self.wrong(f"I5 {stream}:{seq} is {event['type']}, in the log {row}")
        if event["type"] == "chat.joined" and event["data"]["left_at"] is None:
            # It starts at the present: whatever comes first is right.
            self.runs.setdefault(event["data"]["chat_id"], Run(None))

    def ended(self, stream: int) -> None:
        self.runs.pop(stream, None)

    def answer(self, id: Any) -> None:
        if id in self.answered:
            self.wrong(f"{id} was answered twice")
        self.answered.add(id)

    def sent(self, chat: int, seq: int) -> None:
        """The ack of an own message: where one listens, its event came before."""
        run = self.runs.get(chat)
        if self.live and run is not None and run.last is not None and run.last < seq:
            self.wrong(f"ack of {chat}:{seq} came before its event")

    def wrong(self, what: str) -> None:
        self.checker.wrong(f"{what} ({self.name})")


class Checker:
    """All connections and commands of one run."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.broken: list[str] = []
        self.attempts: dict[str, Attempt] = {}
        # The newest removal of a member that was acknowledged: (chat, user) to its number.
        self.removed: dict[tuple[int, int], int] = {}
        self.ins_and_outs: dict[int, int] = defaultdict(int)

    def wrong(self, what: str) -> None:
        self.broken.append(what)

    def row(self, stream: int, seq: int) -> tuple[str, int | None] | None:
        rows = self.tables.log.get(stream, [])
        return (rows[seq - 1].type, rows[seq - 1].by) if 0 < seq <= len(rows) else None

    def attempt(self, sender: int, command: dict[str, Any], now: float) -> None:
        key = command["client_message_id"]
        if key not in self.attempts:
            self.attempts[key] = Attempt(sender, command["chat_id"], key, command["text"], now)

    def acked(self, key: str, seq: int, now: float) -> None:
        attempt = self.attempts[key]
        if attempt.acked is not None and attempt.seq != seq:
            self.wrong(f"I1 {key} was acked as {attempt.seq} and as {seq}")
        if attempt.acked is None:
            attempt.acked, attempt.seq = now, seq

    def removal_acked(self, chat: int, user: int, rev: int) -> None:
        self.removed[chat, user] = max(rev, self.removed.get((chat, user), 0))

    def written(self, user: int, event: dict[str, Any]) -> None:
        """I7, at the moment the server lets an event out to somebody."""
        chat, seq = event["stream"], event["seq"]
        if chat not in self.tables.chats:
            if chat != user:
                self.wrong(f"I7 {user} got {chat}:{seq} of another person")
            return
        inside, ever, rejoined = False, False, False
        removed = self.removed.get((chat, user))
        for row in self.tables.log[chat]:
            if row.subject == user and row.type in ("member.joined", "member.left"):
                inside = row.type == "member.joined"
                rejoined = rejoined or (inside and row.seq > (removed or 0))
            ever = ever or (inside and row.seq >= seq)
        if not ever:
            self.wrong(f"I7 {user} got {chat}:{seq} and is not in since then")
        if removed is not None and not rejoined:
            self.wrong(f"I7 {user} got {chat}:{seq} after the removal {removed} was acked")

    # In the end

    def check_stored(self) -> None:
        for stream, rows in self.tables.log.items():
            head = self.tables.tops[stream].seq
            if [row.seq for row in rows] != list(range(1, head + 1)):
                self.wrong(f"I3 {stream} has a gap or a repeat")
        keys: set[tuple[int, str]] = set()
        for (chat, seq), message in self.tables.messages.items():
            key = (message.sender_id, message.client_message_id)
            attempt = self.attempts.get(message.client_message_id)
            if key in keys:
                self.wrong(f"I2 {key} is stored twice")
            keys.add(key)
            if attempt is None or (attempt.sender, attempt.chat) != (message.sender_id, chat):
                self.wrong(f"I2 {chat}:{seq} was never sent")

    def check_acked(self) -> None:
        for attempt in self.attempts.values():
            if attempt.acked is None:
                continue
            message = self.tables.messages.get((attempt.chat, attempt.seq))
            if message is None or message.client_message_id != attempt.key:
                self.wrong(f"I1 {attempt.chat}:{attempt.seq} was acked and is not stored")
            elif message.text != attempt.text and not (message.edited_at or message.deleted_at):
                self.wrong(f"I1 {attempt.chat}:{attempt.seq} is stored with another text")

    def check_order(self) -> None:
        acked = [a for a in self.attempts.values() if a.acked is not None]
        for chat in {attempt.chat for attempt in acked}:
            highest = 0
            moments = [(a.acked or 0, 0, a) for a in acked if a.chat == chat]
            moments += [(a.first_sent, 1, a) for a in acked if a.chat == chat]
            floors: dict[str, int] = {}
            for _, sent, attempt in sorted(moments, key=lambda moment: moment[:2]):
                if sent:
                    floors[attempt.key] = highest
                else:
                    highest = max(highest, attempt.seq)
            for attempt in acked:
                if attempt.chat == chat and attempt.seq <= floors[attempt.key]:
                    self.wrong(f"I6 {chat}:{attempt.seq} was sent after {floors[attempt.key]}")
