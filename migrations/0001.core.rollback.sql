-- Takes the core away again, with everything in it.

drop table audit;
drop table request_keys;
drop table reactions;
drop table messages;
drop table preferences;
drop table members;
drop table chats;
drop table invites;
drop table sessions;
drop table users;
drop table events;
drop table streams;
drop table instance;
