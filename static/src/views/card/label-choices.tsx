// Labels: those of the chat to switch on and off, and a field for one that is not there yet.

import "./label-choices.css";
import { useAccount, useWords } from "../hooks/context.ts";
import { Button, Field, Icon } from "../common/index.ts";
import { Label } from "./label.tsx";

const LONGEST = 40;
const MOST = 20;

export interface LabelChoicesProps {
  chat_id: number;
  value: string[];
  onChange: (labels: string[]) => void;
}

export function LabelChoices({ chat_id, value, onChange }: LabelChoicesProps) {
  const { t } = useWords();
  const all = useLabelsOf(chat_id);
  const full = value.length >= MOST;
  const flip = (label: string): void =>
    onChange(value.includes(label) ? value.filter((each) => each !== label) : [...value, label]);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("label") as HTMLInputElement;
    const label = field.value.trim();
    if (label !== "" && !value.includes(label) && !full) onChange([...value, label]);
    field.value = "";
  };
  return (
    <>
      {all.length > 0 && (
        <div class="card-choices" role="group" aria-label={t("card.labels")}>
          {all.map((label) => (
            <button
              type="button"
              key={label}
              class="card-choice"
              aria-pressed={value.includes(label)}
              disabled={full && !value.includes(label)}
              onClick={() => flip(label)}
            >
              <Label name={label} />
              {value.includes(label) && <Icon name="check" />}
            </button>
          ))}
        </div>
      )}
      <form class="label-choices-new" onSubmit={add}>
        <Field
          label={t("card.label_new")}
          bare
          placeholder={t("card.label_new")}
          name="label"
          autocomplete="off"
          maxLength={LONGEST}
        />
        <Button type="submit" disabled={full}>
          {t("card.label_add")}
        </Button>
      </form>
    </>
  );
}

/** Every label that some task of the chat has. */
export function useLabelsOf(chat_id: number): string[] {
  const { tasks } = useAccount();
  const labels = new Set(tasks.inChat(chat_id).value.flatMap((task) => task.labels));
  return [...labels].sort((one, other) => one.localeCompare(other));
}
