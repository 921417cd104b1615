-- Takes the index for reminders away again.

drop index tasks_to_remind_of;
