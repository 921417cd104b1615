-- Invitations that can be looked at and taken back, and passwords that must be changed.
-- depends: 0008.reactions

alter table invites
    add column uses       integer not null default 1,
    add column revoked_at timestamptz,
    add column revoked_by bigint references users;
update invites set uses = greatest(
    uses_left,
    coalesce((select max((a.details ->> 'uses')::integer) from audit a
              where a.action = 'invite.create' and a.details ->> 'invite' = invites.id::text), 1)
);

alter table users
    add column must_change_password boolean not null default false,
    add column invite_id uuid references invites;
create index users_of_invite on users (invite_id) where invite_id is not null;
