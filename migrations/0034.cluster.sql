-- Several servers may write to one chat: a stream says up to where what was decided may have changed.
-- depends: 0033.audit_words

-- `changed` is the last number that is no plain message. Who decided on a state of before decides anew.
alter table streams add column changed bigint not null default 0;
update streams set changed = seq;
create or replace function advance(stream bigint, after bigint, count bigint) returns void
language plpgsql as $$
begin
    update streams set seq = seq + count, changed = seq + count where id = stream and seq = after;
    if not found then
        raise exception 'stream % is not at %', stream, after using errcode = 'MS001';
    end if;
end
$$;
-- Fails a batch in which somebody writes who has no account here any more.
create function locked_out() returns boolean language plpgsql as $$
begin
    raise exception 'a sender was disabled' using errcode = 'MS003';
end
$$;
