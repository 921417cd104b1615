// A card's checklist: tick, edit, reorder, add; Enter adds the next.

import "./checklist.css";
import { useWords } from "../../app/context.ts";
import type { ChecklistItem } from "../../models/types.ts";
import { Field, IconButton } from "../common/index.ts";
import { Editable } from "./editable.tsx";

const LONGEST = 500;
const MOST = 100;

export interface ChecklistProps {
  items: ChecklistItem[];
  disabled: boolean;
  onChange: (items: ChecklistItem[]) => void;
}

export function Checklist({ items, disabled, onChange }: ChecklistProps) {
  const { t } = useWords();
  const change = (id: string, fields: Partial<ChecklistItem>): void =>
    onChange(items.map((item) => (item.id === id ? { ...item, ...fields } : item)));
  const move = (from: number, by: number): void => {
    const item = items[from];
    if (item) onChange(items.toSpliced(from, 1).toSpliced(from + by, 0, item));
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
                maxLength={LONGEST}
                disabled={disabled}
                onSave={(text) => change(item.id, { text })}
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
                    onClick={() => onChange(items.filter((each) => each.id !== item.id))}
                  />
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      {!disabled && items.length < MOST && (
        <NewItem onAdd={(text) => onChange([...items, { id: crypto.randomUUID(), text, done: false }])} />
      )}
    </>
  );
}

function NewItem({ onAdd }: { onAdd: (text: string) => void }) {
  const { t } = useWords();
  const add = (event: SubmitEvent): void => {
    event.preventDefault();
    const field = (event.currentTarget as HTMLFormElement).elements.namedItem("item") as HTMLInputElement;
    if (field.value.trim() === "") return;
    onAdd(field.value.trim());
    field.value = "";
  };
  return (
    <form onSubmit={add}>
      <Field
        label={t("card.item_add")}
        bare
        placeholder={t("card.item_add")}
        name="item"
        autocomplete="off"
        maxLength={LONGEST}
        enterkeyhint="done"
      />
    </form>
  );
}
