-- Everybody has a notebook, the direct chat with oneself, as new accounts do from the beginning.
-- depends: 0004.advance

do $$
declare
    person   bigint;
    notebook bigint;
    head     bigint;
begin
    for person in
        select id from users
        where not exists (select from chats where user_ids = array[users.id])
        order by id
    loop
        insert into streams (kind, seq) values ('chat', 2) returning id into notebook;
        insert into chats (id, kind, user_ids, created_by, created_at, updated_at, rev)
        values (notebook, 'direct', array[person], person, now(), now(), 1);
        insert into members (chat_id, user_id, role, joined_at, read_seq, received_seq, rev)
        values (notebook, person, 'member', now(), 2, 2, 2);
        update streams set seq = seq + 1 where id = person returning seq into head;
        insert into events (stream_id, seq, type, by, at, subject)
        values (notebook, 1, 'chat.created', person, now(), notebook),
               (notebook, 2, 'member.joined', person, now(), person),
               (person, head, 'chat.joined', person, now(), notebook);
    end loop;
end
$$;
