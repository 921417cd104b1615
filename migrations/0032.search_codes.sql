-- The index of the search in fewer bytes: a word is a character, and of the time and the chat there is no mark.
-- It is made anew by the first server that has this.
-- depends: 0031.saved_searches

drop table search_entries;
create table search_entries (
    chat_id bigint             not null,
    entry   bigint             not null,
    -- Milliseconds since 1970.
    at      bigint             not null,
    -- Null: the `seq` that the message was posted with, as in most rows.
    rev     bigint,
    -- One character for each word, and for who wrote it (`messenger.search.codes`).
    codes   text collate "C"   not null,
    -- What few entries have (`messenger.search.marks`), with blanks between.
    marks   text collate "C",
    primary key (chat_id, entry)
);
-- What an entry is looked up by. `store.reads.search` has the same expression; a slice of time is four hours.
-- Many rows a second are taken in at once; what waits in the list is read by every query, so that it stays
-- short.
create index search_entries_keys on search_entries using gin ((
    string_to_array(codes, null) || string_to_array(marks, ' ')
    || array['c' || chat_id::text, 't' || (at / 14400000)::text]
)) with (gin_pending_list_limit = 256);
alter index search_entries_keys alter column 1 set statistics 200;
alter table search_entries alter column codes set storage main;
delete from search_builds;
