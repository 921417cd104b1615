-- Counts deleted messages as unread again.

drop index messages_tombstones;
