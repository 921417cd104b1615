-- People pin chats in their list, and mark chats as unread.
-- depends: 0006.unread

alter table preferences
    add column pinned_at timestamptz,
    add column marked_unread boolean not null default false;
