// The organisation, and the settings of the server that may change while it runs: each at once, and
// with a way back.

import "./settings-list.css";
import { useEffect, useState } from "preact/hooks";
import { useAdmin } from "../hooks/admin.ts";
import { useWords } from "../hooks/context.ts";
import { useLoaded } from "../hooks/loaded.ts";
import type { RuntimeSetting } from "../../models/types.ts";
import { ApiError } from "../../lib/errors.ts";
import { Confirm } from "../common/confirm.tsx";
import { useFailure } from "../common/failure.ts";
import { useLayers } from "../common/layers.ts";
import { ErrorState, Skeleton } from "../common/states.tsx";
import { OrganisationForm } from "./organisation.tsx";
import { SettingRow } from "./setting-row.tsx";
import { GROUPS, type SettingName } from "./setting-values.ts";

const UNDO_MS = 8000;

export function Settings() {
  const { t } = useWords();
  return (
    <>
      <section class="setting-part" aria-labelledby="setting-organisation">
        <h2 id="setting-organisation">{t("setting.organisation")}</h2>
        <OrganisationForm />
      </section>
      <Running />
    </>
  );
}

function Running() {
  const admin = useAdmin();
  const { t } = useWords();
  const { value, error, load } = useLoaded(() => admin.settings());
  const [held, setHeld] = useState<RuntimeSetting[] | null>(null);
  useEffect(() => {
    if (value !== null) setHeld(value);
  }, [value]);
  if (error !== null) return <ErrorState error={error} retry={load} />;
  if (held === null) return <Skeleton />;
  return (
    <>
      {(Object.keys(GROUPS) as (keyof typeof GROUPS)[]).map((group) => (
        <section class="setting-part" key={group} aria-labelledby={`setting-${group}`}>
          <h2 id={`setting-${group}`}>{t(`setting.group_${group}`)}</h2>
          {GROUPS[group].map((name) => {
            const setting = held.find((each) => each.name === name);
            return setting && <Changed key={name} name={name} setting={setting} onChanged={setHeld} />;
          })}
        </section>
      ))}
      <p class="admin-text">{t("setting.note")}</p>
    </>
  );
}

interface ChangedProps {
  name: SettingName;
  setting: RuntimeSetting;
  onChanged: (all: RuntimeSetting[]) => void;
}

/** A row that stores what is chosen; what would be lost by it for good is asked about. */
function Changed({ name, setting, onChanged }: ChangedProps) {
  const { t } = useWords();
  const [asking, setAsking] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  // Counts what was thought better of: the row shows again what is stored.
  const [given, setGiven] = useState(0);
  const store = useStore(name, onChanged, setProblem);
  const change = (value: string | null): void => {
    const next = value ?? setting.default;
    if (name === "ARCHIVE_YEARS" && isShorter(next, setting.value)) setAsking(next);
    else void store(value, setting);
  };
  return (
    <>
      <SettingRow key={given} name={name} setting={setting} problem={problem} onChange={change} />
      {asking !== null && (
        <Confirm
          title={t("setting.years_ask")}
          text={t("setting.years_text", { years: Number(asking) })}
          action={t("setting.years_action")}
          danger
          onConfirm={() => {
            setAsking(null);
            void store(asking, setting);
          }}
          onClose={() => {
            setAsking(null);
            setGiven(given + 1);
          }}
        />
      )}
    </>
  );
}

/** Of years that something is kept, where 0 is for ever. */
function isShorter(next: string, before: string): boolean {
  const [to, from] = [Number(next), Number(before)];
  return to !== 0 && (from === 0 || to < from);
}

function useStore(
  name: SettingName,
  onChanged: ChangedProps["onChanged"],
  setProblem: (text: string | null) => void,
) {
  const admin = useAdmin();
  const { toast } = useLayers();
  const { t } = useWords();
  const fail = useFailure();
  const put = async (value: string | null): Promise<boolean> => {
    try {
      const all = await admin.changeSettings({ [name]: value });
      onChanged(all);
      setProblem(null);
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.code === "validation_failed") setProblem(t("setting.refused"));
      else fail(error);
      return false;
    }
  };
  return async (value: string | null, before: RuntimeSetting): Promise<void> => {
    if (!(await put(value))) return;
    const undo = (): void => void put(before.source === "database" ? before.value : null);
    toast({ text: t("setting.saved", { name: t(`setting.${name}`) }), undo: { undo, until: Date.now() + UNDO_MS } });
  };
}
