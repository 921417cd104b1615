-- beside: yes
-- The journal asks in its own statements whether its server was overtaken: a trigger in PL/pgSQL was
-- a tenth of what a message alone costs PostgreSQL.
-- depends: 0038.task_files_at

-- Fails a statement as `fence` does; sees what was committed by now, not when the statement began.
create function in_turn() returns boolean language plpgsql as $$
declare
    mine text := current_setting('messenger.turn', true);
begin
    if mine <> '' and mine is distinct from (select value from instance where name = 'turn') then
        raise exception 'turn % is over', mine using errcode = 'MS002';
    end if;
    return true;
end
$$;

drop trigger fence on messages;
create trigger fence before insert on messages for each statement
    when (current_setting('messenger.fence', true) is distinct from 'inside')
    execute function fence();
