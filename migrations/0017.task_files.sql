-- Tasks have files, one of which may be their cover.
-- depends: 0016.links

create table task_files (
    task_id  bigint  not null references tasks,
    file_id  uuid    not null references files,
    position integer not null,
    primary key (task_id, file_id)
);
create index task_files_of_file on task_files (file_id);

alter table tasks add column file_count integer not null default 0;
alter table tasks add column cover_file_id uuid;
