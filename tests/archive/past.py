"""A company with a past, made at once in SQL: people, chats, messages over so many days.

Every chat begins with its making and its members; of every hundred messages some are edited,
reacted to, deleted or pinned, as in life. Also what the measure of a whole archive is taken on.
"""

from datetime import UTC, datetime, timedelta

from messenger.store.archive.session import Session

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)

PEOPLE = """
    with made as (insert into streams (kind, seq)
                  select 'user', 0 from generate_series(1, %(people)s) returning id)
    insert into users (id, username, username_key, display_name, role, locale, time_zone,
                       created_at)
    select id, 'past' || id, 'past' || id, 'Past ' || id, 'user', 'en', 'UTC', %(from)s from made
    returning id
"""
CHAT = """
    with made as (insert into streams (kind, seq, n)
                  values ('chat', 1 + cardinality(%(people)s::bigint[]), 0) returning id),
    chat as (insert into chats (id, kind, title, created_at, updated_at, rev)
             select id, 'group', 'Past', %(from)s, %(from)s, 1 from made),
    people as (select id, place from unnest(%(people)s::bigint[]) with ordinality t(id, place)),
    seats as (insert into members (chat_id, user_id, role, joined_at, rev)
              select made.id, people.id, 'member', %(from)s, 1 + place from made, people),
    begun as (insert into events (stream_id, seq, type, by, at, subject)
              select id, 1, 'chat.created', null, %(from)s, id from made),
    joined as (insert into events (stream_id, seq, type, by, at, subject)
               select made.id, 1 + place, 'member.joined', people.id, %(from)s, people.id
               from made, people)
    select id from made
"""
MESSAGES = """
    with head as (select id, seq, n from streams where id = %(chat)s),
    numbered as (
        select i, head.seq + i as seq, head.n + i as n,
               (%(people)s::bigint[])[1 + i %% cardinality(%(people)s::bigint[])] as sender,
               %(from)s + i * %(step)s as at
        from head, generate_series(1, %(count)s) i),
    written as (
        insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text, reply_to,
                              created_at, rev)
        select %(chat)s, seq, n, sender, gen_random_uuid(), sha256(seq::text::bytea),
               'Message ' || n || ': "the ships\\boats" sail at ' || n %% 24 || E' o''clock,\\n'
               || 'корабли уходят ' || md5(n::text),
               case when i %% 20 = 7 then seq - 3 end, at, seq
        from numbered),
    counted as (update streams set seq = head.seq + %(count)s, n = head.n + %(count)s
                from head where streams.id = head.id)
    insert into events (stream_id, seq, type, by, at, subject)
    select %(chat)s, seq, 'message.created', sender, at, seq from numbered
"""
# Changes take numbers of their own, at the moment of the last message.
CHANGES = """
    with head as (select s.id, s.seq, (select max(created_at) from messages m
                                       where m.chat_id = s.id) as at
                  from streams s where s.id = %(chat)s),
    chosen as (
        select m.seq as subject, m.sender_id, head.at,
               head.seq + row_number() over (order by m.seq) as seq,
               case m.n %% 100 when 11 then 'message.edited' when 22 then 'message.deleted'
                               when 33 then 'message.pinned' else 'reaction.added' end as type
        from head join messages m on m.chat_id = head.id
        where m.n %% 100 in (11, 22, 44) or m.n %% 1000 = 33),
    touched as (
        update messages m set rev = c.seq,
            edited_at = case c.type when 'message.edited' then c.at end,
            deleted_at = case c.type when 'message.deleted' then c.at end,
            pinned_at = case c.type when 'message.pinned' then c.at end,
            pinned_by = case c.type when 'message.pinned' then c.sender_id end,
            text = case c.type when 'message.deleted' then '' else m.text end
        from chosen c where m.chat_id = %(chat)s and m.seq = c.subject),
    given as (insert into reactions (chat_id, seq, emoji, user_id, rev)
              select %(chat)s, subject, '👍', sender_id, seq from chosen
              where type = 'reaction.added'),
    counted as (update streams set seq = head.seq + (select count(*) from chosen)
                from head where streams.id = head.id)
    insert into events (stream_id, seq, type, by, at, subject, data)
    select %(chat)s, seq, type, sender_id, at, subject,
           case type when 'reaction.added' then jsonb_build_object(
               'chat_id', %(chat)s, 'seq', subject, 'emoji', '👍', 'user_id', sender_id) end
    from chosen
"""


CAUGHT_UP = """
    insert into consumers (name, stream, seq)
    select known.name, s.id, s.seq from consumers known, streams s where known.stream = 0
    on conflict (name, stream) do update set seq = excluded.seq
"""


def catch_up(session: Session) -> None:
    """Have whoever reads the log with a stored cursor be at its end."""
    session.rows(CAUGHT_UP)


def fill(
    session: Session,
    chats: int,
    messages: int,
    days: int = 60,
    people: list[int] | None = None,
    now: datetime = NOW,
) -> list[int]:
    """Make chats of so many messages each, evenly over the last days; returns the chats.

    Of these people, or of four of their own.
    """
    begin, step = now - timedelta(days=days), timedelta(days=days) / messages
    ids = people or [row.id for row in session.rows(PEOPLE, people=4, **{"from": begin})]
    made = []
    for _ in range(chats):
        chat = session.value(CHAT, people=ids, **{"from": begin})
        place = {"chat": chat, "people": ids, "step": step}
        # The changes happen after a quarter: before the line that the retention draws.
        early = messages // 4
        session.rows(MESSAGES, count=early, **place, **{"from": begin})
        session.rows(CHANGES, chat=chat)
        session.rows(MESSAGES, count=messages - early, **place, **{"from": begin + step * early})
        made.append(chat)
    return made
