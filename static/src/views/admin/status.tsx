// The figures of the instance.

import type { ComponentChildren } from "preact";
import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { Role } from "../../models/contract.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";

interface Figures {
  version: string;
  server_time: string;
  registration: "open" | "invite" | "closed";
  people: { role: Role; active: number; disabled: number }[];
  sessions: number;
  chats: number;
  messages: number;
  database_bytes: number;
}

export function Status() {
  const admin = useAdmin();
  const { t, number, size, moment } = useWords();
  const { value, error, load } = useLoaded(() => admin.status());
  if (error !== null) return <ErrorState error={error} retry={load} />;
  if (value === null) return <Skeleton />;
  const status = value as unknown as Figures;
  const active = status.people.reduce((sum, each) => sum + each.active, 0);
  const disabled = status.people.reduce((sum, each) => sum + each.disabled, 0);
  return (
    <dl class="admin-figures">
      <Figure name={t("admin.status.people")}>
        {number(active)}
        {disabled > 0 && (
          <small>
            {number(disabled)} {t("admin.status.disabled")}
          </small>
        )}
      </Figure>
      <Figure name={t("admin.status.messages")}>{number(status.messages)}</Figure>
      <Figure name={t("admin.status.chats")}>{number(status.chats)}</Figure>
      <Figure name={t("admin.status.sessions")}>{number(status.sessions)}</Figure>
      <Figure name={t("admin.status.database")}>{size(status.database_bytes)}</Figure>
      <Figure name={t("admin.status.registration")}>{t(`admin.registration.${status.registration}`)}</Figure>
      <Figure name={t("admin.status.server_time")}>{moment(status.server_time)}</Figure>
      <Figure name={t("admin.status.version")}>{status.version}</Figure>
    </dl>
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
