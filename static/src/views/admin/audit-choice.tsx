// Which records of the audit are shown, and all of them as a table.

import { useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { AuditChoice } from "../../models/admin.ts";
import { Button } from "../common/button.tsx";
import { Field, Select } from "../common/field.tsx";
import { Refused } from "../common/states.tsx";
import { saveTable } from "./save-table.ts";

const AREAS = [
  "session",
  "access",
  "user",
  "invite",
  "chat",
  "member",
  "hold",
  "data",
  "organisation",
  "settings",
  "instance",
  "audit",
] as const;
type Area = (typeof AREAS)[number] | "";

export interface Chosen {
  by: string;
  area: Area;
  /** Days, like 2026-12-01; empty for none. */
  from: string;
  to: string;
}

export const ANYTHING: Chosen = { by: "", area: "", from: "", to: "" };

export function AuditFilter({ chosen, onChange }: { chosen: Chosen; onChange: (chosen: Chosen) => void }) {
  const { people } = useAccount();
  const { t } = useWords();
  const choose = (changes: Partial<Chosen>): void => onChange({ ...chosen, ...changes });
  return (
    <search class="audit-choice">
      <Select
        label={t("admin.audit_by")}
        value={chosen.by}
        options={[
          { value: "", label: t("admin.audit_anybody") },
          ...people.all.value.map((person) => ({ value: String(person.id), label: people.name(person.id) })),
        ]}
        onChange={(by) => choose({ by })}
      />
      <Select
        label={t("admin.audit_area")}
        value={chosen.area}
        options={[
          { value: "" as Area, label: t("admin.audit_anything") },
          ...AREAS.map((value) => ({ value, label: t(`admin.audit_area.${value}`) })),
        ]}
        onChange={(area) => choose({ area })}
      />
      <Field
        label={t("admin.audit_from")}
        type="date"
        value={chosen.from}
        onInput={(event) => choose({ from: event.currentTarget.value })}
      />
      <Field
        label={t("admin.audit_to")}
        type="date"
        value={chosen.to}
        error={isTurned(chosen) ? t("admin.audit_turned") : undefined}
        onInput={(event) => choose({ to: event.currentTarget.value })}
      />
      <Download choice={choiceOf(chosen)} />
    </search>
  );
}

function Download({ choice }: { choice: AuditChoice }) {
  const admin = useAdmin();
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const download = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      saveTable("audit", await admin.auditTable(choice));
    } catch (failure) {
      setError(failure);
    }
    setBusy(false);
  };
  return (
    <div class="audit-table">
      <Button icon="download" busy={busy} onClick={() => void download()}>
        {t("admin.audit_table")}
      </Button>
      {error !== null && <Refused error={error} />}
    </div>
  );
}

/** What is asked of the server; the second day only where it is not before the first. */
export function choiceOf(chosen: Chosen): AuditChoice {
  const { by, area, from, to } = chosen;
  return {
    ...(by !== "" && { by: Number(by) }),
    ...(area !== "" && { action: area }),
    ...(from !== "" && { since: startOf(from, 0) }),
    ...(to !== "" && !isTurned(chosen) && { until: startOf(to, 1) }),
  };
}

function isTurned({ from, to }: Chosen): boolean {
  return from !== "" && to !== "" && to < from;
}

/** When a day begins here, or the one so many days later. */
function startOf(day: string, later: number): string {
  const begin = new Date(`${day}T00:00`);
  begin.setDate(begin.getDate() + later);
  return begin.toISOString();
}
