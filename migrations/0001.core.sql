-- Streams, accounts, chats, messages and the log that orders them.

create table instance (
    name  text primary key,
    value text not null
);

create table streams (
    id   bigint generated always as identity primary key,
    kind text   not null check (kind in ('chat', 'user')),
    seq  bigint not null default 0,
    n    bigint not null default 0
) with (fillfactor = 50);

create table events (
    stream_id bigint not null,
    seq       bigint not null,
    type      text   not null,
    by        bigint,
    at        timestamptz not null,
    subject   bigint,
    data      jsonb,
    primary key (stream_id, seq)
);

create table users (
    id            bigint primary key references streams,
    username      text not null,
    username_key  text not null unique,
    email         text,
    email_key     text unique,
    display_name  text not null,
    avatar_url    text,
    role          text not null check (role in ('admin', 'user', 'guest')),
    password_hash text,
    locale        text not null,
    time_zone     text not null,
    created_at    timestamptz not null,
    disabled_at   timestamptz,
    last_seen_at  timestamptz,
    rev           bigint not null default 0
);

create table sessions (
    id           uuid primary key,
    user_id      bigint not null references users,
    device       text not null,
    generation   integer not null default 0,
    created_at   timestamptz not null,
    rotated_at   timestamptz not null,
    last_used_at timestamptz not null,
    expires_at   timestamptz not null,
    revoked_at   timestamptz
);
create index ix_sessions_user_id on sessions (user_id);

create table invites (
    id         uuid primary key,
    role       text not null check (role in ('admin', 'user', 'guest')),
    created_by bigint references users,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    uses_left  integer not null
);

create table chats (
    id         bigint primary key references streams,
    kind       text not null check (kind in ('direct', 'group', 'org')),
    title      text,
    board      boolean not null default false,
    user_ids   bigint[] unique,
    created_by bigint,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    deleted_at timestamptz,
    rev        bigint not null default 0,
    check ((kind = 'direct') = (user_ids is not null))
);
create unique index chats_one_org on chats (kind) where kind = 'org';

create table members (
    chat_id      bigint not null references chats,
    user_id      bigint not null references users,
    role         text not null check (role in ('owner', 'admin', 'member')),
    joined_at    timestamptz not null,
    left_at      timestamptz,
    read_seq     bigint not null default 0,
    received_seq bigint not null default 0,
    read_n       bigint not null default 0,
    rev          bigint not null default 0,
    primary key (chat_id, user_id)
) with (fillfactor = 70);
create index members_of_user on members (user_id) where left_at is null;

create table preferences (
    user_id     bigint not null references users,
    chat_id     bigint not null references chats,
    notify      text check (notify in ('all', 'mentions', 'none')),
    muted_until timestamptz,
    draft       text,
    primary key (user_id, chat_id)
);

create table messages (
    chat_id           bigint not null,
    seq               bigint not null,
    n                 bigint not null,
    sender_id         bigint not null,
    client_message_id uuid   not null,
    digest            bytea  not null,
    text              text   not null,
    reply_to          bigint,
    task_id           bigint,
    mentions          bigint[] not null default '{}',
    mentions_all      boolean not null default false,
    created_at        timestamptz not null,
    edited_at         timestamptz,
    deleted_at        timestamptz,
    pinned_at         timestamptz,
    pinned_by         bigint,
    rev               bigint not null,
    primary key (chat_id, seq),
    constraint messages_once unique (sender_id, client_message_id)
);
create unique index messages_by_n on messages (chat_id, n);
create index messages_mentioning on messages (chat_id, seq)
    where mentions_all or mentions <> '{}'::bigint[];
create index messages_pinned on messages (chat_id, pinned_at) where pinned_at is not null;

create table reactions (
    chat_id bigint not null,
    seq     bigint not null,
    emoji   text   not null,
    user_id bigint not null,
    rev     bigint not null,
    primary key (chat_id, seq, emoji, user_id)
);

create table request_keys (
    user_id bigint not null,
    key     text   not null,
    digest  bytea  not null,
    subject jsonb,
    at      timestamptz not null,
    primary key (user_id, key)
);
create index ix_request_keys_at on request_keys (at);

create table audit (
    id      bigint generated always as identity primary key,
    at      timestamptz not null,
    by      bigint,
    action  text not null,
    subject bigint,
    details jsonb
);
