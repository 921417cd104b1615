// When it is due: plain words, or a day and perhaps a time.

import "./due-choices.css";
import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../../app/context.ts";
import type { Due } from "../../models/types.ts";
import { Button, Field } from "../common/index.ts";
import { dayFor, dueDay, dueFrom, dueTime } from "./due.ts";

const WORDS = ["today", "tomorrow", "next_week"] as const;

export function DueChoices({ value, onChoose }: { value: Due | null; onChoose: (due: Due | null) => void }) {
  const { t } = useWords();
  const day = value === null ? "" : dueDay(value);
  const time = value === null ? "" : dueTime(value);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
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
        <Field
          label={t("card.due_day")}
          type="date"
          value={day}
          min="1970-01-01"
          max="9999-12-31"
          onChange={(event) => onChoose(dueFrom(event.currentTarget.value, time, zone))}
        />
        <Field
          label={t("card.due_time")}
          type="time"
          value={time}
          disabled={day === ""}
          onChange={(event) => onChoose(dueFrom(day, event.currentTarget.value, zone))}
        />
      </div>
    </div>
  );
}
