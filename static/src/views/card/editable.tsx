// Text that becomes a field when pressed. Enter and leaving save what was typed; after Esc it is not
// saved, but there again when one comes back to it.

import "./editable.css";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useLocalDraft } from "../hooks/local-draft.ts";
import { useOneWay } from "../hooks/one-way.ts";
import { composing } from "../../lib/keys.ts";
import type { Base } from "../../models/unsaved.ts";
import { Restored } from "../common/index.ts";

export interface EditableProps {
  value: string;
  /** For readers: what it is. */
  label: string;
  /** Of what it is, for what is typed and not saved: `task.7.title`. */
  name: string;
  /** What one sees when one begins; it comes back with what is saved. */
  base: Base;
  onSave: (value: string, base: Base) => void;
  /** A title: nothing that turns text round is saved. */
  oneWay?: boolean;
  disabled?: boolean;
  maxLength?: number;
  class?: string;
  /** Begin as a field; `onDone` is called when it is one no more. */
  open?: boolean;
  onDone?: () => void;
}

export function Editable(props: EditableProps) {
  const { value, label, name, base, onSave, oneWay = false, disabled, ...rest } = props;
  const { maxLength = 200, open = false, onDone } = rest;
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
  const done = (byKey: boolean): void => {
    back.current = byKey;
    setEditing(false);
    onDone?.();
  };
  return <EditField {...{ value, label, name, base, onSave, oneWay, done, names, maxLength }} />;
}

interface EditFieldProps extends Pick<EditableProps, "value" | "label" | "name" | "base" | "onSave"> {
  oneWay: boolean;
  names: string;
  maxLength: number;
  done: (byKey: boolean) => void;
}

function EditField({ value, label, name, base, onSave, oneWay, names, maxLength, done }: EditFieldProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  // As they are now: what comes from others meanwhile is not what one saw when one began.
  const [begun] = useState({ value, base });
  const keeps = useOneWay();
  const draft = useLocalDraft(name, begun.value, begun.base);
  const over = useRef(false);
  const typed = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, []);
  useLayoutEffect(() => fit(field.current));
  /** Null: not to be saved now. */
  const finish = (text: string | null, byKey: boolean): void => {
    // Taking the field away is leaving it, too.
    if (over.current || (oneWay && text !== null && !keeps(text))) return;
    over.current = true;
    const wanted = text?.trim() ?? "";
    if (text !== null) draft.drop();
    if (wanted !== "" && wanted !== begun.value) onSave(wanted, draft.base ?? begun.base);
    done(byKey);
  };
  const discard = (): void => {
    draft.drop();
    if (field.current !== null) field.current.value = begun.value;
    fit(field.current);
  };
  const area = (
    <textarea
      dir="auto"
      ref={field}
      class={`${names} editable-field`}
      rows={1}
      aria-label={label}
      maxLength={maxLength}
      defaultValue={draft.text}
      onInput={(event) => {
        typed.current = true;
        draft.keep(event.currentTarget.value);
        fit(event.currentTarget);
      }}
      // What was given up before and only looked at now is not saved by looking away.
      onBlur={(event) => finish(typed.current ? event.currentTarget.value : null, false)}
      onKeyDown={(event) => {
        if (composing(event) || (event.key !== "Enter" && event.key !== "Escape")) return;
        event.preventDefault();
        event.stopPropagation();
        finish(event.key === "Enter" ? event.currentTarget.value : null, true);
      }}
    />
  );
  return (
    <>
      {area}
      {draft.restored && <Restored onDiscard={discard} />}
    </>
  );
}

/** As high as its text: not every browser does it by itself. */
export function fit(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports("field-sizing", "content")) return;
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight}px`;
}
