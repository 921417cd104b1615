-- Forgets the archive's parts; refused while they hold what the tables have no more.

do $$ begin
    if exists (select from archive_parts where state in ('removing', 'done')) then
        raise exception 'Bring the archive back first: bin/messenger archive restore';
    end if;
end $$;
drop table archive_tombstones;
drop table sent_keys;
drop table archive_holds;
drop table archive_parts;
drop table archive_manifests;
