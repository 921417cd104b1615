"""What a user reads of tasks and boards in their chats; each read is of one moment."""

from datetime import datetime

from messenger.errors import NotFound
from messenger.model import Board, HistoryEntry, Message, Task
from messenger.store.db import Connection, Database
from messenger.store.paging import Part
from messenger.store.reads.chats import within
from messenger.store.rows import boards, chats, messages, tasks


async def task(database: Database, user_id: int, task_id: int) -> Task:
    """One task; raises NotFound unless the user is in its chat."""
    chat_id = await chat_of(database, task_id)

    async def read(connection: Connection) -> Task:
        return await there(connection, task_id)

    return await within(database, user_id, chat_id, read)


async def history(
    database: Database, user_id: int, task_id: int, after: int, limit: int
) -> tuple[list[HistoryEntry], int | None]:
    """A page of a task's history, and the `seq` that the next one comes after."""
    chat_id = await chat_of(database, task_id)

    async def read(connection: Connection) -> tuple[list[HistoryEntry], int | None]:
        await there(connection, task_id)
        part = await tasks.history(connection, chat_id, task_id, after, limit)
        return part.items, part.items[-1].seq if part.more else None

    return await within(database, user_id, chat_id, read)


async def messages_of(
    database: Database, user_id: int, task_id: int, after: int, limit: int
) -> tuple[list[Message], int | None]:
    """A page of a task's messages, ascending, and the `seq` that the next one comes after."""
    chat_id = await chat_of(database, task_id)

    async def read(connection: Connection) -> tuple[list[Message], int | None]:
        await there(connection, task_id)
        seqs = await tasks.comments(connection, chat_id, task_id, after, limit + 1)
        part = await messages.page_by_seq(connection, chat_id, seqs, limit)
        return part.items, part.items[-1].seq if part.more else None

    return await within(database, user_id, chat_id, read)


async def board(database: Database, user_id: int, chat_id: int, done: int | None = None) -> Board:
    async def read(connection: Connection) -> Board:
        head = await connection.fetch_one(chats.HEAD, chat=chat_id)
        assert head is not None
        return await boards.board(connection, chat_id, head.seq, done)

    return await within(database, user_id, chat_id, read)


async def shown(
    database: Database, user_id: int, chat_id: int, after: int, done: int | None = None
) -> tuple[list[Task], int | None]:
    """A page of the tasks that a chat's snapshot shows, by id, and where it goes on."""

    async def read(connection: Connection) -> tuple[list[Task], int | None]:
        page = (await boards.shown(connection, [chat_id], after, done))[chat_id]
        return page.tasks, page.next

    return await within(database, user_id, chat_id, read)


async def done_in(
    database: Database,
    user_id: int,
    column_id: int,
    limit: int,
    before: tuple[datetime, int] | None,
) -> Part[Task]:
    """A page of the done cards of a column, the last closed first."""
    chat_id = await chat_of(database, column_id, "column")

    async def read(connection: Connection) -> Part[Task]:
        return await boards.done_in(connection, column_id, limit, before)

    return await within(database, user_id, chat_id, read)


async def chat_of(database: Database, id: int, kind: str = "task") -> int:
    """The chat of a task or a column; raises NotFound."""
    chat_id = await tasks.chat_of(database, kind, id)
    if chat_id is None:
        raise NotFound
    return chat_id


async def there(connection: Connection, task_id: int) -> Task:
    """A task that is not deleted; raises NotFound."""
    found = (await tasks.by_ids(connection, [task_id])).get(task_id)
    if found is None or found.deleted_at is not None:
        raise NotFound
    return found
