"""Reactions to messages: who gave which emoji, and what one more would meet."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from messenger.model import Reaction, ReactionChange
from messenger.storage import ReactionState
from messenger.store.db import Connection, Row
from messenger.store.paging import Part, part_of
from messenger.store.rows.chats import Ids, Reader
from messenger.store.sql import sa
from messenger.store.statements import Prepared

SHOWN_REACTIONS = 20
"""So many names stand beside an emoji; `GET …/reactions` has the rest."""

REACTIONS = Prepared(
    sa.text(
        r"""
        select r.chat_id, r.seq, r.emoji, count(*) as count,
               (array_agg(r.user_id order by r.rev))[\:shown] as user_ids
        from unnest(:chats, :seqs) as w(chat_id, seq) join reactions r using (chat_id, seq)
        group by r.chat_id, r.seq, r.emoji
        order by r.chat_id, r.seq, r.emoji
        """.replace("shown", str(SHOWN_REACTIONS))
    ).bindparams(sa.bindparam("chats", type_=Ids), sa.bindparam("seqs", type_=Ids))
)
# Kinds of emoji are found one by one along the index, however many people gave each.
STATE = Prepared(
    sa.text(
        """
        with recursive kinds as (
            (select emoji from reactions where chat_id = :chat and seq = :seq
             order by emoji limit 1)
            union all
            select (select r.emoji from reactions r where r.chat_id = :chat and r.seq = :seq
                    and r.emoji > kinds.emoji order by r.emoji limit 1)
            from kinds where kinds.emoji is not null)
        select deleted_at is not null as deleted,
               exists (select from reactions where chat_id = :chat and seq = :seq
                       and emoji = :emoji and user_id = :user) as given,
               exists (select from kinds where emoji = :emoji) as known,
               (select count(emoji) from kinds) as kinds
        from messages where chat_id = :chat and seq = :seq
        """
    )
)
REACTORS = Prepared(
    sa.text(
        """
        select r.emoji, r.user_id, r.rev,
               (select count(*) from reactions o where o.chat_id = :chat and o.seq = :seq
                and o.emoji = r.emoji) as count
        from reactions r
        where r.chat_id = :chat and r.seq = :seq and (r.emoji, r.rev) > (:emoji, :rev)
        order by r.emoji, r.rev limit :limit
        """
    )
)
REACT = Prepared(
    sa.text(
        """
        with touched as (update messages set rev = :rev where chat_id = :chat and seq = :seq)
        insert into reactions (chat_id, seq, emoji, user_id, rev)
        values (:chat, :seq, :emoji, :user, :rev)
        """
    )
)
UNREACT = Prepared(
    sa.text(
        """
        with touched as (update messages set rev = :rev where chat_id = :chat and seq = :seq)
        delete from reactions
        where chat_id = :chat and seq = :seq and emoji = :emoji and user_id = :user
        """
    )
)


async def reactions_to(
    reader: Reader, places: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], list[Reaction]]:
    """What stands under messages, named by (chat, seq); the first names of each emoji.

    A message whose `rev` is its `seq` has none, and need not be asked about.
    """
    if not places:
        return {}
    given = await reader.fetch(
        REACTIONS, chats=[chat for chat, _ in places], seqs=[seq for _, seq in places]
    )
    found: dict[tuple[int, int], list[Reaction]] = defaultdict(list)
    for row in given:
        found[row.chat_id, row.seq].append(Reaction(row.emoji, row.count, row.user_ids))
    return found


async def state(
    reader: Reader, chat_id: int, seq: int, emoji: str, user_id: int
) -> ReactionState | None:  # fmt: skip
    """What one person's reaction to a message would meet; None where no message is."""
    row = await reader.fetch_one(STATE, chat=chat_id, seq=seq, emoji=emoji, user=user_id)
    return row and ReactionState(**row._asdict())


async def reactors(
    reader: Reader, chat_id: int, seq: int, after: tuple[str, int], limit: int
) -> Part[Row]:
    """Who reacted, by emoji and in their order, after an (emoji, rev)."""
    emoji, rev = after
    values = {"chat": chat_id, "seq": seq, "emoji": emoji, "rev": rev}
    return part_of(await reader.fetch(REACTORS, limit=limit + 1, **values), limit)


async def react(connection: Connection, change: ReactionChange, rev: int, added: bool) -> None:
    values: dict[str, Any] = {
        "chat": change.chat_id,
        "seq": change.seq,
        "emoji": change.emoji,
        "user": change.user_id,
        "rev": rev,
    }
    await connection.put(REACT if added else UNREACT, **values)
