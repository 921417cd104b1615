-- What a migration owes and the server does beside serving: `messenger/store/schema/beside.py`.
-- depends: 0034.cluster

create table beside (
    name     text   primary key,
    -- Where a backfill goes on, as its step writes it; null at the beginning.
    cursor   jsonb,
    -- Rows of a backfill, blocks of a table for an index; null: not counted yet.
    done     bigint not null default 0,
    total    bigint,
    began_at timestamptz,
    ended_at timestamptz
);

-- The first: where there are many files the index of a chat's is made beside serving, elsewhere now.
do $$
begin
    if exists (select from files offset 100000) then
        insert into beside (name) values ('files_of_chat');
    else
        create index files_of_chat on files (chat_id);
    end if;
end
$$;
