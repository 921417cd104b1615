-- One emoji is one reaction, however a keyboard writes it: with its variation selector, where it has one.
-- depends: 0007.listing

create function pg_temp.emoji_key(emoji text) returns text language sql as $$
    select regexp_replace(
        regexp_replace(
            regexp_replace(emoji, U&'[\FE0E\FE0F]', '', 'g'),
            U&'([\00A9\00AE\203C\2049\2122\2139\2194-\2199\21A9\21AA\2328\23CF\23ED-\23EF\23F1\23F2'
            '\23F8-\23FA\24C2\25AA\25AB\25B6\25C0\25FB\25FC\2600-\2604\260E\2611\2618\261D\2620'
            '\2622\2623\2626\262A\262E\262F\2638-\263A\2640\2642\265F\2660\2663\2665\2666\2668'
            '\267B\267E\2692\2694-\2697\2699\269B\269C\26A0\26A7\26B0\26B1\26C8\26CF\26D1\26D3'
            '\26E9\26F0\26F1\26F4\26F7-\26F9\2702\2708\2709\270C\270D\270F\2712\2714\2716\271D'
            '\2721\2733\2734\2744\2747\2763\2764\27A1\2934\2935\2B05-\2B07\3030\303D\3297\3299'
            '\+01F170\+01F171\+01F17E\+01F17F\+01F202\+01F237\+01F321\+01F324-\+01F32C\+01F336'
            '\+01F37D\+01F396\+01F397\+01F399-\+01F39B\+01F39E\+01F39F\+01F3CB-\+01F3CE'
            '\+01F3D4-\+01F3DF\+01F3F3\+01F3F5\+01F3F7\+01F43F\+01F441\+01F4FD\+01F549\+01F54A'
            '\+01F56F\+01F570\+01F573-\+01F579\+01F587\+01F58A-\+01F58D\+01F590\+01F5A5\+01F5A8'
            '\+01F5B1\+01F5B2\+01F5BC\+01F5C2-\+01F5C4\+01F5D1-\+01F5D3\+01F5DC-\+01F5DE\+01F5E1'
            '\+01F5E3\+01F5E8\+01F5EF\+01F5F3\+01F5FA\+01F6CB\+01F6CD-\+01F6CF\+01F6E0-\+01F6E5'
            '\+01F6E9\+01F6F0\+01F6F3])(?![\+01F3FB-\+01F3FF])',
            U&'\005C1\FE0F', 'g'
        ),
        U&'^([0-9#*])(\20E3)$', U&'\005C1\FE0F\005C2'
    )
$$;

insert into reactions (chat_id, seq, emoji, user_id, rev)
    select chat_id, seq, pg_temp.emoji_key(emoji), user_id, rev from reactions
    where pg_temp.emoji_key(emoji) <> emoji
    on conflict do nothing;
delete from reactions where pg_temp.emoji_key(emoji) <> emoji;
drop function pg_temp.emoji_key(text);
