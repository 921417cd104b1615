drop trigger fence on messages;
create trigger fence before insert on messages for each statement execute function fence();
drop function in_turn();
