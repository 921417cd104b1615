"""Chats whose owner, or whose open tasks' assignee, cannot act there any more."""

from messenger.store.rows.chats import Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

# A guest may lead a chat, but not one they led before they became a guest, if somebody else can.
UNTIDY = Prepared(
    sa.text(
        """
        select t.chat_id as id, cast(null as bigint) as user_id
        from tasks t
        join users u on u.id = t.assigned_to
        left join members m on m.chat_id = t.chat_id and m.user_id = u.id and m.left_at is null
        where t.status = 'open' and t.deleted_at is null
              and (u.disabled_at is not null or m.user_id is null)
        union
        select m.chat_id, null
        from members m
        join users u on u.id = m.user_id
        join chats c on c.id = m.chat_id and c.deleted_at is null and c.kind <> 'direct'
        where m.role = 'owner' and m.left_at is null and u.disabled_at is not null
        union
        select m.chat_id, m.user_id
        from members m
        join users u on u.id = m.user_id and u.role = 'guest' and u.disabled_at is null
        join chats c on c.id = m.chat_id and c.deleted_at is null and c.kind = 'group'
        join events e on e.stream_id = m.chat_id and e.seq = m.rev
        where m.role = 'owner' and m.left_at is null
              and exists (select from audit a where a.subject = u.id and a.action = 'user.update'
                          and coalesce(a.details -> 'after' ->> 'role', a.details ->> 'new')
                              = 'guest'
                          and a.at > e.at)
              and exists (select from members o join users ou on ou.id = o.user_id
                          where o.chat_id = m.chat_id and o.left_at is null
                                and ou.disabled_at is null and ou.role <> 'guest')
        order by id
        """
    )
)

# What one person leads, or is to do: when they are gone, their chats have to be put in order.
DUTIES = Prepared(
    sa.text(
        """
        select m.chat_id as id
        from members m join chats c on c.id = m.chat_id
        where m.user_id = :user and m.left_at is null and m.role = 'owner'
              and c.deleted_at is null and c.kind <> 'direct'
        union
        select chat_id from tasks
        where assigned_to = :user and status = 'open' and deleted_at is null
        order by id
        """
    )
)


async def duties(reader: Reader, user_id: int) -> list[int]:
    return [row.id for row in await reader.fetch(DUTIES, user=user_id)]


async def chats(reader: Reader) -> list[tuple[int, int | None]]:
    """Each with the guest who still leads it; null: somebody else is gone there."""
    return [(row.id, row.user_id) for row in await reader.fetch(UNTIDY)]
