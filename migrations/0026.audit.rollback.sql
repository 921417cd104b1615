drop trigger audit_stays_whole on audit;
drop trigger audit_stays on audit;
drop trigger audit_chain on audit;
drop function audit_stays();
drop function audit_chain();
drop function audit_hash(bytea, audit);
drop index audit_action;
drop index audit_subject;
drop index audit_by;
alter table audit alter column id add generated always as identity;
do $$
begin
    perform setval(pg_get_serial_sequence('audit', 'id'), greatest(max(id), 1)) from audit;
end $$;
drop table audit_cut;
alter table audit drop column hash;
alter table audit drop column place;
