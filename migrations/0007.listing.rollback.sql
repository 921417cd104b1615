-- Forgets which chats people have pinned or marked as unread.

alter table preferences
    drop column pinned_at,
    drop column marked_unread;
