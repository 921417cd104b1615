-- The index without wider slices; it is made anew by the next server.
truncate search_entries;
drop index search_entries_keys;
create index search_entries_keys on search_entries using gin ((
    string_to_array(codes, null) || string_to_array(marks, ' ')
    || array['c' || chat_id::text, 't' || (at / 14400000)::text]
)) with (gin_pending_list_limit = 256);
alter index search_entries_keys alter column 1 set statistics 200;
delete from search_builds;
