-- Takes tasks and boards away again, and what the log says of them.

drop table reminders;
drop index messages_of_tasks;
drop index events_of_tasks;
drop table tasks;
drop table columns;
drop sequence task_numbers;
