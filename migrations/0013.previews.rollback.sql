alter table files drop column folder;
alter table files drop column no_preview;
alter table files drop column placeholder;
