drop index if exists members_owners;
delete from beside where name = 'members_owners';
