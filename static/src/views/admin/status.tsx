// How it is: what needs attention first, then the last hour, then how much of everything there is.

import "./status.css";
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useModel, useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { Condition, DataState, Job, Minute, Node, Status as Figures } from "../../models/types.ts";
import { Icon } from "../common/icon.tsx";
import { ErrorState, Skeleton } from "../common/states.tsx";
import type { Values } from "../../lib/locale.ts";
import { concernsOf } from "./concerns.ts";
import { Graph } from "./graph.tsx";
import { taskNames } from "./task-names.ts";

const LOOK_AGAIN_MS = 30_000;

interface Shown {
  condition: Condition;
  data: DataState;
  jobs: Job[];
  figures: Figures;
  servers: Node[];
}

export function Status() {
  const admin = useAdmin();
  const { value, error, load } = useLoaded(async (): Promise<Shown> => {
    const [condition, data, jobs, figures, servers] = await Promise.all([
      admin.condition(),
      admin.data(),
      admin.jobs(),
      admin.status(),
      admin.servers(),
    ]);
    return { condition, data, jobs, figures, servers };
  });
  const [last, setLast] = useState<Shown | null>(null);
  useEffect(() => {
    if (value !== null) setLast(value);
  }, [value]);
  useEffect(() => {
    const timer = setInterval(() => document.hidden || load(), LOOK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [load]);
  if (error !== null && last === null) return <ErrorState error={error} retry={load} />;
  const shown = value ?? last;
  if (shown === null) return <Skeleton />;
  return (
    <div class="status">
      <Attention {...shown} />
      <LastHour condition={shown.condition} />
      {shown.servers.length > 1 && <Servers servers={shown.servers} />}
      <Totals figures={shown.figures} />
    </div>
  );
}

/** One line where all is well; else what is not, the worst first, each with where to mend it. */
function Attention(shown: Shown) {
  const { router } = useModel();
  const words = useWords();
  const { t } = words;
  const concerns = concernsOf(shown);
  const said = (values: Values): Values =>
    "tasks" in values ? { names: taskNames(String(values["tasks"]).split("\n"), t) } : values;
  if (concerns.length === 0) {
    return (
      <p class="status-line status-well">
        <Icon name="check" />
        {t("health.well")}
      </p>
    );
  }
  return (
    <ul class="status-concerns" aria-label={t("health.attention")}>
      {concerns.map(({ key, values, section, bad }) => (
        <li key={key} class={`status-line ${bad ? "status-bad" : "status-warn"}`}>
          <Icon name="warning" />
          <span>{t(key, said(values))}</span>
          {section !== null && (
            <a href={router.href({ name: "admin", section })}>{t(`health.go_${section}`)}</a>
          )}
        </li>
      ))}
    </ul>
  );
}

function LastHour({ condition: { minutes, disk_total } }: { condition: Condition }) {
  const { t, number, size } = useWords();
  const of = (read: (minute: Minute) => number | null) => minutes.map(read);
  const rate = (value: number): string => number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value));
  const ms = (value: number): string => t("health.ms", { value: number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value)) });
  const percent = (value: number): string => `${number(Math.round(value * 100))} %`;
  return (
    <section aria-labelledby="status-hour">
      <h2 class="status-title" id="status-hour">
        {t("health.hour")}
      </h2>
      <div class="status-graphs">
        <Graph name={t("health.messages")} points={of((minute) => minute.messages)} say={rate} />
        <Graph name={t("health.stored")} points={of((minute) => minute.stored_ms)} say={ms} />
        <Graph name={t("health.connections")} points={of((minute) => minute.connections)} say={number} />
        <Graph name={t("health.queue")} points={of((minute) => minute.queue)} say={number} />
        <Graph name={t("health.cpu")} points={of((minute) => minute.cpu)} say={percent} most={1} />
        <Graph name={t("health.memory")} points={of((minute) => minute.memory)} say={size} />
        <Graph
          name={t("health.disk")}
          points={of((minute) => minute.disk_free)}
          say={size}
          most={disk_total}
          hint={t("health.of", { value: size(disk_total) })}
        />
      </div>
    </section>
  );
}

/** Who shares the work; the figures above are those of the one that answers. */
function Servers({ servers }: { servers: Node[] }) {
  const { t, number, moment } = useWords();
  return (
    <section aria-labelledby="status-servers">
      <h2 class="status-title" id="status-servers">
        {t("health.servers")}
      </h2>
      <ul class="status-servers">
        {servers.map((each) => (
          <li key={each.node} class="status-server">
            <strong>{each.node}</strong>
            <small>
              {each.version} · {t("health.since", { moment: moment(each.started_at) })}
              {each.leads && ` · ${t("health.leads")}`}
            </small>
            <dl class="admin-figures">
              <Figure name={t("health.connections")}>{number(each.connections)}</Figure>
              <Figure name={t("health.cpu")}>{`${number(Math.round(each.cpu * 100))} %`}</Figure>
              <Figure name={t("health.lag")}>
                {each.lag_ms === null ? t("health.answers") : t("health.ms", { value: number(each.lag_ms) })}
              </Figure>
            </dl>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Totals({ figures }: { figures: Figures }) {
  const { t, number, size, moment } = useWords();
  const active = figures.people.reduce((sum, each) => sum + each.active, 0);
  const disabled = figures.people.reduce((sum, each) => sum + each.disabled, 0);
  return (
    <section aria-labelledby="status-all">
      <h2 class="status-title" id="status-all">
        {t("health.all")}
      </h2>
      <dl class="admin-figures">
        <Figure name={t("admin.status.people")}>
          {number(active)}
          {disabled > 0 && (
            <small>
              {number(disabled)} {t("admin.status.disabled")}
            </small>
          )}
        </Figure>
        <Figure name={t("admin.status.messages")}>{number(figures.messages)}</Figure>
        <Figure name={t("admin.status.chats")}>{number(figures.chats)}</Figure>
        <Figure name={t("admin.status.sessions")}>{number(figures.sessions)}</Figure>
        <Figure name={t("admin.status.database")}>{size(figures.database_bytes)}</Figure>
        <Figure name={t("admin.status.registration")}>{t(`admin.registration.${figures.registration}`)}</Figure>
        <Figure name={t("admin.status.server_time")}>{moment(figures.server_time)}</Figure>
        <Figure name={t("admin.status.version")}>{figures.version}</Figure>
      </dl>
    </section>
  );
}

function Figure({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="admin-figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
