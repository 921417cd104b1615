-- Who leads each chat: administrators look for those that nobody does.
-- depends: 0036.search_slices

-- Where there are many members it is made beside serving: `messenger/store/schema/beside.py`.
do $$
begin
    if exists (select from members offset 300000) then
        insert into beside (name) values ('members_owners');
    else
        create index members_owners on members (chat_id, user_id)
            where left_at is null and role = 'owner';
    end if;
end
$$;
