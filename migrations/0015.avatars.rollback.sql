-- Forgets the pictures of people and chats; their contents go with the sweep.

alter table chats drop column avatar_url;
update users set avatar_url = null;
drop table avatars;
