"""A small organisation made through `Storage` alone, over either store."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from time import monotonic
from typing import Any

from msgspec.structs import replace

from messenger.decision import Decision, Entry, UserAdded
from messenger.model import (
    Chat,
    ChatKind,
    Column,
    Event,
    Member,
    MemberRole,
    Message,
    Role,
    Task,
    User,
    timestamp,
)
from messenger.protocol.accounts import AddUser
from messenger.storage import Marked, Marking, Posting, Storage, Stored
from tests.waiting import PATIENCE

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
AT = timestamp(NOW)


def ticking() -> Callable[[], datetime]:
    """A clock that goes on with each look: no two batches of the journal have one moment."""
    ticks = count()
    return lambda: NOW + timedelta(milliseconds=next(ticks))


OpenSession = Callable[[int], Awaitable[str]]


class Poster:
    """Hears what becomes of posts and marks."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[Any] = asyncio.Queue()

    def stored(self, results: list[tuple[Any, Posting, Stored | Exception]], at: str) -> None:
        for token, _, result in results:
            self.heard.put_nowait((token, result))

    def marked(self, results: list[tuple[Any, Marked | Exception]]) -> None:
        for result in results:
            self.heard.put_nowait(result)

    async def results(self, number: int) -> dict[Any, Any]:
        """What the next `number` tokens were told."""
        async with asyncio.timeout(20):
            return dict([await self.heard.get() for _ in range(number)])


class Scene:
    """Makes users, chats, messages and tasks; everything else is for the test to ask."""

    def __init__(self, store: Storage, org_id: int, open_session: OpenSession) -> None:
        self.store = store
        self.org_id = org_id
        self.open_session = open_session
        self.poster = Poster()
        self.numbers = count(1)

    def key(self) -> str:
        return f"00000000-0000-4000-8000-{next(self.numbers):012x}"

    async def commit(self, *entries: Entry, **more: Any) -> list[Event]:
        return await self.store.commit(Decision(entries=list(entries), **more), NOW)

    async def user(self, name: str, role: Role = "user", email: str | None = None) -> int:
        id = await self.store.new_stream("user")
        user = User(id=id, username=name, display_name=name, role=role, created_at=AT)
        command = AddUser(
            username=name, display_name=name, role=role, email=email, locale="ru", time_zone="UTC",
            password_hash="x",
        )  # fmt: skip
        await self.commit(
            Entry(stream=self.org_id, type="user.joined", subject=id, data=user),
            writes=[UserAdded(user=user, command=command)],
        )
        return id

    async def users(self, *names: str) -> list[int]:
        return [await self.user(name) for name in names]

    async def chat(self, *user_ids: int, kind: ChatKind = "group") -> int:
        """A chat with these members; the first of a group owns it."""
        id = await self.store.new_stream("chat")
        pair = sorted(user_ids) if kind == "direct" else None
        made = Chat(id=id, kind=kind, title="Lobby", user_ids=pair, created_at=AT, updated_at=AT)
        created = Entry(stream=id, type="chat.created", subject=id, data=made)
        await self.commit(created, *(self.join(id, each) for each in user_ids))
        if kind == "group":
            await self.commit(self.join(id, user_ids[0], "owner"))
        return id

    def join(self, chat_id: int, user_id: int, role: MemberRole = "member") -> Entry:
        member = Member(chat_id=chat_id, user_id=user_id, role=role, joined_at=AT)
        return Entry(stream=chat_id, type="member.joined", subject=user_id, data=member)

    async def leave(self, chat_id: int, user_id: int) -> None:
        member = replace(self.join(chat_id, user_id).data, left_at=AT)
        await self.commit(
            Entry(stream=chat_id, type="member.left", subject=user_id, data=member),
            Entry(stream=user_id, type="chat.left", subject=chat_id),
        )

    async def post(self, chat_id: int, sender_id: int, text: str = "hi", **more: Any) -> Any:
        """Send a message; return what its sender is told."""
        self.send(self.posting(chat_id, sender_id, text, **more), "post")
        return (await self.poster.results(1))["post"]

    def send(self, posting: Posting, token: Any) -> None:
        self.store.post(posting, self.poster, token, monotonic() + 20)

    def posting(self, chat_id: int, sender_id: int, text: str = "hi", **more: Any) -> Posting:
        fields = {
            "client_message_id": self.key(), "digest": "00" * 32, "reply_to": None,
            "task_id": None, "mentions": [], "mentions_all": False, **more,
        }  # fmt: skip
        return Posting(chat_id=chat_id, sender_id=sender_id, text=text, **fields)

    async def mark(self, chat_id: int, user_id: int, read: int, received: int = 0) -> Any:
        until = monotonic() + PATIENCE
        self.store.mark(Marking(chat_id, user_id, read, received), self.poster, "mark", until)
        return (await self.poster.results(1))["mark"]

    async def message(self, chat_id: int, seq: int) -> Message:
        found = await self.store.message(chat_id, seq)
        assert found is not None
        return found

    async def column(self, chat_id: int, position: str, **fields: Any) -> Column:
        [id] = await self.store.new_ids("column", 1)
        column = Column(
            id=id, chat_id=chat_id, title="To do", position=position, version=1, **fields
        )
        return await self.save(column, "column.created", list(Column.__struct_fields__))

    async def task(self, chat_id: int, creator: int, **fields: Any) -> Task:
        [id], [number] = [await self.store.new_ids(kind, 1) for kind in ("task", "number")]
        task = Task(
            id=id, number=number, chat_id=chat_id, title="Cake", creator=creator, version=1,
            created_at=AT, updated_at=AT, **fields,
        )  # fmt: skip
        return await self.save(task, "task.created", list(Task.__struct_fields__))

    async def save(self, subject: Any, type: str, fields: list[str]) -> Any:
        """Commit a task or column whose `fields` changed; return it as committed."""
        entry = Entry(
            stream=subject.chat_id, type=type, subject=subject.id, data=subject,
            detail={"fields": fields},
        )  # fmt: skip
        [event] = await self.commit(entry)
        return event.data
