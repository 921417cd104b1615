// A card's checklist: tick, edit, reorder, add; Enter adds the next.

import "./checklist.css";
import { useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import type { Base } from "../../models/unsaved.ts";
import type { ChecklistItem } from "../../models/types.ts";
import { Field, IconButton } from "../common/index.ts";
import { Editable } from "./editable.tsx";

const LONGEST = 500;
const MOST = 100;

export interface ChecklistProps {
  task_id: number;
  items: ChecklistItem[];
  /** The task's version, with the items as they are seen. */
  base: Base;
  disabled: boolean;
  /** `base` is what the change was made of: what others did meanwhile is laid together with it. */
  onChange: (items: ChecklistItem[], base: Base) => void;
}

export function Checklist({ task_id, items, base, disabled, onChange }: ChecklistProps) {
  const { t } = useWords();
  const change = (id: string, fields: Partial<ChecklistItem>, from: Base = base): void => {
    const seen = (from["checklist"] ?? items) as ChecklistItem[];
    onChange(
      seen.map((item) => (item.id === id ? { ...item, ...fields } : item)),
      from,
    );
  };
  const move = (from: number, by: number): void => {
    const item = items[from];
    if (item) onChange(items.toSpliced(from, 1).toSpliced(from + by, 0, item), base);
  };
  return (
    <>
      {items.length > 0 && (
        <ul class="checklist">
          {items.map((item, index) => (
            <li key={item.id} class={`checklist-item ${item.done ? "checklist-item-done" : ""}`}>
              <label class="checklist-tick">
                <input
                  type="checkbox"
                  checked={item.done}
                  disabled={disabled}
                  aria-label={item.text}
                  onChange={(event) => change(item.id, { done: event.currentTarget.checked })}
                />
              </label>
              <Editable
                class="checklist-text"
                value={item.text}
                label={t("card.item_text")}
                name={`task.${task_id}.item.${item.id}`}
                base={base}
                maxLength={LONGEST}
                disabled={disabled}
                onSave={(text, from) => change(item.id, { text }, from)}
              />
              {!disabled && (
                <span class="checklist-hands">
                  <IconButton
                    small
                    icon="up"
                    label={t("card.item_up", { item: item.text })}
                    disabled={index === 0}
                    onClick={() => move(index, -1)}
                  />
                  <IconButton
                    small
                    icon="down"
                    label={t("card.item_down", { item: item.text })}
                    disabled={index === items.length - 1}
                    onClick={() => move(index, 1)}
                  />
                  <IconButton
                    small
                    icon="close"
                    label={t("card.item_remove", { item: item.text })}
                    onClick={() => onChange(items.filter((each) => each.id !== item.id), base)}
                  />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {!disabled && items.length < MOST && (
        <NewItem
          name={`task.${task_id}.item`}
          onAdd={(text) => onChange([...items, { id: crypto.randomUUID(), text, done: false }], base)}
        />
      )}
    </>
  );
}

function NewItem({ name, onAdd }: { name: string; onAdd: (text: string) => void }) {
  const { t } = useWords();
  const draft = useLocalDraft(name);
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("item") as HTMLInputElement;
    if (field.value.trim() === "") return;
    onAdd(field.value.trim());
    draft.drop();
    field.value = "";
  };
  return (
    <form onSubmit={add}>
      <Field
        label={t("card.item_add")}
        bare
        placeholder={t("card.item_add")}
        name="item"
        defaultValue={draft.text}
        onInput={(event) => draft.keep(event.currentTarget.value)}
        hint={draft.restored ? t("app.restored") : undefined}
        autocomplete="off"
        maxLength={LONGEST}
        enterkeyhint="done"
      />
    </form>
  );
}
