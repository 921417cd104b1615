"""The journal's one statement: number, insert, log, move marks, and say what came of each row."""

from messenger.store.rows.chats import Ids
from messenger.store.schema.tables import users
from messenger.store.sql import sa
from messenger.store.statements import Prepared

# A row known from this very moment ($3) is this very batch, stored before the connection was lost.
# One data-modifying statement, so one commit. A plain INSERT and no ON CONFLICT: with that a racing
# repeat would burn a number; so it fails the batch, which then finds the row and repeats.
# The plan is made once, for tables that may still be empty, so nothing in it may hang on their
# size: `lateral … limit 1` and `any(array(…))` leave only index scans with the keys at hand.
STATEMENT = """
prepare journal(json, json, timestamptz) as
with s as materialized (
    select * from json_to_recordset($1) as t(o int, c bigint, u bigint, k uuid, d text, b text,
                                             r bigint, t bigint, m bigint[], a boolean,
                                             f jsonb, x bigint, y bigint, l uuid[])),
known as materialized (
    select s.o, m.chat_id, m.seq, m.n, m.created_at, m.digest
    from s cross join lateral (
        select chat_id, seq, n, created_at, digest from messages m
        where m.sender_id = s.u and m.client_message_id = s.k
        union all
        select chat_id, seq, n, created_at, digest from sent_keys a
        where a.sender_id = s.u and a.client_message_id = s.k limit 1) m),
fresh as materialized (select s.* from s where not exists (select from known where known.o = s.o)),
needed as (select c, count(*) as count from fresh group by c),
locked as (select id from streams where id = any(array(select c from needed))
           order by id for update),
bumped as (
    update streams set seq = streams.seq + needed.count, n = streams.n + needed.count
    from needed where streams.id = needed.c and streams.id = any(array(select id from locked))
    returning streams.id, streams.seq - needed.count as seq, streams.n - needed.count as n),
numbered as materialized (
    select f.*, b.seq + row_number() over w as seq, b.n + row_number() over w as n
    from fresh f join bumped b on b.id = f.c window w as (partition by f.c order by f.o)),
inserted as (
    insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text, reply_to,
                          task_id, mentions, mentions_all, forwarded_from, source_chat_id,
                          source_seq, file_count, created_at, rev)
    select c, seq, n, u, k, decode(d, 'hex'), b, r, t, m, a, f, x, y, cardinality(l), $3, seq
    from numbered),
attached as (
    insert into attachments (chat_id, seq, position, file_id)
    select c, seq, listed.position - 1, listed.id
    from numbered cross join lateral unnest(l) with ordinality as listed(id, position)),
logged as (
    insert into events (stream_id, seq, type, by, at, subject)
    select c, seq, 'message.created', u, $3, seq from numbered),
asked as (
    select c, u, seq as r, seq as v, n from numbered
    union all
    select q.c, q.u, q.r, q.v,
           coalesce((select x.n from messages x where x.chat_id = q.c and x.seq <= q.r
                     order by x.seq desc limit 1), 0)
    from json_to_recordset($2) as q(c bigint, u bigint, r bigint, v bigint)),
furthest as (
    select c, u, max(r) as r, greatest(max(v), max(r)) as v, max(n) as n from asked group by c, u),
moved as (
    update members set read_seq = greatest(read_seq, f.r), read_n = greatest(read_n, f.n),
                       received_seq = greatest(received_seq, f.v)
    from furthest f where members.chat_id = f.c and members.user_id = f.u
      and members.chat_id = any(array(select c from furthest))
      and members.user_id = any(array(select u from furthest))
    returning members.chat_id, members.user_id, read_seq, received_seq, read_n)
select s.o, coalesce(known.chat_id, numbered.c), coalesce(known.seq, numbered.seq),
       coalesce(known.n, numbered.n),
       to_char(known.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       encode(case when known.created_at <> $3 then known.digest end, 'hex'),
       null::bigint, null::bigint
from s left join known on known.o = s.o left join numbered on numbered.o = s.o
union all
select null, chat_id, read_seq, received_seq, null, null, user_id, read_n from moved
where exists (select from json_to_recordset($2) as q(c bigint, u bigint)
              where q.c = moved.chat_id and q.u = moved.user_id)
order by 1
"""
LOCKED_OUT = Prepared(
    sa.select(users.c.id).where(
        users.c.id == sa.any_(sa.bindparam("ids", type_=Ids)), users.c.disabled_at.is_not(None)
    )
)
EXECUTE = "execute journal(%(posts)s, %(marks)s, %(at)s)"
OPTIONS = "-c enable_seqscan=off -c plan_cache_mode=force_generic_plan"
"""On a new, never analysed database the planner would scan `messages` for known keys, for ever."""
