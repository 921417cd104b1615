-- The archive knows its unlisted files by name, which of its lines are of which task or have an
-- address, and whom messages name that somebody has not read yet.
-- depends: 0028.erasures

-- Files that are about to be written, or to be removed: nothing lists them. Whatever a killed run
-- left is one of these.
create table archive_loose (
    name  text primary key,
    place text not null
);

-- Seqs of a part: {"events": {task: [...]}, "comments": {task: [...]}, "links": [...]}.
-- Null: a part from before, to be looked through.
alter table archive_parts add column lookup jsonb;

-- Archived messages that name somebody, as long as a member's mark is before them.
create table archive_mentions (
    chat_id      bigint  not null,
    seq          bigint  not null,
    sender_id    bigint  not null,
    mentions     bigint[] not null,
    mentions_all boolean not null,
    primary key (chat_id, seq)
);
