-- Forgets the searches and views that people keep.

alter table users drop column searches;
