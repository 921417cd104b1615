-- One server a database, as before.

drop function locked_out();
create or replace function advance(stream bigint, after bigint, count bigint) returns void
language plpgsql as $$
begin
    update streams set seq = seq + count where id = stream and seq = after;
    if not found then
        raise exception 'stream % is not at %', stream, after using errcode = 'MS001';
    end if;
end
$$;
alter table streams drop column changed;
