-- Messages say where they were forwarded from.
-- depends: 0010.fence

alter table messages
    add column forwarded_from jsonb,
    add column source_chat_id bigint,
    add column source_seq bigint;
