drop table audit_words;
