drop index task_files_of_chat;
alter table task_files drop column chat_id, drop column seq, drop column at;
