// Fields: a label, what is typed or chosen, a hint, and what is wrong with it.

import "./field.css";
import type { AllHTMLAttributes, ComponentChildren, Ref } from "preact";
import { useId, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { IconButton } from "./button.tsx";
import { Icon } from "./icon.tsx";

interface Around {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
  /** The label is for readers only. */
  bare?: boolean | undefined;
}

type Native<E extends HTMLInputElement | HTMLTextAreaElement> = Omit<
  AllHTMLAttributes<E>,
  "label" | "role" | "size" | "type"
>;

export interface FieldProps extends Around, Native<HTMLInputElement> {
  type?: "text" | "password" | "email" | "number" | "search" | "date" | "time" | "datetime-local" | undefined;
  inputRef?: Ref<HTMLInputElement> | undefined;
}

/** A text field; `type="password"` gets an eye. */
export function Field({ label, hint, error, bare, type = "text", inputRef, ...rest }: FieldProps) {
  const { t } = useWords();
  const [open, setOpen] = useState(false);
  const secret = type === "password";
  const worded = type === "text" || type === "search";
  const native = { ...(worded ? { dir: "auto" } : {}), ...rest, type: secret && open ? "text" : type } as object;
  return (
    <Labelled {...{ label, hint, error, bare }}>
      {(tied) => (
        <span class="field-line">
          <input {...native} {...tied} ref={inputRef ?? null} class="input" />
          {secret && (
            <IconButton
              class="field-eye"
              icon={open ? "eyeOff" : "eye"}
              label={t(open ? "field.hide" : "field.show")}
              onClick={() => setOpen(!open)}
            />
          )}
        </span>
      )}
    </Labelled>
  );
}

export interface TextAreaProps extends Around, Native<HTMLTextAreaElement> {
  areaRef?: Ref<HTMLTextAreaElement> | undefined;
}

export function TextArea({ label, hint, error, bare, areaRef, ...rest }: TextAreaProps) {
  return (
    <Labelled {...{ label, hint, error, bare }}>
      {(tied) => <textarea dir="auto" {...(rest as object)} {...tied} ref={areaRef ?? null} class="input input-long" />}
    </Labelled>
  );
}

export interface SelectProps<V extends string> extends Around {
  value: V;
  options: { value: V; label: string }[];
  onChange: (value: V) => void;
  disabled?: boolean | undefined;
}

export function Select<V extends string>({ value, options, onChange, disabled, ...around }: SelectProps<V>) {
  return (
    <Labelled {...around}>
      {(tied) => (
        <span class="field-line">
          <select
            {...tied}
            class="input input-select"
            disabled={disabled}
            value={value}
            onChange={(event) => onChange(event.currentTarget.value as V)}
          >
            {options.map((option) => (
              <option key={option.value} value={option.value}>
                {option.label}
              </option>
            ))}
          </select>
          <span class="field-arrow">
            <Icon name="down" />
          </span>
        </span>
      )}
    </Labelled>
  );
}

interface Tied {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: true;
}

function Labelled(props: Around & { children: (tied: Tied) => ComponentChildren }) {
  const { label, hint, error, bare, children } = props;
  const id = useId();
  const said = error ?? hint;
  const tied: Tied = { id };
  if (said) tied["aria-describedby"] = `${id}-said`;
  if (error) tied["aria-invalid"] = true;
  return (
    <div class="field">
      <label class={bare ? "for-readers" : "field-label"} for={id}>
        {label}
      </label>
      {children(tied)}
      {said && (
        <p class={error ? "field-error" : "field-hint"} id={`${id}-said`}>
          {said}
        </p>
      )}
    </div>
  );
}

export interface SwitchProps {
  label: string;
  hint?: string | undefined;
  checked: boolean;
  disabled?: boolean | undefined;
  onChange: (checked: boolean) => void;
}

export function Switch({ label, hint, checked, disabled, onChange }: SwitchProps) {
  const id = useId();
  return (
    <label class="switch">
      <span class="switch-words">
        <span id={id}>{label}</span>
        {hint !== undefined && (
          <span class="field-hint" id={`${id}-hint`}>
            {hint}
          </span>
        )}
      </span>
      <input
        class="switch-box"
        type="checkbox"
        role="switch"
        aria-labelledby={id}
        aria-describedby={hint === undefined ? undefined : `${id}-hint`}
        checked={checked}
        disabled={disabled}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
    </label>
  );
}
