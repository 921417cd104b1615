-- Takes the function for decisions at a known head away again.

drop function advance(bigint, bigint, bigint);
