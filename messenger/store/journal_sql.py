"""The journal's statements: number, insert, move marks, and say where each stream's numbers began.

Each is one data-modifying statement, so one commit. The writer says of each post which of its
stream's it is in the batch (`i`), so there is nothing to sort or to count here. A plain INSERT and
no ON CONFLICT: with that a racing repeat would burn a number; so it fails the batch, which then
looks for the keys that are known (`FIND`) and comes again without them. `sent_before` fails it the
same way for a key whose message is archived.
The plans are made once, for tables that may still be empty, so nothing in them may hang on their
size: `lateral … limit 1` and `any(array(…))` leave only index scans with the keys at hand.
"""

from messenger.storage import Posting
from messenger.store.journal_rows import as_json
from messenger.store.rows.chats import Ids
from messenger.store.schema.tables import users
from messenger.store.sql import sa
from messenger.store.statements import Prepared

# What the trigger `fence` asks (migrations/0010.fence.sql), which leaves it to the journal's own
# statements: a call of PL/pgSQL is dear after a rest. Who has waited for the row of a stream asks
# again (migrations/0039.fence_inside.sql), for another server may have taken its turn meanwhile.
_OURS = """(clock_timestamp() < statement_timestamp() + interval '10 ms'
           and current_setting('messenger.turn', true)
               = (select value from instance where name = 'turn')
           or in_turn())"""

# $1 the posts, $2 how many each stream gets (by id: rows are locked in this order), $3 the time.
_BATCH = """
with s as materialized (
    select * from json_to_recordset($1) as t(i int, c bigint, u bigint, k uuid, d text, b text,
                                             r bigint, t bigint, m bigint[], a boolean,
                                             f jsonb, x bigint, y bigint, l uuid[])),
needed as materialized (select * from json_to_recordset($2) as t(c bigint, count int{head})),
bumped as (
    update streams set seq = streams.seq + needed.count, n = streams.n + needed.count{marked}
    from needed where streams.id = needed.c and streams.id = any(array(select c from needed)){known}
    returning streams.id, streams.seq - needed.count as seq, streams.n - needed.count as n),
inserted as (
    insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text, reply_to,
                          task_id, mentions, mentions_all, forwarded_from, source_chat_id,
                          source_seq, file_count, created_at, rev)
    select c, seq + i, n + i, u, k, decode(d, 'hex'), b, r, t, coalesce(m, '{{}}'),
           coalesce(a, false), f, x, y, coalesce(cardinality(l), 0), $3, seq + i
    from s join bumped on bumped.id = s.c
    where (select sent_before() from sent_keys a where a.sender_id = s.u
           and a.client_message_id = s.k limit 1) is null
      and {ours}{trusted})"""
_NUMBERED = "select null::bigint, id, seq, n, null::bigint from bumped"

_ALONE = {"ours": _OURS, "head": "", "known": "", "trusted": ""}
# Of several servers each says up to where it knows the stream: one that knows too little gets no
# numbers there, and decides anew. The row is locked by then, so nothing comes between.
_SHARED = {
    "ours": _OURS,
    "head": ", h bigint",
    "known": " and streams.changed <= needed.h",
    "trusted": """
          and (select locked_out() from users p where p.id = s.u and p.disabled_at is not null
               limit 1) is null""",
}


def _post(writers: dict[str, str]) -> str:
    batch = _BATCH.format(marked="", **writers)
    return f"prepare post(json, json, timestamptz) as {batch} {_NUMBERED}"


# A single message: most commits of a small company are one. The same in fewer steps; where several
# servers write there is no such statement.
_POST_ONE = f"""
prepare post_one(bigint, bigint, uuid, text, text, bigint, bigint, bigint[], boolean, jsonb, bigint,
                 bigint, timestamptz) as
with bumped as (
    update streams set seq = seq + 1, n = n + 1 where id = $1 returning seq, n),
inserted as (
    insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text, reply_to,
                          task_id, mentions, mentions_all, forwarded_from, source_chat_id,
                          source_seq, file_count, created_at, rev)
    select $1, seq, n, $2, $3, decode($4, 'hex'), $5, $6, $7, $8, $9, $10, $11, $12, 0, $13, seq
    from bumped
    where (select sent_before() from sent_keys a where a.sender_id = $2
           and a.client_message_id = $3 limit 1) is null
      and {_OURS})
select null::bigint, $1, seq - 1, n - 1, null::bigint from bumped
"""


# The same for a batch with files or marks; $4 the marks, with the `n` of the last message read
# where it is known. A stream's senders have all their marks with it, also those of this batch.
def _post_and_mark(writers: dict[str, str]) -> str:
    batch = _BATCH.format(marked=", marked_n = streams.n + needed.count", **writers)
    return f"""
prepare post_and_mark(json, json, timestamptz, json) as
{batch},
attached as (
    insert into attachments (chat_id, seq, position, file_id)
    select c, seq + i, listed.position - 1, listed.id
    from s join bumped on bumped.id = s.c
         cross join lateral unnest(l) with ordinality as listed(id, position)),
given as materialized (
    select * from json_to_recordset($4) as t(c bigint, u bigint, r bigint, v bigint, n bigint)),
settled as (
    update streams set marked_n = greatest(marked_n, g.n)
    from (select c, max(n) as n from given where n is not null
          and c not in (select c from needed) group by c) g
    where streams.id = g.c and streams.id = any(array(select c from given))),
asked as (
    select c, u, seq + i as r, seq + i as v, n + i as n from s join bumped on bumped.id = s.c
    union all
    select g.c, g.u, g.r, g.v,
           coalesce(g.n, (select x.n from messages x where x.chat_id = g.c and x.seq <= g.r
                          order by x.seq desc limit 1), 0)
    from given g),
furthest as (
    select c, u, max(r) as r, greatest(max(v), max(r)) as v, max(n) as n from asked group by c, u),
moved as (
    update members set read_seq = greatest(read_seq, f.r), read_n = greatest(read_n, f.n),
                       received_seq = greatest(received_seq, f.v)
    from furthest f where members.chat_id = f.c and members.user_id = f.u
      and members.chat_id = any(array(select c from furthest))
      and members.user_id = any(array(select u from furthest))
    returning members.user_id, members.chat_id, read_seq, read_n, received_seq)
{_NUMBERED} union all select * from moved
"""


# A row known from this very moment ($2) is this very batch, stored before the connection was lost.
FIND = """
prepare find(json, timestamptz) as
select s.o, m.chat_id, m.seq, m.n,
       to_char(m.created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       encode(case when m.created_at <> $2 then m.digest end, 'hex')
from json_to_recordset($1) as s(o int, u bigint, k uuid)
     cross join lateral (
        select chat_id, seq, n, created_at, digest from messages m
        where m.sender_id = s.u and m.client_message_id = s.k
        union all
        select chat_id, seq, n, created_at, digest from sent_keys a
        where a.sender_id = s.u and a.client_message_id = s.k limit 1) m
"""

PREPARE = f"{_post(_ALONE)};{_POST_ONE};{_post_and_mark(_ALONE)};{FIND}"
PREPARE_SHARED = f"{_post(_SHARED)};{_post_and_mark(_SHARED)};{FIND}"
EXECUTE_POST = "execute post(%(posts)s, %(streams)s, %(at)s)"
EXECUTE_POST_AND_MARK = "execute post_and_mark(%(posts)s, %(streams)s, %(at)s, %(marks)s)"
EXECUTE_FIND = "execute find(%(keys)s, %(at)s)"


def execute_post_one(post: Posting, at: str) -> tuple[str, tuple[str, ...]]:
    """What stores a message that has no files, and the strings that others made.

    Numbers, the time and the digest stand in the text: a parameter costs the driver a microsecond
    or two, and three times that after a rest.
    """
    reply_to, task = _number(post.reply_to), _number(post.task_id)
    mentions, source = ",".join(map(str, post.mentions)), "null, null, null"
    strings: tuple[str, ...] = (post.client_message_id, post.text)
    if post.source is not None:
        source = f"%s, {post.source.chat_id}, {post.source.seq}"
        strings += (as_json(post.source.forwarded_from),)
    sql = (
        f"execute post_one({post.chat_id}, {post.sender_id}, %s, '{post.digest}', %s, {reply_to},"
        f" {task}, '{{{mentions}}}', {post.mentions_all}, {source}, '{at}')"
    )
    return sql, strings


def _number(value: int | None) -> str:
    return "null" if value is None else str(value)


# After a crash: what senders are owed, of the newest messages of the streams that say so.
SETTLE = Prepared(
    sa.text(
        """
        with late as materialized (
            select id, n, least(n - marked_n, 100000) as count from streams where marked_n < n),
        own as (
            select late.id, m.sender_id, max(m.seq) as seq, max(m.n) as n
            from late cross join lateral (select * from messages where chat_id = late.id
                                          order by seq desc limit late.count) m
            group by late.id, m.sender_id),
        settled as (update streams set marked_n = late.n from late where streams.id = late.id)
        update members set read_seq = greatest(members.read_seq, own.seq),
                           read_n = greatest(members.read_n, own.n),
                           received_seq = greatest(members.received_seq, own.seq)
        from own where members.chat_id = own.id and members.user_id = own.sender_id
        """
    )
)

LOCKED_OUT = Prepared(
    sa.select(users.c.id).where(
        users.c.id == sa.any_(sa.bindparam("ids", type_=Ids)), users.c.disabled_at.is_not(None)
    )
)

OPTIONS = (
    "-c messenger.fence=inside"
    " -c enable_seqscan=off -c enable_bitmapscan=off -c plan_cache_mode=force_generic_plan"
)
"""On a new, never analysed database the planner would scan `messages` for known keys, for ever.
And the trigger `fence` leaves it to these statements to ask whether another server has served."""
