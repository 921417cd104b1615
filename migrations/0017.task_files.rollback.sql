-- Forgets which files tasks have; the next sweep removes those that no message has either.

alter table tasks drop column cover_file_id;
alter table tasks drop column file_count;
drop table task_files;
