-- A posted message is its own entry in the log; streams know where their log begins, and whose marks
-- are still to be stored. `n` is guarded by the row of `streams`, which moves it together with `seq`.

-- depends: 0021.pushed

drop index messages_by_n;
alter table streams
    add column if not exists first_seq bigint not null default 1,
    add column marked_n bigint not null default 0;
update streams set marked_n = n where n > 0;
-- An overtaken server's messages make no row in `events` any more, whose fence would stop them.
create trigger fence before insert on messages for each statement execute function fence();
-- Fails a statement as the unique key of `messages` does, for one whose message is archived.
create function sent_before() returns boolean language plpgsql as $$
begin
    raise exception 'this key was used before'
        using errcode = 'unique_violation', constraint = 'messages_once';
end
$$;
