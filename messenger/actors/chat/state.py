"""What a chat's actor holds: the chat, everyone who is or was in it, its board."""

from messenger.actors.chat.board import Board
from messenger.actors.usernames import Usernames
from messenger.model import Chat, Column, Event, Identity, Member, Task, User
from messenger.rules import chats as rules
from messenger.rules import mentions
from messenger.storage import BoardRecord, ChatRecord, Seat


class ChatState:
    """One chat in memory; changed by what was committed alone."""

    __slots__ = ("_board", "at", "chat", "id", "seats", "usernames")

    chat: Chat

    def __init__(self, id: int, usernames: Usernames) -> None:
        self.id = id
        self.usernames = usernames
        # State: up to where the log is in it; by user id; the board once it was asked for. `chat`
        # is there once loaded.
        self.at = 0
        self.seats: dict[int, Seat] = {}
        self._board: Board | None = None

    def __repr__(self) -> str:
        return f"<ChatState {self.id}, {len(self.seats)} seats, {self._board!r}>"

    def take(self, record: ChatRecord) -> None:
        """Begin afresh with what is stored."""
        self.at = record.seq
        self.chat = record.chat
        self.seats = {seat.member.user_id: seat for seat in record.seats}
        self._board = None

    def take_board(self, record: BoardRecord) -> None:
        self._board = Board(record)

    @property
    def has_board(self) -> bool:
        """Whether the board was loaded; from then on it is kept in step."""
        return self._board is not None

    @property
    def board(self) -> Board:
        """The board, which was loaded with the facts."""
        assert self._board is not None
        return self._board

    @property
    def members(self) -> dict[int, Member]:
        """Everyone who is or was in the chat."""
        return {user_id: seat.member for user_id, seat in self.seats.items()}

    @property
    def present(self) -> set[int]:
        """The user ids of those who are in the chat now."""
        return {user_id for user_id, seat in self.seats.items() if seat.present}

    def member(self, who: Identity) -> Member:
        """The acting member; raises NotFound for other people."""
        seat = self.seats.get(who.user_id)
        return rules.check_member(seat.member if seat else None, self.chat, who)

    def mentioned(self, text: str) -> tuple[list[int], bool]:
        """The present members a text names, and whether it names all."""
        names = mentions.mentioned(text) if "@" in text else None
        if not names:
            return [], False
        ids = [
            user_id
            for user_id, seat in self.seats.items()
            if seat.present and seat.username.casefold() in names
        ]
        return sorted(ids), "all" in names

    def hidden_from(self) -> list[int]:
        """The person of a direct chat who is not in it before the first message."""
        if self.chat.kind != "direct" or self.chat.user_ids is None:
            return []
        return [id for id in self.chat.user_ids if id not in self.seats]

    def apply(self, events: list[Event]) -> None:
        """Take in what was committed; events of other streams are passed over."""
        for event in events:
            if event.stream != self.id:
                continue
            self.at = max(self.at, event.seq)
            match event.data:
                case Chat() as chat:
                    self.chat = chat
                case Member() as member:
                    self._seat(member)
                case Task() | Column():
                    if self._board is not None:
                        self._board.apply(event)
                case User() as user:
                    self.usernames.learn([user])

    def moved(self, user_id: int, read_seq: int, received_seq: int) -> None:
        """A member has come so far by way of another server."""
        seat = self.seats.get(user_id)
        if seat is not None:
            seat.read_seq = max(seat.read_seq, read_seq)
            seat.received_seq = max(seat.received_seq, received_seq)

    def _seat(self, member: Member) -> None:
        """Take what a member has become; marks stay with those who were there before."""
        seat = self.seats.get(member.user_id)
        if seat is None:
            self.seats[member.user_id] = Seat(member, self.usernames.get(member.user_id))
        else:
            seat.member = member
