-- What pushes have told people, why a device was not told, and reminders that are to come again.
-- depends: 0020.mail

-- One row for each event a push service has taken for a person; those from `since` to `seq` under
-- the same tag are told with it.
create table pushed (
    user_id bigint not null references users,
    stream  bigint not null,
    seq     bigint not null,
    since   bigint not null,
    tag     text not null,
    at      timestamptz not null,
    primary key (user_id, stream, seq)
);
create index pushed_at on pushed (at);

alter table push_subscriptions add column error_code text, add column error_status integer;

-- When a reminder that was sent is to be sent once more.
alter table reminders add column again_at timestamptz;
create index reminders_again on reminders (again_at) where again_at is not null;
