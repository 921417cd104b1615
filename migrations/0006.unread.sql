-- Deleted messages are not unread: those past a mark are counted by this index.
-- depends: 0005.notebooks

create index messages_tombstones on messages (chat_id, n) where deleted_at is not null;
