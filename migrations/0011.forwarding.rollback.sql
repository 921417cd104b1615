-- Forgets where messages were forwarded from; the copies stay as plain messages.

alter table messages
    drop column forwarded_from,
    drop column source_chat_id,
    drop column source_seq;
