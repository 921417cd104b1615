-- Previews: what a file's row tells of its picture, and the folder it had in an archive.
-- depends: 0012.files

alter table files add column placeholder text;
alter table files add column no_preview text;
alter table files add column folder text;
