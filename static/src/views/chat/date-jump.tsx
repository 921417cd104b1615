// To the messages of a day: asked for from the separator of any day.

import { useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Button, Dialog, Field, useFailure, useLayers } from "../common/index.ts";
import { dayOf } from "../card/due.ts";
import type { FeedView } from "./feed-view.ts";

export interface DateJumpProps {
  view: FeedView;
  /** The day one asks from. */
  at: string;
  onClose: () => void;
}

export default function DateJump({ view, at, onClose }: DateJumpProps) {
  const words = useWords();
  const { t } = words;
  const { toast } = useLayers();
  const fail = useFailure();
  const [day, setDay] = useState(dayOf(new Date(at)));
  const [busy, setBusy] = useState(false);
  const today = dayOf(new Date(words.today.value));
  const go = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (day === "" || busy) return;
    setBusy(true);
    try {
      const found = await view.showDay(day);
      if (found === null) toast(t("chat.date_nothing"));
      else if (!found.exact) toast(t("chat.date_nearest"));
      onClose();
    } catch (error) {
      setBusy(false);
      fail(error);
    }
  };
  return (
    <Dialog
      title={t("chat.date_jump")}
      size="small"
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t("app.cancel")}</Button>
          <Button kind="main" type="submit" form="date-jump" busy={busy} disabled={day === ""}>
            {t("chat.date_show")}
          </Button>
        </>
      }
    >
      <form id="date-jump" onSubmit={(event) => void go(event)}>
        <Field
          type="date"
          label={t("chat.date_day")}
          value={day}
          max={today}
          required
          autofocus
          onInput={(event) => setDay(event.currentTarget.value)}
        />
      </form>
    </Dialog>
  );
}
