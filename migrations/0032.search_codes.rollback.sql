-- The index as it was; it is made anew by the next server.
drop table search_entries;
create table search_entries (
    chat_id bigint      not null,
    entry   bigint      not null,
    at      timestamptz not null,
    rev     bigint      not null,
    words   integer[]   not null,
    primary key (chat_id, entry)
);
create index search_entries_words on search_entries using gin (words) with (gin_pending_list_limit = 256);
alter table search_entries alter column words set statistics 200;
alter table search_entries alter column words set storage main;
delete from search_builds;
