-- A server that was overtaken by another one and has not noticed yet appends nothing to the log.
-- depends: 0009.accounts

-- Whoever serves takes the next turn (`instance`, name `turn`) and says which in the setting
-- messenger.turn of every connection. The command line has no turn, and may always write.
create function fence() returns trigger
language plpgsql as $$
declare
    mine text := current_setting('messenger.turn', true);
begin
    if mine <> '' and mine is distinct from (select value from instance where name = 'turn') then
        raise exception 'turn % is over', mine using errcode = 'MS002';
    end if;
    return null;
end
$$;

create trigger fence before insert on events for each statement execute function fence();
