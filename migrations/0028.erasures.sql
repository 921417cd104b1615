-- People who were erased: what is asked for, and how far it has come; and exports that people take.
-- depends: 0027.holds

create table erasures (
    user_id     bigint primary key references users,
    messages    text not null check (messages in ('keep', 'remove')),
    by          bigint,
    at          timestamptz not null,
    -- When the tables were done, and when the archive's parts were.
    done_at     timestamptz,
    archived_at timestamptz
);

-- One of each person at a time; it is removed after `until`.
create table exports (
    user_id  bigint primary key references users,
    id       uuid not null unique,
    asked_at timestamptz not null,
    state    text not null check (state in ('waiting', 'ready', 'failed')),
    bytes    bigint,
    until    timestamptz
);
