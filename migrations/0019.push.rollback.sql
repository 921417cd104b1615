-- Forgets the devices that are pushed to, and how far the consumers of the log have come.

drop table push_subscriptions;
drop table consumers;
