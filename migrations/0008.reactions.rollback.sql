-- Both ways of writing an emoji were always shown alike: nothing is to be taken back.

do $$ begin end $$;
