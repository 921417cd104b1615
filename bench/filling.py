"""Fills the database by SQL, faster than any client could: what is measured is how it is read.

Everything is as the server would have written it: numbers without holes, marks, the log.
"""

from typing import Any

import psycopg2
import psycopg2.extras

from bench.server import Account

AT_ONCE = 250_000
"""Messages of one statement: none may take minutes."""
MENTIONING = 200
"""Of so many messages one names somebody."""
DELETED = 1_000
"""Of so many messages one is deleted."""

CHATS = """
with made as (insert into streams (kind, seq) select 'chat', 1 from generate_series(1, %(count)s)
              returning id),
logged as (insert into events (stream_id, seq, type, at, subject)
           select id, 1, 'chat.created', now(), id from made)
insert into chats (id, kind, title, board, created_by, created_at, updated_at, rev)
select id, 'group', 'Filled ' || id, false, %(owner)s, now(), now(), 1 from made returning id
"""
MEMBERS = """
insert into members (chat_id, user_id, role, joined_at, rev, read_seq, received_seq)
values %s on conflict do nothing
"""
COUNT = """
update chats c
set member_count = (select count(*) from members m where m.chat_id = c.id and m.left_at is null)
where c.id = any(%(chats)s)
"""
MESSAGES = """
with numbered as (
    update streams set seq = seq + %(count)s, n = n + %(count)s, marked_n = n + %(count)s
    where id = %(chat)s
    returning id, seq - %(count)s as seq, n - %(count)s as n
),
made as (
    insert into messages (chat_id, seq, n, sender_id, client_message_id, digest, text, mentions,
                          created_at, deleted_at, rev)
    select id, seq + i, n + i, (%(people)s)[1 + i %% cardinality(%(people)s)],
           (lpad(to_hex(id), 16, '0') || lpad(to_hex(seq + i), 16, '0'))::uuid, '\\x00',
           case when i %% %(deleted)s = 0 then '' else repeat('Words of a message. ', 5) end,
           case when i %% %(mentioning)s = 0 then array[%(named)s] else '{}'::bigint[] end,
           now(), case when i %% %(deleted)s = 0 then now() end, seq + i
    from numbered, generate_series(1, %(count)s) i
    returning chat_id, seq, sender_id
)
insert into events (stream_id, seq, type, by, at, subject)
select chat_id, seq, 'message.created', sender_id, now(), seq from made
"""
TASKS = """
insert into tasks (number, chat_id, column_id, position, title, description, status, assigned_to,
                   creator, due_on, due_day, version, created_at, updated_at, closed_at, rev)
select nextval('task_numbers'), (%(chats)s)[1 + i %% cardinality(%(chats)s)], %(column)s,
       case when %(column)s is not null
            then 'h' || lpad(cast(%(from)s + i as text), 8, '0') end,
       'Task ' || i, repeat('What is to be done. ', 5), %(status)s,
       (%(people)s)[1 + i %% cardinality(%(people)s)], %(creator)s,
       date '2026-01-01' + i %% 300, date '2026-01-01' + i %% 300, 1, now(), now(),
       case when %(status)s = 'done' then timestamptz '2026-06-01' + i * interval '1 second' end, 1
from generate_series(1, %(count)s) i
"""


Cursors = dict[int, list[tuple[int, int]]]
"""By person: chats, and the last event seen of each."""


class Filling:
    """One connection to the database of a server that is measured."""

    def __init__(self, dsn: str) -> None:
        self._connection = psycopg2.connect(dsn)
        self._connection.autocommit = True

    def close(self) -> None:
        self._connection.close()

    def run(self, sql: str | bytes, **values: Any) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows; without values its percent signs are its own."""
        with self._connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            return list(cursor.fetchall()) if cursor.description else []

    def chats(self, owner: int, count: int) -> list[int]:
        """New groups, as yet of nobody."""
        return [id for (id,) in self.run(CHATS, owner=owner, count=count)]

    def members(self, pairs: list[tuple[int, int]]) -> None:
        """Seat people in chats; who is the chat's first is its owner."""
        seen: set[int] = set()
        rows = []
        for chat_id, user_id in pairs:
            role = "member" if chat_id in seen else "owner"
            seen.add(chat_id)
            rows.append((chat_id, user_id, role))
        with self._connection.cursor() as cursor:
            psycopg2.extras.execute_values(
                cursor, MEMBERS, rows, "(%s, %s, %s, now(), 1, 0, 0)", page_size=5_000
            )
        self.run(COUNT, chats=sorted(seen))

    def messages(
        self, chat_id: int, people: list[Account], count: int, named: int, many: int = AT_ONCE
    ) -> None:
        """So many more messages of these people; some of them name somebody."""
        ids = [each.id for each in people]
        while count > 0:
            part = min(count, many)
            self.run(
                MESSAGES, chat=chat_id, people=ids, count=part, named=named,
                mentioning=MENTIONING, deleted=DELETED,
            )  # fmt: skip
            count -= part

    def tasks(
        self, chats: list[int], people: list[Account], count: int, *, done: bool,
        column: int | None = None, start: int = 0,
    ) -> None:  # fmt: skip
        """So many more tasks, in turn in these chats and of these people."""
        self.run(
            TASKS, chats=chats, people=[each.id for each in people], count=count,
            status="done" if done else "open", creator=people[0].id, column=column,
            **{"from": start},
        )  # fmt: skip

    def read_all(self, user_id: int) -> None:
        """Somebody has read everything there is."""
        self.run(
            "update members m set read_seq = s.seq, received_seq = s.seq, read_n = s.n"
            " from streams s where s.id = m.chat_id and m.user_id = %(user)s",
            user=user_id,
        )

    def cursors(self) -> Cursors:
        """Where everybody stands who is up to date, by person."""
        found: Cursors = {}
        for user_id, chat_id, seq in self.run(
            "select m.user_id, m.chat_id, s.seq from members m join streams s on s.id = m.chat_id"
            " where m.left_at is null"
        ):
            found.setdefault(user_id, []).append((chat_id, seq))
        return found

    def epoch(self) -> int:
        [(epoch,)] = self.run("select cast(value as bigint) from instance where name = 'epoch'")
        return epoch

    def settle(self) -> None:
        """What the database does by itself within a while: statistics, the visibility map."""
        with self._connection.cursor() as cursor:
            cursor.execute("vacuum analyze")
            cursor.execute("checkpoint")
