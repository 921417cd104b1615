-- Files: contents by their hash, uploads that have one each, and the messages these hang on.
-- depends: 0011.forwarding

create table blobs (
    sha256     bytea primary key check (octet_length(sha256) = 32),
    size       bigint not null,
    place      text not null check (place in ('disk', 's3')),
    claimed_at timestamptz not null
);

create table files (
    id          uuid primary key,
    chat_id     bigint not null references chats,
    uploader_id bigint not null references users,
    name        text not null,
    mime        text not null,
    size        bigint not null,
    sha256      bytea not null references blobs,
    width       integer,
    height      integer,
    preview     boolean not null default false,
    loose       boolean not null default true,
    created_at  timestamptz not null,
    used_at     timestamptz
);
create index files_of_blob on files (sha256);
create index files_of_uploader on files (uploader_id);
create index files_loose on files (created_at) where loose;

create table attachments (
    chat_id  bigint not null,
    seq      bigint not null,
    position integer not null,
    file_id  uuid not null references files,
    primary key (chat_id, seq, position)
);
create index attachments_of_file on attachments (file_id);

alter table messages add column file_count integer not null default 0;
