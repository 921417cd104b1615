-- The journal asks in its own statements whether its server was overtaken: a trigger in PL/pgSQL was
-- a tenth of what a message alone costs PostgreSQL, and after a rest a sixth.
-- depends: 0038.task_files_at

-- Fails a statement as `fence` does.
create function overtaken() returns boolean language plpgsql as $$
begin
    raise exception 'turn % is over', current_setting('messenger.turn') using errcode = 'MS002';
end
$$;

drop trigger fence on messages;
create trigger fence before insert on messages for each statement
    when (current_setting('messenger.fence', true) is distinct from 'inside')
    execute function fence();
