// What is stored and whether it is safe: backups by day, room by kind, how to get it back.

import "./data.css";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { DataState, Job, JobRun, ListedBackup } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { useFailure } from "../common/failure.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";
import { daysOf } from "./data-days.ts";
import { Holds } from "./holds.tsx";
import { Verdict } from "./verdict.tsx";

const LOOK_MS = 1500;
const WEEKS = 5;
const NIGHTLY = ["backup", "archive"] as const;
type Nightly = (typeof NIGHTLY)[number];

interface Shown {
  data: DataState;
  jobs: Partial<Record<Nightly, Job>>;
  runs: Partial<Record<Nightly, JobRun[]>>;
}

export function Data() {
  const admin = useAdmin();
  const { value, error, load } = useLoaded(async (): Promise<Shown> => {
    const [data, jobs] = await Promise.all([admin.data(), admin.jobs()]);
    const held: Shown = { data, jobs: {}, runs: {} };
    for (const name of NIGHTLY) {
      const job = jobs.find((each) => each.name === name);
      if (job === undefined) continue;
      held.jobs[name] = job;
      held.runs[name] = (await admin.runs(name)).data;
    }
    return held;
  });
  const [last, setLast] = useState<Shown | null>(null);
  useEffect(() => {
    if (value !== null) setLast(value);
  }, [value]);
  const working = NIGHTLY.some((name) => value?.jobs[name]?.running);
  useEffect(() => {
    if (!working) return;
    const timer = setInterval(load, LOOK_MS);
    return () => clearInterval(timer);
  }, [working, load]);
  if (error !== null) return <ErrorState error={error} retry={load} />;
  const shown = value ?? last;
  if (shown === null) return <Skeleton />;
  return (
    <div class="data">
      <BackupVerdict shown={shown} load={load} />
      {NIGHTLY.map((name) => {
        const job = shown.jobs[name];
        return (
          job && (
            <Calendar key={name} name={name} job={job} runs={shown.runs[name] ?? []} load={load}>
              {name === "archive" && <Archived data={shown.data} />}
            </Calendar>
          )
        );
      })}
      <Room data={shown.data} />
      <Backups backups={shown.data.backups} />
      <Holds />
      <Restoring data={shown.data} />
    </div>
  );
}

/** The one thing an administrator wants to know, and what to do about it. */
function BackupVerdict({ shown: { data, jobs, runs }, load }: { shown: Shown; load: () => void }) {
  const { t, moment } = useWords();
  const newest = data.backups.find((each) => each.state === "proven");
  const failed = runs.backup?.find((run) => run.outcome !== null);
  const mood = !data.daily ? "off" : data.old ? "bad" : newest === undefined ? "off" : "good";
  const words = {
    good: t("data.good", { when: newest === undefined ? "" : moment(newest.made_at) }),
    bad: t("data.bad"),
    off: data.daily ? t("data.first") : t("data.off"),
  };
  const run = data.daily && <RunNow name="backup" load={load} busy={jobs.backup?.running ?? false} />;
  return (
    <Verdict mood={mood} words={words[mood]} action={run}>
      {failed?.outcome === "failed" && (
        <span>{t("data.failed", { when: moment(failed.started_at), why: failed.error ?? "" })}</span>
      )}
      {data.same_disk && <span>{t("data.same_disk")}</span>}
    </Verdict>
  );
}

function RunNow({ name, load, busy }: { name: Nightly; load: () => void; busy: boolean }) {
  const admin = useAdmin();
  const { t } = useWords();
  const fail = useFailure();
  const run = (): void => void admin.runJob(name).then(load, fail);
  return (
    <Button kind={name === "backup" ? "main" : "plain"} busy={busy} onClick={run}>
      {t(`data.run_${name}`)}
    </Button>
  );
}

interface CalendarProps {
  name: Nightly;
  job: Job;
  runs: JobRun[];
  load: () => void;
  children?: ComponentChildren;
}

function Calendar({ name, job, runs, load, children }: CalendarProps) {
  const { t, date, moment } = useWords();
  const days = daysOf(runs, Date.now(), WEEKS);
  return (
    <section class="data-part" aria-labelledby={`data-${name}`}>
      <header class="data-part-head">
        <h2 id={`data-${name}`}>{t(`data.${name}`)}</h2>
        {name !== "backup" && <RunNow name={name} load={load} busy={job.running} />}
      </header>
      {job.running && <Progress run={job.last} />}
      <ol class="data-days">
        {days.map((day) => {
          const said = `${date(day.at)}: ${t(`data.day.${day.state}`)}`;
          return (
            <li key={day.at} class={`data-day data-day-${day.state}`} title={said} aria-label={said}>
              <span aria-hidden="true">{new Date(day.at).getDate()}</span>
            </li>
          );
        })}
      </ol>
      <p class="data-legend">
        {(["proven", "unproven", "missing"] as const).map((state) => (
          <span key={state} class="data-key">
            <i class={`data-day-${state}`} aria-hidden="true" />
            {t(`data.day.${state}`)}
          </span>
        ))}
      </p>
      {children}
      <p class="data-note">{t("data.next", { when: moment(job.next_at) })}</p>
    </section>
  );
}

/** How far the archive reaches, and whether it was proven. */
function Archived({ data: { archive } }: { data: DataState }) {
  const { t, date, moment, number } = useWords();
  if (archive.until === null) return <p class="data-note">{t("data.archive_none")}</p>;
  const { fault, verified_at } = archive;
  const held = { messages: number(archive.messages), parts: number(archive.parts) };
  return (
    <p class="data-note">
      {t("data.archive_until", { until: date(archive.until), ...held })}{" "}
      {fault !== null ? (
        <strong class="data-fault">{t("data.archive_fault", { why: fault })}</strong>
      ) : verified_at !== null ? (
        t("data.archive_proven", { when: moment(verified_at) })
      ) : (
        t("data.archive_unproven")
      )}
    </p>
  );
}

function Progress({ run }: { run: JobRun | null }) {
  const { t } = useWords();
  const steps = ["count", "dump", "files", "prove", "copy"] as const;
  const step = steps.find((each) => each === run?.step);
  return (
    <div class="data-progress" role="status">
      <progress max={1} {...(run?.progress == null ? {} : { value: run.progress })} />
      <span>{step === undefined ? t("data.step.work") : t(`data.step.${step}`)}</span>
    </div>
  );
}

function Room({ data }: { data: DataState }) {
  const { t, size, number } = useWords();
  const most = Math.max(1, ...data.stored.map((each) => each.bytes));
  return (
    <section class="data-part" aria-labelledby="data-room">
      <h2 id="data-room">{t("data.room")}</h2>
      <dl class="data-room">
        {data.stored.map((each) => (
          <div key={each.kind}>
            <dt>
              {t(`data.kind.${each.kind}`)}
              {each.count !== null && <small>{number(each.count)}</small>}
            </dt>
            <dd>
              <meter aria-hidden="true" max={most} value={each.bytes} />
              <span>{size(each.bytes)}</span>
            </dd>
          </div>
        ))}
        <div>
          <dt>{t("data.free")}</dt>
          <dd>
            <span>{size(data.free)}</span>
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Backups({ backups }: { backups: ListedBackup[] }) {
  const { t, moment, size } = useWords();
  if (backups.length === 0) return null;
  return (
    <section class="data-part" aria-labelledby="data-list">
      <h2 id="data-list">{t("data.list")}</h2>
      <ul class="admin-rows">
        {backups.map((each) => (
          <li key={each.name} class="admin-row">
            <div class="admin-words">
              <span class="admin-name">{moment(each.made_at)}</span>
              <span class="admin-more">
                {size(each.bytes)}
                {each.sealed && ` · ${t("data.sealed")}`}
                {each.unproven !== null && ` · ${each.unproven}`}
              </span>
            </div>
            <span class={`data-state data-day-${each.state === "damaged" ? "missing" : each.state}`}>
              {t(`data.state.${each.state}`)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Restoring({ data }: { data: DataState }) {
  const { t } = useWords();
  const key = data.sealed ? " --identity key.txt" : "";
  const command = `messenger backup restore --from ${data.folder}${key}`;
  return (
    <section class="data-part" aria-labelledby="data-restore">
      <h2 id="data-restore">{t("data.restore")}</h2>
      <ol class="data-steps">
        <li>{t("data.restore_1")}</li>
        <li>{t("data.restore_2")}</li>
        <li>
          {t("data.restore_3")}
          <span class="data-command">
            <code>{command}</code>
            <CopyButton small text={command}>
              {t("data.copy_command")}
            </CopyButton>
          </span>
        </li>
        <li>{t("data.restore_4")}</li>
      </ol>
    </section>
  );
}
