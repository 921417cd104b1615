// When nothing notifies: a pause, quiet hours, quiet days, by the clock of one's own time zone.

import { useAccount, useWords } from "../hooks/context.ts";
import { notificationsOf } from "../../models/notifications.ts";
import { ALL_DAYS } from "../../models/notify.ts";
import type { QuietHours } from "../../models/types.ts";
import { Button } from "../common/button.tsx";
import { Field, Switch } from "../common/field.tsx";
import { Part } from "./part.tsx";

const HOUR_MS = 3_600_000;
/** A Monday, for the names of the days. */
const MONDAY = Date.UTC(2024, 0, 1);

export function NoticeTimes() {
  const { t } = useWords();
  const account = useAccount();
  const notifications = notificationsOf(account);
  const { quiet = null } = notifications.chosen.value;
  const zone = account.people.me.value.time_zone.replaceAll("_", " ");
  return (
    <Part title={t("notices.times")}>
      <Pause />
      <Switch
        label={t("notices.quiet")}
        hint={t("notices.quiet_hint", { zone })}
        checked={quiet !== null}
        onChange={(on) => notifications.set({ quiet: on ? {} : null })}
      />
      {quiet !== null && <Hours quiet={quiet} onChange={(changed) => notifications.set({ quiet: changed })} />}
    </Part>
  );
}

function Pause() {
  const { t, moment, minute } = useWords();
  const notifications = notificationsOf(useAccount());
  const { until } = notifications.chosen.value;
  if (until && Date.parse(until) > minute.value) {
    return (
      <p class="notice-pause" role="status">
        {t("notices.paused", { until: moment(until) })}
        <Button small onClick={() => notifications.set({ until: null })}>
          {t("notices.resume")}
        </Button>
      </p>
    );
  }
  const pause = (hours: number) => (): void =>
    notifications.set({ until: new Date(Date.now() + hours * HOUR_MS).toISOString() });
  return (
    <div class="notice-pause" role="group" aria-label={t("notices.pause")}>
      <span>{t("notices.pause")}</span>
      {[1, 4, 24].map((count) => (
        <Button key={count} small onClick={pause(count)}>
          {t("notices.pause_hours", { count })}
        </Button>
      ))}
    </div>
  );
}

function Hours({ quiet, onChange }: { quiet: QuietHours; onChange: (quiet: QuietHours) => void }) {
  const { t } = useWords();
  const { start = "22:00", end = "08:00", days = ALL_DAYS, whole_days = [] } = quiet;
  const whole = { start, end, days, whole_days };
  const timed = (name: "start" | "end", value: string): void => {
    // Half typed it is empty.
    if (value !== "") onChange({ ...whole, [name]: value });
  };
  return (
    <>
      <div class="notice-hours">
        <Field
          type="time"
          label={t("notices.from")}
          value={start}
          onChange={(event) => timed("start", event.currentTarget.value)}
        />
        <Field
          type="time"
          label={t("notices.to")}
          value={end}
          onChange={(event) => timed("end", event.currentTarget.value)}
        />
      </div>
      <Days label={t("notices.days")} days={days} onChange={(chosen) => onChange({ ...whole, days: chosen })} />
      <Days
        label={t("notices.whole_days")}
        days={whole_days}
        onChange={(chosen) => onChange({ ...whole, whole_days: chosen })}
      />
    </>
  );
}

function Days({ label, days, onChange }: { label: string; days: number[]; onChange: (days: number[]) => void }) {
  const { locale } = useWords();
  const name = (day: number, weekday: "short" | "long"): string =>
    new Intl.DateTimeFormat(locale.value, { weekday, timeZone: "UTC" }).format(MONDAY + (day - 1) * 24 * HOUR_MS);
  const toggle = (day: number): void =>
    onChange(ALL_DAYS.filter((each) => (each === day ? !days.includes(day) : days.includes(each))));
  return (
    <fieldset class="notice-days">
      <legend class="field-label">{label}</legend>
      {ALL_DAYS.map((day) => (
        <button
          key={day}
          type="button"
          class="notice-day"
          aria-pressed={days.includes(day)}
          aria-label={name(day, "long")}
          onClick={() => toggle(day)}
        >
          {name(day, "short")}
        </button>
      ))}
    </fieldset>
  );
}
