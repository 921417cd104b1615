-- Nothing is owed any more: what was made goes, finished or not.

drop index if exists files_of_chat;
drop table beside;
