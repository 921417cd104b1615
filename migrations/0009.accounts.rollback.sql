-- Takes back what is known of invitations, and of passwords that must be changed.

drop index users_of_invite;
alter table users drop column invite_id, drop column must_change_password;
alter table invites drop column revoked_by, drop column revoked_at, drop column uses;
