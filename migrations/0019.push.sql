-- Devices that are pushed to, and how far each consumer of the log has come.
-- depends: 0018.notifications

create table push_subscriptions (
    id           uuid primary key,
    user_id      bigint not null references users,
    session_id   uuid not null references sessions on delete cascade,
    endpoint     text not null unique,
    p256dh       text not null,
    auth         text not null,
    -- Which of the server's keys it was made with; another one ends it.
    key_id       text not null,
    user_agent   text not null,
    locale       text not null,
    created_at   timestamptz not null,
    succeeded_at timestamptz,
    failed_at    timestamptz,
    error        text,
    -- The last test, and when the device said that it came.
    test_id      uuid,
    received_at  timestamptz
);
create index push_subscriptions_of_user on push_subscriptions (user_id);
create index push_subscriptions_of_session on push_subscriptions (session_id);

-- Stream 0 is in it from a consumer's first run on; a stream that is not was not read yet.
create table consumers (
    name   text not null,
    stream bigint not null,
    seq    bigint not null,
    primary key (name, stream)
);
