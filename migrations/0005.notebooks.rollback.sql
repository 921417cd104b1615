-- Notebooks stay: the schema before knows them too, and somebody may have written in them.

do $$ begin end $$;
