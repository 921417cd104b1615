-- Writes an event beside every message again. The senders' marks must be stored: stop the server first.

drop trigger fence on messages;
drop function sent_before();
insert into events (stream_id, seq, type, by, at, subject)
    select m.chat_id, m.seq, 'message.created', m.sender_id, m.created_at, m.seq
    from messages m join streams s on s.id = m.chat_id
    where m.seq >= s.first_seq
    on conflict do nothing;
-- Where the log begins is the archive's, too: it stays.
alter table streams drop column marked_n;
create unique index messages_by_n on messages (chat_id, n);
