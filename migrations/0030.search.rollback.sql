-- Forgets the index of the search; it is made anew by the next server that has one.
drop table search_builds;
drop table search_unread;
drop table search_texts;
drop table search_entries;
drop table search_words;
delete from consumers where name = 'search';
