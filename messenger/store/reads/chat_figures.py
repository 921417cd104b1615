"""Chats as administrators see them: how large, and who leads; nothing of what is said there.

Direct chats are nobody's business but their two people's, and are not among them.
"""

from collections.abc import Sequence
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from messenger.store.paging import Part, fetch_part
from messenger.store.rows.chats import Reader
from messenger.store.rows.users import pattern
from messenger.store.sql import sa
from messenger.store.statements import Prepared, stamped

LED: Final = """
    exists (select from members m join users u on u.id = m.user_id and u.disabled_at is null
            where m.chat_id = c.id and m.left_at is null and m.role = 'owner')
"""
LISTED = Prepared(
    sa.text(
        f"""
        select c.id, c.kind, coalesce(c.title, '') as title, c.board,
               {stamped("created_at")}, {stamped("updated_at")}, members, messages, files, bytes,
               owners
        from (
            select c.*, coalesce(s.n, 0) as messages,
                   (select count(*) from members m where m.chat_id = c.id and m.left_at is null)
                       as members,
                   array(select m.user_id from members m join users u on u.id = m.user_id
                         where m.chat_id = c.id and m.left_at is null and m.role = 'owner'
                               and u.disabled_at is null order by m.user_id) as owners
            from chats c join streams s on s.id = c.id
            where c.id > :after and c.kind <> 'direct' and c.deleted_at is null
                  and (cast(:part as text) is null or c.title ilike :part)
                  and (not cast(:leaderless as boolean) or (c.kind = 'group' and not {LED}))
            order by c.id limit :limit
        ) c
        left join lateral (
            select count(*) as files, coalesce(sum(f.size), 0)::bigint as bytes
            from files f where f.chat_id = c.id
        ) f on true
        order by c.id
        """
    )
)
LEADERLESS = Prepared(
    sa.text(
        f"""
        select count(*) as count from chats c
        where c.kind = 'group' and c.deleted_at is null and not {LED}
        """
    )
)


class ChatFigures(msgspec.Struct, frozen=True, kw_only=True):
    """A group, or the common chat. `owners` empty: nobody leads it."""

    id: Annotated[int, Meta(description="The chat.")]
    kind: str
    title: str
    board: Annotated[bool, Meta(description="Whether it has a board.")]
    created_at: str
    updated_at: str
    members: Annotated[int, Meta(description="People in it.")]
    messages: Annotated[int, Meta(description="Messages ever posted there.")]
    files: Annotated[int, Meta(description="Files uploaded there.")]
    bytes: Annotated[int, Meta(description="Bytes of those files.")]
    owners: Annotated[Sequence[int], Meta(description="Its owners who can sign in.")]


async def listed(
    reader: Reader, query: str, leaderless: bool, after: int, limit: int
) -> Part[ChatFigures]:
    """Chats by id, those whose title has a part."""
    text = query.strip()
    return await fetch_part(
        reader,
        LISTED,
        lambda row: ChatFigures(**row._asdict()),
        limit,
        after=after,
        part="%" + pattern(text) if text else None,
        leaderless=leaderless,
    )


async def leaderless(reader: Reader) -> int:
    """How many groups nobody leads."""
    (row,) = await reader.fetch(LEADERLESS)
    return int(row.count)
