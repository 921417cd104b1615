"""One chat: its members, and its events in order.

Everything that changes the chat comes through its mailbox, and leaves it in
the order of `seq`. Knows neither sockets nor SQL. Read this class as the table
of contents: `posting` sends and marks without waiting for the commit, every
other change is exclusive and stands in the table below.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from messenger import errors
from messenger.actors.actor import Letter
from messenger.actors.chat import (
    columns,
    forwarding,
    making,
    membership,
    messages,
    people,
    posting,
    settings,
    tasks,
    tidying,
)
from messenger.actors.chat.board import Board
from messenger.actors.chat.receipts import Receipts
from messenger.actors.owner import Owner
from messenger.actors.together import change_all, run_of
from messenger.decision import Decision
from messenger.model import Chat, Column, Event, Identity, Member, Task, User
from messenger.protocol import accounts, commands
from messenger.protocol import tasks as task_commands
from messenger.rules import chats as rules
from messenger.storage import ChatRecord, Marked, Seat, Stored

if TYPE_CHECKING:
    from messenger.actors.directory import Directory

Decide = Callable[["ChatActor", Letter], Awaitable[Decision]]

CHANGES: dict[type[Any], Decide] = {
    commands.EditMessage: messages.edit,
    commands.DeleteMessage: messages.delete,
    commands.PinMessage: messages.pin,
    commands.UnpinMessage: messages.unpin,
    commands.AddReaction: messages.add_reaction,
    commands.RemoveReaction: messages.remove_reaction,
    commands.UpdateChat: settings.update,
    commands.DeleteChat: settings.delete,
    commands.AddMembers: membership.add,
    commands.UpdateMember: membership.update,
    commands.RemoveMember: membership.remove,
    membership.EnterDirect: membership.enter_direct,
    tidying.Tidy: tidying.tidy,
    forwarding.CopyTask: forwarding.copy_task,
    task_commands.CreateTask: making.create,
    task_commands.MakeTask: making.from_message,
    task_commands.UpdateTask: tasks.update,
    task_commands.MoveTask: tasks.move,
    task_commands.DeleteTask: tasks.delete,
    task_commands.CreateColumn: columns.create,
    task_commands.UpdateColumn: columns.update,
    task_commands.MoveColumn: columns.move,
    task_commands.DeleteColumn: columns.delete,
    accounts.AddUser: people.add,
    accounts.UpdateUser: people.update,
}


def shares_commit(letter: Letter) -> bool:
    """Whether its change may be stored with others': it rests on the board alone."""
    shares: bool = letter.command.shares_commit
    return shares


async def decide(actor: "ChatActor", letter: Letter) -> Decision:
    return await CHANGES[type(letter.command)](actor, letter)


class ChatActor(Owner):
    """The owner of one chat's log."""

    def __init__(self, id: int, directory: "Directory") -> None:
        super().__init__(id, directory)
        self.stream = directory.stream(id)
        # State: the chat, everyone who is or was in it, its board once somebody asked for it,
        # the messages in the journal now, and what waits for them to be stored.
        self.record: ChatRecord | None = None
        self.seats: dict[int, Seat] = {}
        self.board: Board | None = None
        self.posted = 0
        self.unsettled: asyncio.Future[None] | None = None
        self.receipts = Receipts(self)

    def __repr__(self) -> str:
        return (
            f"<ChatActor {self.id} at {self.stream.seq}, {len(self.seats)} seats, "
            f"{self.waiting} waiting, {self.posted} in the journal>"
        )

    @property
    def idle(self) -> bool:
        return super().idle and self.posted == 0

    async def load(self) -> None:
        self.record = await self.store.chat(self.id)
        self.absent = self.record is None
        if self.record is None:
            raise errors.NotFound()
        self.seats = {seat.member.user_id: seat for seat in self.record.seats}
        self.board = None
        self.stream.start(self.record.seq)
        self.stream.learn(self.record.seq)

    def turn(self, letter: Letter) -> Awaitable[None] | None:
        match letter.command:
            case commands.SendMessage():
                return posting.send(self, letter)
            case commands.MarkRead():
                posting.mark(self, letter)
                return None
            case commands.ForwardMessages():
                return forwarding.forward(self, letter)
            case forwarding.Receive():
                return forwarding.receive(self, letter)
            case commands.Type():
                self.type(letter.identity)
                letter.reply.answer(None)
                return None
            case command if command.shares_commit:
                return self.together(letter)
            case _:
                return self.exclusive(letter)

    async def exclusive(self, letter: Letter) -> None:
        """Let one's own sends in the journal finish, then change what is stored."""
        await self.settled()
        await self.change(letter, decide)
        if isinstance(letter.command, accounts.UpdateUser) and letter.command.disabled is True:
            await people.end_late(self, letter.command.user_id)

    async def together(self, letter: Letter) -> None:
        """One commit for all who move and change cards at this moment."""
        await self.settled()
        await change_all(self, run_of(self, letter, shares_commit), decide)

    async def stop(self) -> None:
        await super().stop()
        await self.settled()

    def check_repeat(self, letter: Letter) -> None:
        """A repeat is answered with what the subject has become: not to those who have left."""
        command = letter.command
        if isinstance(command, accounts.AddUser | commands.DeleteChat | membership.EnterDirect):
            return
        if isinstance(command, accounts.UpdateUser):
            people.check_update(letter, command)
        elif not (
            isinstance(command, commands.RemoveMember)
            and command.user_id == letter.identity.user_id
        ):
            self.member(letter.identity)

    async def settled(self) -> None:
        while self.posted:
            if self.unsettled is None:
                self.unsettled = asyncio.get_running_loop().create_future()
            await self.unsettled

    # What decisions ask of the state

    @property
    def chat(self) -> Any:
        assert self.record is not None
        return self.record.chat

    @property
    def members(self) -> dict[int, Member]:
        return {user_id: seat.member for user_id, seat in self.seats.items()}

    @property
    def present(self) -> set[int]:
        """Who is in the chat now."""
        return {user_id for user_id, seat in self.seats.items() if seat.present}

    async def board_state(self) -> Board:
        """The board, read once and kept in step from then on."""
        if self.board is None:
            self.board = Board(await self.store.board(self.id))
        return self.board

    def member(self, who: Identity) -> Member:
        """The acting member; raises NotFound for everybody else."""
        seat = self.seats.get(who.user_id)
        return rules.check_member(seat.member if seat else None, self.chat, who)

    # What comes back

    def stored(self, results: list[tuple[Any, Stored | Exception]], at: str) -> None:
        posting.stored(self, results, at)

    def marked(self, results: list[tuple[Any, Marked | Exception]]) -> None:
        posting.marked(self, results)

    def landed(self, count: int) -> None:
        """So many of one's posts have come back from the journal."""
        self.posted -= count
        if self.posted == 0 and self.unsettled is not None:
            self.unsettled.set_result(None)
            self.unsettled = None

    def head(self) -> tuple[int, int] | None:
        return self.id, self.stream.seq

    def apply(self, events: list[Event]) -> None:
        for event in events:
            if event.stream != self.id:
                continue
            match event.data:
                case Chat() as chat if self.record is not None:
                    self.record.chat = chat
                case Member() as member:
                    self.seat(member)
                case Task() | Column() if self.board is not None:
                    self.board.apply(event)
                case User() as user:
                    self.directory.usernames[user.id] = user.username

    def seat(self, member: Member) -> None:
        """Take what a member has become; marks stay with whoever was there before."""
        seat = self.seats.get(member.user_id)
        if seat is None:
            username = self.directory.usernames.get(member.user_id, "")
            self.seats[member.user_id] = Seat(member, username)
        else:
            seat.member = member

    def learn_names(self, users: dict[int, User]) -> None:
        """Remember the user names of people who are about to join."""
        for user in users.values():
            self.directory.usernames[user.id] = user.username

    # What passes

    def type(self, who: Identity) -> None:
        self.member(who)
        self.receipts.typing(who.user_id)
