-- Forgets what was told by push, and which reminders were to come again.

drop index reminders_again;
alter table reminders drop column again_at;
alter table push_subscriptions drop column error_code, drop column error_status;
drop table pushed;
