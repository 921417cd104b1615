-- Names and addresses of people that records of the audit tell of, beside the chain, which has their
-- digest: they go with who is erased, and the chain stays whole.
-- depends: 0032.search_codes

create table audit_words (
    id      bigint primary key references audit on delete cascade,
    user_id bigint,
    words   jsonb not null,
    salt    bytea not null
);
create index audit_words_user on audit_words (user_id);
