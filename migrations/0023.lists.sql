-- Lists and boards that cost the same however much there is: indexes in the order of the lists,
-- and how many members a chat has.
-- depends: 0022.journal

-- What a list of tasks is read from: a chat's, a person's, a maker's, each in the list's order.
create index tasks_listed on tasks (chat_id, status, due_day, id) where deleted_at is null;
create index tasks_to_do on tasks (assigned_to, status, due_day, id) where deleted_at is null;
create index tasks_made on tasks (creator, status, due_day, id) where deleted_at is null;
create index tasks_closed on tasks (chat_id, closed_at) include (assigned_to)
    where deleted_at is null and closed_at is not null;
-- What boards and snapshots show: done ones without a column are in the lists alone.
create index tasks_shown on tasks (chat_id, id)
    where deleted_at is null and archived_at is null
          and (closed_at is null or column_id is not null);
create index tasks_open on tasks (chat_id, id)
    where deleted_at is null and archived_at is null and closed_at is null;
create index tasks_done on tasks (column_id, closed_at, id)
    where deleted_at is null and archived_at is null and closed_at is not null;
drop index tasks_of_chat;
drop index tasks_assigned;

-- With all that the count of a member's mentions asks for.
drop index messages_mentioning;
create index messages_mentioning on messages (chat_id, seq)
    include (sender_id, mentions, mentions_all)
    where (mentions_all or mentions <> '{}'::bigint[]) and deleted_at is null;

-- Marks are of small chats only: which those are must not take reading all members of the others.
alter table chats add column member_count integer;
update chats c set member_count =
    (select count(*) from members m where m.chat_id = c.id and m.left_at is null);
