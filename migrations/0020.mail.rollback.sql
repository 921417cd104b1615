-- Forgets which addresses were proved, the letters that wait, and who was told of what.

drop table mail_marks;
drop table mails;
alter table invites drop column email;
alter table users drop column email_verified_at;
