-- A chat's files are listed with those of its cards: where in the log each was attached, and when.
-- depends: 0037.owners

alter table task_files
    add column chat_id bigint,
    add column seq     bigint,
    add column at      timestamptz;

-- The log tells it: the last change of the card that names the file among those that came, else its
-- beginning. Of a card whose history is gone there is its last change.
update task_files f set chat_id = was.chat_id, seq = was.seq, at = was.at
from (
    select f.task_id, f.file_id, t.chat_id,
           coalesce(e.seq, t.rev) as seq, coalesce(e.at, t.updated_at) as at
    from task_files f
    join tasks t on t.id = f.task_id
    join files on files.id = f.file_id
    left join lateral (
        select e.seq, e.at from events e
        where e.stream_id = t.chat_id and e.subject = t.id and e.type like 'task.%'
          and (e.type = 'task.created' or exists (
              select from jsonb_array_elements(e.data -> 'changes') c
              where c ->> 'field' = 'files' and c -> 'new' ? files.name))
        order by e.seq desc limit 1
    ) e on true
) was
where (f.task_id, f.file_id) = (was.task_id, was.file_id);

alter table task_files
    alter column chat_id set not null,
    alter column seq     set not null,
    alter column at      set not null;
create index task_files_of_chat on task_files (chat_id, seq, position);
