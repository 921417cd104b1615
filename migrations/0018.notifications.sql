-- What may notify a person, as they chose.
-- depends: 0017.task_files

alter table users add column notifications jsonb;
