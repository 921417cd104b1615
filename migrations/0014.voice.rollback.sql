alter table files drop column waveform;
alter table files drop column duration_ms;
alter table files drop column shown_as;
