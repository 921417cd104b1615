-- Avatars: the pictures of people and chats, one row for each size. Whose an avatar is now, its
-- address in `avatar_url` says; the others go with the sweep.
-- depends: 0014.voice

create table avatars (
    id         uuid not null,
    side       integer not null,
    stream_id  bigint not null references streams,
    maker_id   bigint not null references users,
    sha256     bytea not null references blobs,
    size       bigint not null,
    created_at timestamptz not null,
    primary key (id, side)
);
create index avatars_of_blob on avatars (sha256);
create index avatars_of_maker on avatars (maker_id);

alter table chats add column avatar_url text;
