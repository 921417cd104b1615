"""The store that actors see, over PostgreSQL: `storage.Storage`, one line a method."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from messenger.decision import Decision, PreferenceSet
from messenger.model import (
    ChatMembership,
    Event,
    File,
    Identity,
    Invite,
    Me,
    Member,
    Message,
    NotifySettings,
    SavedSearches,
    SentMessage,
    Task,
    User,
)
from messenger.storage import (
    Access,
    AskedKey,
    BoardRecord,
    ChatRecord,
    FirstInvite,
    JournalListener,
    Keyed,
    Marking,
    ReactionState,
    Seat,
    Source,
)
from messenger.store import commits, events, subjects
from messenger.store.db import Connection, Database
from messenger.store.journal import Journal
from messenger.store.reads import untidy
from messenger.store.rows import (
    boards,
    chats,
    erasures,
    files,
    invites,
    members,
    messages,
    quotas,
    reactions,
    request_keys,
    saved_searches,
    sessions,
    sources,
    tasks,
    users,
)
from messenger.store.rows.chats import Ids
from messenger.store.schema.tables import users as people
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamp

# Also back: a clock that was ahead must not leave people seen in the future.
SAVE_LAST_SEEN = Prepared(
    sa.text(
        """
        update users u set last_seen_at = t.at
        from unnest(:ids, :moments) as t(id, at) where u.id = t.id
        """
    ).bindparams(
        sa.bindparam("ids", type_=Ids),
        sa.bindparam("moments", type_=sa.ARRAY(sa.TIMESTAMP(timezone=True))),
    )
)
LAST_SEEN = Prepared(
    sa.select(people.c.id, stamp(people.c.last_seen_at)).where(
        people.c.id == sa.any_(sa.bindparam("ids", type_=Ids))
    )
)
ADMINISTRATORS = Prepared(
    sa.select(sa.func.count().label("count")).where(
        people.c.role == sa.literal_column("'admin'"), people.c.disabled_at.is_(None)
    )
)


class Past(Protocol):
    """What the tables have no more, as the archive reads it."""

    async def archived(self, chat_id: int, seq: int, /) -> Message | None: ...

    async def forwardable(
        self, chat_id: int, seqs: Sequence[int], /
    ) -> dict[int, tuple[Message, Source | None]]: ...


class PostgresStore:
    """The pool for reads and transactions, the journal for messages."""

    def __init__(
        self,
        database: Database,
        journal: Journal,
        announce: bool = False,
        past: Past | None = None,
    ) -> None:
        self.database = database
        self.journal = journal
        # Every message goes through it, so without a step in between.
        self.post = journal.post
        self.past = past
        # Whether commits are told to other processes: the serving one need not tell itself.
        self.announce = announce

    def mark(self, marking: Marking, listener: JournalListener, token: Any, until: float) -> None:
        self.journal.mark(marking, listener, token, until)

    async def commit(self, decision: Decision, at: datetime) -> list[Event]:
        return await commits.commit(self.database, decision, at, self.announce)

    async def commit_alone(
        self, stream: int, decide: Callable[[], Awaitable[Decision]], at: datetime
    ) -> list[Event]:
        return await commits.commit_alone(self.database, stream, decide, at, self.announce)

    async def new_stream(self, kind: str) -> int:
        return await chats.new_stream(self.database, kind)

    async def new_ids(self, kind: str, count: int) -> list[int]:
        return await tasks.new_ids(self.database, kind, count)

    async def uncertain(self) -> bool:
        return self.journal.overdue or await self.database.lingers()

    async def find_keys(self, keys: Sequence[AskedKey]) -> dict[AskedKey, Keyed]:
        return await request_keys.find(self.database, keys)

    async def save_last_seen(self, seen: dict[int, datetime]) -> None:
        await self.database.fetch(SAVE_LAST_SEEN, ids=list(seen), moments=list(seen.values()))

    async def chat(self, chat_id: int) -> ChatRecord | None:
        async def read(connection: Connection) -> ChatRecord | None:
            found = await chats.find(connection, [chat_id])
            if chat_id not in found:
                return None
            rows = await connection.fetch(members.SEATS, chat=chat_id)
            head = await connection.fetch_one(chats.HEAD, chat=chat_id)
            assert head is not None
            seats = []
            for row in rows:
                values = row._asdict()
                read_seq, received_seq = values.pop("read_seq"), values.pop("received_seq")
                username = values.pop("username")
                seats.append(Seat(Member(**values), username, read_seq, received_seq))
            return ChatRecord(found[chat_id], seats, head.seq)

        return await self.database.transact(read, snapshot=True)

    async def message(self, chat_id: int, seq: int) -> Message | None:
        return (await messages.by_seq(self.database, chat_id, [seq])).get(seq)

    async def forwardable(
        self, chat_id: int, seqs: Sequence[int]
    ) -> dict[int, tuple[Message, Source | None]]:
        found = await sources.forwardable(self.database, chat_id, seqs)
        gone = [seq for seq in seqs if seq not in found]
        return found | (await self.past.forwardable(chat_id, gone) if self.past and gone else {})

    async def archived(self, chat_id: int, seq: int) -> Message | None:
        return await self.past.archived(chat_id, seq) if self.past else None

    async def take_files(
        self, user_id: int, chat_id: int, ids: Sequence[str], at: datetime
    ) -> list[File]:
        return await files.take(self.database, user_id, chat_id, ids, at)

    async def copy_files(
        self, user_id: int, chat_id: int, ids: Mapping[str, str], at: datetime
    ) -> list[File]:
        return await files.copy(self.database, user_id, chat_id, ids, at)

    async def kept_by(self, user_id: int) -> int:
        return await quotas.kept_by(self.database, user_id)

    async def reaction_state(
        self, chat_id: int, seq: int, emoji: str, user_id: int
    ) -> ReactionState | None:
        return await reactions.state(self.database, chat_id, seq, emoji, user_id)

    async def board(self, chat_id: int) -> BoardRecord:
        return await boards.board_record(self.database, chat_id)

    async def task(self, task_id: int) -> tuple[Task, dict[str, int]] | None:
        return await tasks.with_versions(self.database, task_id)

    async def chat_of(self, kind: str, id: int) -> int | None:
        return await tasks.chat_of(self.database, kind, id)

    async def sent_message(self, sender_id: int, key: str, digest: str) -> SentMessage | None:
        row = await messages.sent(self.database, sender_id, key)
        if row is None or bytes(row.digest).hex() != digest:
            return None
        return SentMessage(row.chat_id, row.seq, row.n, row.created_at, key, True)

    async def subject(self, type: str, stream: int, id: int) -> Any:
        return (await subjects.load(self.database, stream, type, [id])).get(id)

    async def events(self, stream: int, after: int, upto: int) -> list[Event]:
        return await events.read(self.database, stream, after, upto)

    async def first(self, stream: int) -> int:
        return (await events.firsts(self.database, [stream])).get(stream, 0)

    async def heads(self, ids: Sequence[int]) -> dict[int, int]:
        return await events.heads(self.database, ids)

    async def changed(self, stream: int) -> int:
        return await events.changed(self.database, stream)

    async def moved(self, known: dict[int, int]) -> dict[int, int]:
        return await events.moved(self.database, known)

    async def access(self, user_id: int, ids: Sequence[int] | None) -> list[Access]:
        if ids is None:
            rows = await self.database.fetch(chats.ALL_ACCESS, user=user_id)
        else:
            rows = await self.database.fetch(chats.ACCESS, user=user_id, chats=list(ids))
        return [Access(row.id, row.seq, row.kind) for row in rows]

    async def my(self, user_id: int, ids: Sequence[int]) -> dict[int, ChatMembership]:
        return await chats.my(self.database, user_id, ids)

    async def marks(self, ids: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
        return await members.marks(self.database, ids)

    async def duties(self, user_id: int) -> list[int]:
        return await untidy.duties(self.database, user_id)

    async def direct(self, user_ids: list[int]) -> int | None:
        row = await self.database.fetch_one(chats.DIRECT, pair=user_ids)
        return int(row.id) if row else None

    async def users(self, ids: Sequence[int]) -> dict[int, User]:
        return {user.id: user for user in await users.by_ids(self.database, ids)}

    async def visible(self, identity: Identity, ids: Sequence[int]) -> list[int]:
        return await users.visible(self.database, identity, ids)

    async def last_seen(self, ids: Sequence[int]) -> dict[int, str | None]:
        rows = await self.database.fetch(LAST_SEEN, ids=list(ids))
        return {row.id: row.last_seen_at for row in rows}

    async def me(self, user_id: int) -> Me | None:
        return await users.me(self.database, user_id)

    async def invite(self, invite_id: str) -> Invite | None:
        return await invites.by_id(self.database, invite_id)

    async def first_invite(self, now: datetime) -> FirstInvite:
        return await invites.first(self.database, now)

    async def erased(self, user_id: int) -> bool:
        return await erasures.erased(self.database, user_id)

    async def administrators(self) -> int:
        row = await self.database.fetch_one(ADMINISTRATORS)
        return int(row.count) if row else 0

    async def preference(self, user_id: int, chat_id: int) -> PreferenceSet:
        return await chats.preference(self.database, user_id, chat_id)

    async def notifications(self, user_id: int) -> NotifySettings:
        return await users.notifications(self.database, user_id)

    async def saved_searches(self, user_id: int) -> SavedSearches:
        return await saved_searches.kept(self.database, user_id)

    async def draft_bytes(self, user_id: int, but: int) -> int:
        return await chats.draft_bytes(self.database, user_id, but)

    async def sessions(self, user_id: int, but: str | None) -> list[str]:
        return await sessions.others(self.database, user_id, but)

    async def identify(self, session_id: str, now: datetime) -> Identity | None:
        return await sessions.identify(self.database, session_id, now)
