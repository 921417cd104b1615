-- Forgets files and what messages they were on; their contents stay where they are kept.

alter table messages drop column file_count;
drop table attachments;
drop table files;
drop table blobs;
