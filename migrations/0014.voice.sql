-- Voice messages: how a file is to be shown, how long it plays, and how loud it is where.
-- depends: 0013.previews

alter table files add column shown_as text check (shown_as in ('voice', 'file'));
alter table files add column duration_ms integer;
alter table files add column waveform text;
