-- Jobs by the clock: which moment each has been taken up for, and how its runs went.
-- depends: 0024.archive

create table jobs (
    name text primary key,
    -- The moment of the timetable that was last taken up; of a new job, when it became known.
    due  timestamptz not null
);

create table job_runs (
    id         bigint generated always as identity primary key,
    job        text not null,
    -- Null: run by hand.
    due        timestamptz,
    -- Who had it run; null for the clock and the command line.
    by         bigint,
    started_at timestamptz not null,
    ended_at   timestamptz,
    -- Null while it runs; lost: its process ended meanwhile.
    outcome    text check (outcome in ('done', 'failed', 'stopped', 'lost')),
    progress   real,
    step       text,
    error      text,
    details    jsonb
);
create index job_runs_of_job on job_runs (job, id);
