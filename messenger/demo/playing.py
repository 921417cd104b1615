"""Has the week happen: the ordinary commands, given to the actors in the order of their time.

The clock is moved from one line to the next, so everything stands in the log when it was said.
What is made depends on nothing but the present moment.
"""

import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta, timezone
from typing import Any, Final

from messenger.demo import drawing
from messenger.demo.giving import Giving
from messenger.demo.story import Card, Line, Story
from messenger.model import SYSTEM, ChecklistItem, Due, Identity, Task
from messenger.protocol import commands, tasks
from messenger.protocol.accounts import AddUser, UpdateUser
from messenger.protocol.avatars import SetChatAvatar
from messenger.protocol.preferences import SetDraft, SetNotify
from messenger.storage import BoardRecord

Ask = Callable[[Identity, Any], Awaitable[Any]]
ReadBoard = Callable[[int], Awaitable[BoardRecord]]

ZONE: Final = timezone(timedelta(hours=3))
"""Where the workshop keeps its hours."""
FOUNDED: Final = timedelta(days=30)
"""So long ago people got their accounts and chats."""


class Clock:
    """A clock that is moved by hand, and only forwards."""

    def __init__(self, start: datetime) -> None:
        self.moment = start

    def __call__(self) -> datetime:
        return self.moment

    def move(self, moment: datetime) -> None:
        self.moment = max(self.moment, moment)

    def pass_by(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Stage:
    """The people, the chats and the messages so far, by the names that the story uses."""

    def __init__(
        self, story: Story, ask: Ask, board: ReadBoard, giving: Giving, clock: Clock, org_id: int
    ) -> None:
        self.story = story
        self.giving = giving
        self.ask = ask
        self.board = board
        self.clock = clock
        # State: who there is, the chats and who is in them, the newest message of each, and the
        # messages that have a name in the story.
        self.people: dict[str, Identity] = {}
        self.chats: dict[str, int] = {story.common: org_id}
        self.inside: dict[str, tuple[str, ...]] = {
            story.common: tuple(each.username for each in story.people if each.role != "guest")
        }
        self.heads: dict[str, int] = {}
        self.seqs: dict[tuple[str, str], int] = {}
        # The columns of the board, which begins with three.
        self.columns: list[int] = []

    async def columns_of(self, chat_id: int) -> list[int]:
        """The columns of a new board, in order, as its own first columns were numbered."""
        found = await self.board(chat_id)
        return [column.id for column in sorted(found.columns, key=lambda each: each.position)]

    async def act(self, who: str, command: Any) -> Any:
        return await self.ask(self.people[who], command)


async def play(
    stage: Stage, now: datetime, hashes: dict[str, str], advance: Callable[[], None]
) -> None:
    """Make everything, up to `now`; `hashes` are of passwords, by user name.

    The clock stands at `now - FOUNDED`, and the organisation's chat is there, empty. `advance` is
    called after each message and each card: `length` times.
    """
    await settle(stage, hashes)
    await gather(stage)
    lines = [
        (moment_of(line.when, now), chat, number, line)
        for chat, spoken in stage.story.talk.items()
        for number, line in enumerate(spoken)
    ]
    lines.sort(key=lambda each: each[0])
    cards = sorted(stage.story.cards, key=lambda card: moment_of(card.when, now))
    past = [each for each in lines if not is_fresh(each[3])]
    for moment, chat, number, line in past:
        while cards and moment_of(cards[0].when, now) <= moment:
            await work(stage, cards.pop(0), now)
            advance()
        await speak(stage, moment, chat, number, line)
        advance()
    await read(stage, lambda who: True)
    for card in cards:
        await work(stage, card, now)
        advance()
    for moment, chat, number, line in lines[len(past) :]:
        await speak(stage, moment, chat, number, line)
        advance()
    # Those who can sign in have something unread; all others have just looked.
    await read(stage, lambda who: who not in stage.story.logins)
    await leave_traces(stage)
    stage.clock.move(now)


def length(story: Story) -> int:
    """How many messages and cards there are."""
    return sum(map(len, story.talk.values())) + len(story.cards)


async def settle(stage: Stage, hashes: dict[str, str]) -> None:
    for person in stage.story.people:
        added = await stage.ask(
            SYSTEM,
            AddUser(
                username=person.username,
                display_name=person.display_name,
                email=f"{person.username}@example.org",
                role=person.role,
                locale="ru",
                time_zone="Europe/Moscow",
                password_hash=hashes.get(person.username),
            ),
        )
        stage.people[person.username] = Identity(
            user_id=added.id, session_id="", username=person.username, role=person.role
        )
        if person.face is not None:
            picture = drawing.face(person.face)
            address = await stage.giving.avatar(added.id, added.id, picture)
            await stage.ask(SYSTEM, UpdateUser(user_id=added.id, avatar_url=address))
        stage.clock.pass_by(60)


async def gather(stage: Stage) -> None:
    for group in stage.story.groups:
        first, second, *_ = group.people
        ids = [stage.people[each].user_id for each in group.people]
        made = await stage.act(
            first,
            commands.CreateChat(title=group.title, member_ids=ids[1:], board=group.board),
        )
        stage.chats[group.name], stage.inside[group.name] = made.id, group.people
        if group.name == stage.story.board:
            stage.columns = await stage.columns_of(made.id)
        promote = commands.UpdateMember(
            chat_id=made.id, user_id=stage.people[second].user_id, role="admin"
        )
        await stage.act(first, promote)
        if group.scene:
            maker, picture = ids[0], drawing.picture(group.scene, 0)
            address = await stage.giving.avatar(maker, made.id, picture)
            await stage.act(first, SetChatAvatar(chat_id=made.id, avatar_url=address))
        stage.clock.pass_by(60)
    for name, (first, second) in stage.story.directs.items():
        command = commands.OpenDirect(user_id=stage.people[second].user_id)
        stage.chats[name] = (await stage.act(first, command)).id
        stage.inside[name] = tuple(dict.fromkeys((first, second)))


def is_fresh(line: Line) -> bool:
    return line.when.startswith("-")


def moment_of(when: str, now: datetime) -> datetime:
    """Read "5 09:04" (working days ago, at) or "-12" (minutes ago)."""
    if when.startswith("-"):
        return now - timedelta(minutes=int(when[1:]))
    days, _, at = when.partition(" ")
    day = now.astimezone(ZONE).date()
    for _ in range(int(days)):
        day -= timedelta(days=1)
        while day.weekday() >= 5:
            day -= timedelta(days=1)
    return datetime.combine(day, time.fromisoformat(at), ZONE)


async def speak(stage: Stage, moment: datetime, chat: str, number: int, line: Line) -> None:
    stage.clock.move(moment)
    chat_id = stage.chats[chat]
    sender_id = stage.people[line.who].user_id
    sent = await stage.act(
        line.who,
        commands.SendMessage(
            chat_id=chat_id,
            client_message_id=str(uuid.uuid5(uuid.NAMESPACE_OID, f"{chat} {number}")),
            text=line.was or line.text,
            reply_to=stage.seqs[chat, line.to] if line.to else None,
            file_ids=await stage.giving.files(sender_id, chat_id, line.files),
        ),
    )
    stage.heads[chat] = sent.seq
    if line.id:
        stage.seqs[chat, line.id] = sent.seq
    for who, command in afterwards(line, chat_id, sent.seq):
        stage.clock.pass_by(15)
        await stage.act(who, command)


async def work(stage: Stage, card: Card, now: datetime) -> None:
    """Put a card on the board, and bring it to where it stands by now."""
    stage.clock.move(moment_of(card.when, now))
    due = None
    if card.due is not None:
        due = Due(date=(now.astimezone(ZONE).date() + timedelta(days=card.due)).isoformat())
    to = stage.people[card.to].user_id if card.to else None
    board = stage.story.board
    chat_id = stage.chats[board]
    task: Task
    if card.source is not None:
        seq = stage.seqs[board, card.source]
        command: Any = tasks.MakeTask(
            chat_id=chat_id, seq=seq, title=card.title, assigned_to=to, due=due
        )
    else:
        command = tasks.CreateTask(chat_id=chat_id, title=card.title, assigned_to=to, due=due)
    task = await stage.act(card.who, command)
    items = [
        ChecklistItem(f"item{number}", text, number < card.ticked)
        for number, text in enumerate(card.checklist)
    ]
    stage.clock.pass_by(40)
    await stage.act(
        card.who,
        tasks.UpdateTask(
            task_id=task.id,
            labels=list(card.labels),
            checklist=items,
            description=card.description,
        ),
    )
    if card.files:
        giver = stage.people[card.who].user_id
        file_ids = await stage.giving.files(giver, chat_id, card.files)
        attach = tasks.AttachFiles(task_id=task.id, file_ids=file_ids, cover=True)
        await stage.act(card.who, attach)
    for number, (who, said) in enumerate(card.comments):
        stage.clock.pass_by(120)
        key = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{card.title} {number}"))
        comment = commands.SendMessage(
            chat_id=chat_id, client_message_id=key, text=said, task_id=task.id
        )
        stage.heads[board] = (await stage.act(who, comment)).seq
    if card.column:
        stage.clock.pass_by(300)
        column = stage.columns[card.column]
        await stage.act(card.to or card.who, tasks.MoveTask(task_id=task.id, column_id=column))


def afterwards(line: Line, chat_id: int, seq: int) -> list[tuple[str, Any]]:
    """What became of a message: who does what to it."""
    at: Any = {"chat_id": chat_id, "seq": seq}
    done: list[tuple[str, Any]] = []
    if line.was:
        done.append((line.who, commands.EditMessage(**at, text=line.text)))
    if line.pin:
        done.append((line.who, commands.PinMessage(**at)))
    for reaction in filter(None, line.react.split("; ")):
        emoji, *fans = reaction.split()
        done += [(who, commands.AddReaction(**at, emoji=emoji)) for who in fans]
    if line.deleted:
        done.append((line.who, commands.DeleteMessage(**at)))
    return done


async def read(stage: Stage, who_reads: Callable[[str], bool]) -> None:
    stage.clock.pass_by(60)
    for chat, head in stage.heads.items():
        for who in filter(who_reads, stage.inside[chat]):
            mark = commands.MarkRead(chat_id=stage.chats[chat], read_seq=head, received_seq=head)
            await stage.act(who, mark)


async def leave_traces(stage: Stage) -> None:
    who, chat = stage.story.muted
    await stage.act(who, SetNotify(chat_id=stage.chats[chat], level="mentions"))
    who, chat, text = stage.story.draft
    await stage.act(who, SetDraft(chat_id=stage.chats[chat], text=text))
