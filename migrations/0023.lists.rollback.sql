alter table chats drop column member_count;

drop index messages_mentioning;
create index messages_mentioning on messages (chat_id, seq)
    where mentions_all or mentions <> '{}'::bigint[];

create index tasks_of_chat on tasks (chat_id) where deleted_at is null;
create index tasks_assigned on tasks (assigned_to, due_day) where deleted_at is null;
drop index tasks_done;
drop index tasks_open;
drop index tasks_shown;
drop index tasks_closed;
drop index tasks_made;
drop index tasks_to_do;
drop index tasks_listed;
