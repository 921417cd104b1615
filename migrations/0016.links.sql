-- Links: a chat's messages that have an address in their text, or what looks like one.
-- depends: 0015.avatars

create index messages_linking on messages (chat_id, seq)
    where text ~ '://|[^\s.]\.[^\s\d[:punct:]]{2}';
