// Text that becomes a field when pressed. Enter and leaving keep what was typed, Esc does not.

import "./editable.css";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { composing } from "../../lib/keys.ts";

export interface EditableProps {
  value: string;
  /** For readers: what it is. */
  label: string;
  onSave: (value: string) => void;
  disabled?: boolean;
  maxLength?: number;
  class?: string;
  /** Begin as a field; `onDone` is called when it is one no more. */
  open?: boolean;
  onDone?: () => void;
}

export function Editable({ value, label, onSave, disabled, maxLength, open = false, onDone, ...rest }: EditableProps) {
  const [editing, setEditing] = useState(open);
  const button = useRef<HTMLButtonElement>(null);
  const back = useRef(false);
  useEffect(() => {
    if (!editing && back.current) button.current?.focus();
    back.current = false;
  }, [editing]);
  const names = `editable ${rest.class ?? ""}`;
  if (disabled) return <span class={names}>{value}</span>;
  if (!editing) {
    return (
      <button type="button" ref={button} class={`${names} editable-text`} onClick={() => setEditing(true)}>
        {value}
      </button>
    );
  }
  const done = (text: string, byKey: boolean): void => {
    const wanted = text.trim();
    back.current = byKey;
    setEditing(false);
    if (wanted !== "" && wanted !== value) onSave(wanted);
    onDone?.();
  };
  return <EditField {...{ value, label, done, names }} maxLength={maxLength ?? 200} />;
}

interface EditFieldProps {
  value: string;
  label: string;
  names: string;
  maxLength: number;
  done: (text: string, byKey: boolean) => void;
}

function EditField({ value, label, names, maxLength, done }: EditFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const over = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  useLayoutEffect(() => fit(field.current));
  const finish = (text: string, byKey: boolean): void => {
    // Taking the field away is leaving it, too.
    if (over.current) return;
    over.current = true;
    done(text, byKey);
  };
  return (
    <textarea
      dir="auto"
      ref={field}
      class={`${names} editable-field`}
      rows={1}
      aria-label={label}
      maxLength={maxLength}
      defaultValue={value}
      onInput={(event) => fit(event.currentTarget)}
      onBlur={(event) => finish(event.currentTarget.value, false)}
      onKeyDown={(event) => {
        if (composing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
        event.preventDefault();
        event.stopPropagation();
        finish(event.key === "Enter" ? event.currentTarget.value : value, true);
      }}
    />
  );
}

/** As high as its text: not every browser does it by itself. */
export function fit(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
