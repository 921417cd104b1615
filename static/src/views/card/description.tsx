// What a task is about, in Markdown; pressed, it is written anew. What was written and not saved is
// there again, whether it was given up with Esc or the tab was closed.

import "./description.css";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { composing } from "../../lib/keys.ts";
import type { Base } from "../../models/unsaved.ts";
import { Button, IconButton, Restored } from "../common/index.ts";
import { fit } from "./editable.tsx";
import { Said } from "./said.tsx";

const LONGEST = 20_000;

export interface DescriptionProps {
  task_id: number;
  value: string;
  chat_id: number;
  /** What one sees now, with its version; it comes back with what is saved. */
  base: Base;
  disabled: boolean;
  onSave: (value: string, base: Base) => void;
}

export function Description({ task_id, chat_id, value, base, disabled, onSave }: DescriptionProps) {
  const { t } = useWords();
  const { unsaved } = useAccount();
  const [editing, setEditing] = useState(false);
  const name = `task.${task_id}.description`;
  const [, setGone] = useState(0);
  const edit = (): void => setEditing(true);
  const discard = (): void => {
    unsaved.drop(name);
    setGone((count) => count + 1);
  };
  if (editing) return <Writing {...{ name, value, base, onSave }} onDone={() => setEditing(false)} />;
  const kept = unsaved.of(name);
  if (kept !== null && kept.text !== value && !disabled) {
    return (
      <>
        {value !== "" && <Said text={value} chat_id={chat_id} />}
        <p class="description-unsaved" role="status">
          {t("card.unsaved")}
          <Button small onClick={edit}>
            {t("card.unsaved_go_on")}
          </Button>
          <Button small kind="quiet" onClick={discard}>
            {t("app.restored_discard")}
          </Button>
        </p>
      </>
    );
  }
  if (value === "") {
    if (disabled) return null;
    return (
      <button type="button" class="description-none" onClick={edit}>
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
          onClick={edit}
        />
      )}
    </div>
  );
}

interface WritingProps extends Pick<DescriptionProps, "value" | "base" | "onSave"> {
  name: string;
  onDone: () => void;
}

function Writing({ name, value, base, onSave, onDone }: WritingProps) {
  const { t } = useWords();
  const field = useRef<HTMLTextAreaElement>(null);
  // As they are now: what comes from others meanwhile is not what one saw when one began.
  const [begun] = useState({ value, base });
  const draft = useLocalDraft(name, begun.value, begun.base);
  const save = (): void => {
    const text = field.current?.value.trim() ?? "";
    draft.drop();
    if (field.current !== null && text !== begun.value) onSave(text, draft.base ?? begun.base);
    onDone();
  };
  const discard = (): void => {
    draft.drop();
    if (field.current !== null) field.current.value = begun.value;
    fit(field.current);
  };
  useLayoutEffect(() => {
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
    fit(element);
  }, []);
  return (
    <form
      class="description-writing"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (composing(event)) return;
        if (event.key === "Escape") {
          event.preventDefault();
          event.stopPropagation();
          onDone();
        } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          save();
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
        defaultValue={draft.text}
        onInput={(event) => {
          draft.keep(event.currentTarget.value);
          fit(event.currentTarget);
        }}
      />
      {draft.restored && <Restored onDiscard={discard} />}
      <div class="description-buttons">
        <Button small kind="main" type="submit">
          {t("app.save")}
        </Button>
        <Button small kind="quiet" onClick={onDone}>
          {t("app.cancel")}
        </Button>
      </div>
    </form>
  );
}
