-- Wider slices of time, too: a few marks tell any span of it, and what is newest is found by few lists.
-- The index of the search is made anew by the first server that has this, beside serving.
-- depends: 0035.beside

truncate search_entries;
drop index search_entries_keys;
create index search_entries_keys on search_entries using gin ((
    string_to_array(codes, null) || string_to_array(marks, ' ')
    || array['c' || chat_id::text, 't' || (at / 14400000)::text, 'u' || (at / 115200000)::text,
             'v' || (at / 921600000)::text]
)) with (gin_pending_list_limit = 256);
alter index search_entries_keys alter column 1 set statistics 200;
delete from search_builds;
