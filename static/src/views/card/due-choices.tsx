// When it is due: plain words, or a day and perhaps a time. What is typed counts when the field is left,
// or with Enter: a browser says that a date has changed with the first digit of its year.

import "./due-choices.css";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import type { Due } from "../../models/types.ts";
import { Button, Field } from "../common/index.ts";
import { dayFor, dueDay, dueFrom, dueTime } from "./due.ts";

const WORDS = ["today", "tomorrow", "next_week"] as const;

export function DueChoices({ value, onChoose }: { value: Due | null; onChoose: (due: Due | null) => void }) {
  const { t } = useWords();
  const day = value === null ? "" : dueDay(value);
  const time = value === null ? "" : dueTime(value);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  // Tab goes from a day that was just typed on to its time, which must not be off by then.
  const [dayTyped, setDayTyped] = useState(false);
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => first.current?.querySelector("button")?.focus(), []);
  return (
    <div class="due-choices">
      <div class="due-choices-words" ref={first}>
        {WORDS.map((word) => (
          <Button small key={word} onClick={() => onChoose(dueFrom(dayFor(word, new Date()), time, zone))}>
            {t(`card.due_${word}`)}
          </Button>
        ))}
        {value !== null && (
          <Button small kind="quiet" onClick={() => onChoose(null)}>
            {t("card.due_clear")}
          </Button>
        )}
      </div>
      <div class="due-choices-fields">
        <Typed
          label={t("card.due_day")}
          type="date"
          value={day}
          onWhole={setDayTyped}
          onDone={(typed) => onChoose(dueFrom(typed, time, zone))}
        />
        <Typed
          label={t("card.due_time")}
          type="time"
          value={time}
          disabled={day === "" && !dayTyped}
          onDone={(typed) => onChoose(dueFrom(day, typed, zone))}
        />
      </div>
    </div>
  );
}

interface TypedProps {
  label: string;
  type: "date" | "time";
  value: string;
  disabled?: boolean;
  /** Called as it is typed, with whether it is whole by now. */
  onWhole?: (whole: boolean) => void;
  onDone: (value: string) => void;
}

const [FIRST, LAST] = ["1970-01-01", "9999-12-31"];

/** A field that says what was typed once it is left, and only when it is whole. */
function Typed({ label, type, value, disabled, onWhole, onDone }: TypedProps) {
  const begun = useRef(value);
  const field = useRef<HTMLInputElement>(null);
  // Not by `value`: what is half typed would be taken away when the card is drawn anew.
  useLayoutEffect(() => {
    if (field.current !== null && field.current !== document.activeElement) field.current.value = value;
    begun.current = value;
  }, [value]);
  const finish = (element = field.current): void => {
    if (element === null || element.value === begun.current) return;
    // Half a date reads as none, like one that was emptied; the browser knows better.
    if (!element.validity.valid) return;
    begun.current = element.value;
    onDone(element.value);
  };
  const latest = useRef(finish);
  latest.current = finish;
  // The card may be closed while one is still in the field.
  useLayoutEffect(() => {
    const element = field.current;
    return () => latest.current(element);
  }, []);
  return (
    <Field
      label={label}
      type={type}
      inputRef={field}
      defaultValue={value}
      min={type === "date" ? FIRST : undefined}
      max={type === "date" ? LAST : undefined}
      disabled={disabled}
      onInput={({ currentTarget: { value, validity } }) => onWhole?.(value !== "" && validity.valid)}
      onBlur={() => finish()}
      // A finger chooses a whole one, and then leaves the field where it is.
      onChange={() => matchMedia("(pointer: coarse)").matches && finish()}
      onKeyDown={(event) => {
        if (event.key === "Escape") event.currentTarget.value = begun.current;
        if (event.key !== "Enter") return;
        event.preventDefault();
        finish();
      }}
    />
  );
}
