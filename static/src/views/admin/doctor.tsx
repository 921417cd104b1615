// What is wrong with the installation, and what mends it: the page of `messenger doctor`.

import "./doctor.css";
import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { DoctorCheck, DoctorReport } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { CopyButton } from "../common/copy.tsx";
import { ErrorState, Skeleton } from "../common/states.tsx";
import { Verdict } from "./verdict.tsx";

const FIX = "messenger doctor --fix";

export function Doctor() {
  const admin = useAdmin();
  const { t, locale } = useWords();
  const { value, error, load } = useLoaded(() => admin.doctor(locale.value === "ru" ? "ru" : "en"));
  if (error !== null) return <ErrorState error={error} retry={load} />;
  if (value === null) {
    return (
      <>
        <p class="admin-text" role="status">
          {t("doctor.looking")}
        </p>
        <Skeleton />
      </>
    );
  }
  return <Report report={value} again={load} />;
}

function Report({ report, again }: { report: DoctorReport; again: () => void }) {
  const { t, moment } = useWords();
  const wrong = report.checks.filter(({ state }) => state === "wrong");
  const advice = report.checks.filter(({ state }) => state === "advice");
  const well = report.checks.filter(({ state }) => state === "well");
  return (
    <div class="doctor">
      <Verdict
        mood={report.ok ? "good" : "bad"}
        words={report.ok ? t("doctor.good") : t("doctor.bad", { count: wrong.length })}
        action={
          <Button icon="retry" onClick={again}>
            {t("doctor.again")}
          </Button>
        }
      >
        <span>{t("doctor.looked", { when: moment(report.checked_at) })}</span>
      </Verdict>
      <Checks checks={wrong} />
      {advice.length > 0 && (
        <section aria-labelledby="doctor-advice">
          <h2 class="doctor-title" id="doctor-advice">
            {t("doctor.advice")}
          </h2>
          <Checks checks={advice} />
        </section>
      )}
      <details class="doctor-well">
        <summary>{t("doctor.well", { count: well.length })}</summary>
        <dl>
          {well.map(({ code, name, found }) => (
            <div key={code}>
              <dt>{name}</dt>
              <dd>{found}</dd>
            </div>
          ))}
        </dl>
      </details>
    </div>
  );
}

function Checks({ checks }: { checks: DoctorCheck[] }) {
  const { t } = useWords();
  if (checks.length === 0) return null;
  return (
    <ul class="doctor-checks">
      {checks.map(({ code, state, name, found, fix, command, sql, setting, mendable }) => (
        <li key={code} class={`doctor-check doctor-check-${state}`}>
          <h3 class="doctor-name">{name}</h3>
          <p>{found}</p>
          {fix !== null && <p class="doctor-fix">{fix}</p>}
          <Line text={setting} label={t("doctor.setting")} />
          <Line text={command} label={t("doctor.command")} />
          <Line text={sql} label={t("doctor.sql")} />
          {mendable && <Line text={FIX} label={t("doctor.mendable")} />}
        </li>
      ))}
    </ul>
  );
}

function Line({ text, label }: { text: string | null; label: string }) {
  const { t } = useWords();
  if (text === null) return null;
  return (
    <div class="doctor-line">
      <span class="doctor-label">{label}</span>
      <span class="doctor-command">
        <code>{text}</code>
        <CopyButton small text={text}>
          {t("data.copy_command")}
        </CopyButton>
      </span>
    </div>
  );
}
