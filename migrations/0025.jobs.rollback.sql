-- Forgets how jobs by the clock went.

drop table job_runs;
drop table jobs;
