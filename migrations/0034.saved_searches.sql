-- Searches and views of tasks that a person keeps under a name.
-- depends: 0031.search

alter table users add column searches jsonb;
