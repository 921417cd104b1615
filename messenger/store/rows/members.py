"""Members of chats, and how far each has read and received."""

from collections.abc import Sequence

from messenger.model import Member
from messenger.store.db import Connection, Row
from messenger.store.paging import Part, fetch_part
from messenger.store.rows.chats import CHAT, USER, Ids, Reader, any_of
from messenger.store.schema.tables import members, users
from messenger.store.sql import sa
from messenger.store.statements import Prepared, as_rows, columns_of, shown

MEMBER_COLUMNS = shown(columns_of(members, Member))

SEATS = Prepared(
    sa.select(
        *MEMBER_COLUMNS,
        members.c.read_seq,
        members.c.received_seq,
        users.c.username,
    )
    .join(users, users.c.id == members.c.user_id)
    .where(members.c.chat_id == CHAT)
)
MEMBERS = Prepared(
    sa.select(*MEMBER_COLUMNS)
    .where(members.c.chat_id == CHAT, any_of(members.c.user_id, "users"))
)  # fmt: skip
PRESENT = Prepared(
    sa.select(*MEMBER_COLUMNS)
    .where(members.c.chat_id == CHAT, members.c.left_at.is_(None), members.c.user_id > USER)
    .order_by(members.c.user_id)
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
# Small chats only: in a chat of 5,000, marks of single members are of no use. Chat by chat: a join
# would be expected to find so much that it reads all members there are.
MARKS = Prepared(
    sa.text(
        """
        select c.id as chat_id, present.marks
        from chats c, lateral (
            select array_agg(array[m.user_id, m.read_seq, m.received_seq] order by m.user_id)
                   as marks
            from members m where m.chat_id = c.id and m.left_at is null
        ) present
        where c.id = any(:chats) and c.member_count <= 100 and present.marks is not null
        """
    ).bindparams(sa.bindparam("chats", type_=Ids)),
    kept=True,
)
# Who joins starts with nothing unread: the past is there to read, not to catch up with.
SAVE_MEMBERS = Prepared(
    sa.text(
        """
        insert into members (chat_id, user_id, role, joined_at, left_at, rev,
                             read_seq, received_seq, read_n)
        select t.chat_id, t.user_id, t.role, t.joined_at, t.left_at, t.rev, s.seq, s.seq, s.n
        from json_to_recordset(:rows) as t(chat_id bigint, user_id bigint, role text,
             joined_at timestamptz, left_at timestamptz, rev bigint)
        join streams s on s.id = t.chat_id
        on conflict (chat_id, user_id) do update
        set role = excluded.role, left_at = excluded.left_at, rev = excluded.rev,
            joined_at = excluded.joined_at,
            read_seq = case when members.left_at is not null and excluded.left_at is null
                       then excluded.read_seq else members.read_seq end,
            received_seq = case when members.left_at is not null and excluded.left_at is null
                       then excluded.received_seq else members.received_seq end,
            read_n = case when members.left_at is not null and excluded.left_at is null
                       then excluded.read_n else members.read_n end
        """
    )
)
COUNT = Prepared(
    sa.text(
        """
        update chats c
        set member_count =
            (select count(*) from members m where m.chat_id = c.id and m.left_at is null)
        where c.id = any(:chats)
        """
    ).bindparams(sa.bindparam("chats", type_=Ids))
)


async def marks(reader: Reader, chat_ids: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
    """The marks of all present members, of chats with up to 100 of them."""
    rows = await reader.fetch(MARKS, chats=list(chat_ids))
    return {row.chat_id: [(m[0], m[1], m[2]) for m in row.marks] for row in rows}


async def members_of(
    reader: Reader, chat_id: int, user_ids: Sequence[int]
) -> dict[int, Member]:  # fmt: skip
    rows = await reader.fetch(MEMBERS, chat=chat_id, users=list(user_ids))
    return {row.user_id: Member(**row._asdict()) for row in rows}


async def page(reader: Reader, chat_id: int, after: int, limit: int) -> Part[Member]:
    """The present members of a chat, by user id, after one of them."""
    return await fetch_part(reader, PRESENT, _member, limit, chat=chat_id, user=after)


def _member(row: Row) -> Member:
    return Member(**row._asdict())


async def save_members(connection: Connection, saved: Sequence[Member]) -> None:
    await connection.put(SAVE_MEMBERS, rows=as_rows(saved))
    await connection.put(COUNT, chats=sorted({member.chat_id for member in saved}))
