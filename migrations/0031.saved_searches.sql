-- Searches and views of tasks that a person keeps under a name.
-- depends: 0030.search

alter table users add column searches jsonb;
