-- The audit is a chain: each record holds a digest of itself and of the record before it, made in
-- the transaction that writes it, whoever writes. `audit_cut` is where it begins, once records that
-- are older than the retention are gone.
-- depends: 0025.jobs

alter table audit add column place text;
alter table audit add column hash bytea;

create table audit_cut (
    id   bigint primary key,
    hash bytea  not null
);

-- What is told of one record, a line each: no value but the last can hold the end of a line.
create function audit_hash(before bytea, one audit) returns bytea
    language sql stable parallel safe
return sha256(before || convert_to(
    concat_ws(E'\n', one.id, (extract(epoch from one.at) * 1000000)::bigint,
              coalesce(one.by::text, ''), coalesce(one.place, ''), one.action,
              coalesce(one.subject::text, ''), coalesce(one.details::text, '')), 'UTF8'));

do $$
declare
    one  audit;
    last bytea := '';
begin
    for one in select * from audit order by id loop
        last := audit_hash(last, one);
        update audit set hash = last where id = one.id;
    end loop;
end $$;

alter table audit alter column hash set not null;
alter table audit alter column id drop identity;
create index audit_by on audit (by, id);
create index audit_subject on audit (subject, id);
create index audit_action on audit (action, id);

-- One after the other: a record's number and digest rest on the one before, which must be stored.
create function audit_chain() returns trigger language plpgsql as $$
declare
    last_id   bigint;
    last_hash bytea;
begin
    perform pg_advisory_xact_lock(1836279666, 26);
    select id, hash into last_id, last_hash from audit order by id desc limit 1;
    if not found then
        select id, hash into last_id, last_hash from audit_cut order by id desc limit 1;
    end if;
    new.id := coalesce(last_id, 0) + 1;
    new.hash := audit_hash(coalesce(last_hash, ''), new);
    return new;
end $$;

create trigger audit_chain before insert on audit for each row execute function audit_chain();

-- Nothing is changed, and nothing removed but by the retention, which says so.
create function audit_stays() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' and current_setting('messenger.audit_cut', true) = 'on' then
        return old;
    end if;
    raise exception 'the audit is only added to' using errcode = 'MS003';
end $$;

create trigger audit_stays before update or delete on audit
    for each row execute function audit_stays();
create trigger audit_stays_whole before truncate on audit
    for each statement execute function audit_stays();
