// What a task is about, in Markdown; pressed, it is written anew.

import "./description.css";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../../app/context.ts";
import { composing } from "../../lib/keys.ts";
import { Button, IconButton } from "../common/index.ts";
import { fit } from "./editable.tsx";
import { Said } from "./said.tsx";

const LONGEST = 20_000;

export interface DescriptionProps {
  value: string;
  chat_id: number;
  disabled: boolean;
  onSave: (value: string) => void;
}

export function Description({ value, chat_id, disabled, onSave }: DescriptionProps) {
  const { t } = useWords();
  const [editing, setEditing] = useState(false);
  if (editing) {
    const done = (text: string | null): void => {
      setEditing(false);
      if (text !== null && text.trim() !== value) onSave(text.trim());
    };
    return <Writing value={value} done={done} />;
  }
  if (value === "") {
    if (disabled) return null;
    return (
      <button type="button" class="description-none" onClick={() => setEditing(true)}>
        {t("card.describe")}
      </button>
    );
  }
  return (
    <div class="description">
      <Said text={value} chat_id={chat_id} />
      {!disabled && (
        <IconButton
          small
          class="description-edit"
          icon="edit"
          label={t("card.edit_description")}
          onClick={() => setEditing(true)}
        />
      )}
    </div>
  );
}

function Writing({ value, done }: { value: string; done: (text: string | null) => void }) {
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  useLayoutEffect(() => {
    field.current?.focus();
    fit(field.current);
  }, []);
  return (
    <form
      class="description-writing"
      onSubmit={(event) => {
        event.preventDefault();
        done(field.current?.value ?? null);
      }}
      onKeyDown={(event) => {
        if (composing(event)) return;
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          done(null);
        } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          done(field.current?.value ?? null);
        }
      }}
    >
      <textarea
        dir="auto"
        ref={field}
        class="input description-field"
        rows={5}
        maxLength={LONGEST}
        aria-label={t("card.description")}
        defaultValue={value}
        onInput={(event) => fit(event.currentTarget)}
      />
      <div class="description-buttons">
        <Button small kind="main" type="submit">
          {t("app.save")}
        </Button>
        <Button small kind="quiet" onClick={() => done(null)}>
          {t("app.cancel")}
        </Button>
      </div>
    </form>
  );
}
