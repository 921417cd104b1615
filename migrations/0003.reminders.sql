-- Who is to be reminded of what, by the day it is due.
-- depends: 0002.tasks

create index tasks_to_remind_of on tasks (due_day, id)
    where status = 'open' and deleted_at is null and assigned_to is not null;
