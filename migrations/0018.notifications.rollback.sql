-- Forgets what people chose of their notifications.

alter table users drop column notifications;
