// One setting: what it is for, what it is now, whether it can be changed here.

import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import type { RuntimeSetting } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { Field, Select, Switch } from "../common/field.tsx";
import { Icon } from "../common/icon.tsx";
import { fromMegabytes, megabytes, rateOf, sayValue, type SettingName } from "./setting-values.ts";

interface RowProps {
  name: SettingName;
  setting: RuntimeSetting;
  problem: string | null;
  /** As in the environment; null: the default. */
  onChange: (value: string | null) => void;
}

export function SettingRow(props: RowProps) {
  const { name, setting, onChange } = props;
  const words = useWords();
  const { t } = words;
  const locked = setting.source === "environment";
  return (
    <div class="setting-row">
      <Control {...props} locked={locked} />
      {locked && (
        <p class="setting-locked">
          <Icon name="lock" size={16} />
          {t("setting.locked", { name })}
        </p>
      )}
      {setting.source === "database" && setting.value !== setting.default && (
        <Button kind="quiet" small icon="reply" onClick={() => onChange(null)}>
          {t("setting.reset", { value: sayValue(setting, setting.default, words) })}
        </Button>
      )}
    </div>
  );
}

function Control({ name, setting, locked, problem, onChange }: RowProps & { locked: boolean }) {
  const { t } = useWords();
  const label = t(`setting.${name}`);
  const hint = t(`setting.${name}_hint`);
  switch (setting.kind) {
    case "choice":
      return (
        <Select
          label={label}
          hint={hint}
          value={setting.value}
          disabled={locked}
          options={setting.choices.map((value) => ({ value, label: t(`admin.registration.${value as "open"}`) }))}
          onChange={onChange}
        />
      );
    case "switch":
      return (
        <Switch
          label={label}
          hint={hint}
          checked={setting.value === "on"}
          disabled={locked}
          onChange={(on) => onChange(on ? "on" : "off")}
        />
      );
    case "rate":
      return <Rate {...{ label, hint, setting, locked, problem, onChange }} />;
    case "size":
      return (
        <NumberField
          {...{ label, hint, locked, problem }}
          low={setting.low === 0 ? 0 : 0.01}
          step="any"
          value={megabytes(setting.value)}
          onChange={(given) => onChange(fromMegabytes(given))}
        />
      );
    default:
      return (
        <NumberField
          {...{ label, hint, locked, problem }}
          low={setting.low ?? 0}
          high={setting.high ?? undefined}
          step="1"
          value={setting.value}
          onChange={onChange}
        />
      );
  }
}

interface NumberProps {
  label: string;
  hint?: string;
  value: string;
  low: number;
  high?: number | undefined;
  step: string;
  locked: boolean;
  problem: string | null;
  onChange: (value: string) => void;
}

/** Stored when one leaves it or presses Enter; Escape puts back what is stored. */
function NumberField({ label, hint, value, low, high, step, locked, problem, onChange }: NumberProps) {
  const [typed, setTyped] = useState(value);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => setTyped(value), [value]);
  const store = (): void => {
    if (typed !== value && input.current?.reportValidity() && typed !== "") onChange(typed);
  };
  return (
    <Field
      type="number"
      inputMode="decimal"
      {...{ label, hint, min: low, max: high, step }}
      error={typed === value ? undefined : problem}
      inputRef={input}
      required
      disabled={locked}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={store}
      onKeyDown={(event) => {
        if (event.key === "Enter") {
          // It would press the button that has the focus by then: what asks whether one is sure.
          event.preventDefault();
          store();
        }
        if (event.key === "Escape") setTyped(value);
      }}
    />
  );
}

function Rate({ label, hint, setting, locked, problem, onChange }: Omit<RowProps, "name"> & { label: string; hint: string; locked: boolean }) {
  const { t } = useWords();
  const [count, seconds] = rateOf(setting.value);
  return (
    <fieldset class="setting-rate">
      <legend class="field-label">{label}</legend>
      <p class="field-hint">{hint}</p>
      <div class="admin-pair">
        <NumberField
          label={t("setting.rate_count")}
          value={count}
          low={1}
          high={999_999_999}
          step="1"
          {...{ locked, problem }}
          onChange={(given) => onChange(`${given}/${seconds}s`)}
        />
        <NumberField
          label={t("setting.rate_seconds")}
          value={seconds}
          low={1}
          high={999_999}
          step="1"
          {...{ locked, problem }}
          onChange={(given) => onChange(`${count}/${given}s`)}
        />
      </div>
    </fieldset>
  );
}
