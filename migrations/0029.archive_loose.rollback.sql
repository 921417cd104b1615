-- Forgets the archive's unlisted files, and what its lines are about.

drop table archive_mentions;
alter table archive_parts drop column lookup;
drop table archive_loose;
