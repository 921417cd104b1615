// What notifies: for each cause whether it is heard, only seen, or neither; words one waits for.

import { useState } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { notificationsOf } from "../../models/notifications.ts";
import { type Cause, type Telling, tellingOf } from "../../models/notify.ts";
import { Field, Select, Switch } from "../common/field.tsx";
import { Part } from "./part.tsx";

const CAUSES = [
  "direct",
  "mention",
  "reply",
  "mention_all",
  "chat",
  "keyword",
  "task_assigned",
  "task_changed",
  "task_commented",
  "task_due",
  "reaction",
  "invited",
] as const satisfies Cause[];
const TELLINGS = ["alert", "silent", "off"] as const satisfies Telling[];
const MOST_WORDS = 50;

export function NoticeCauses() {
  const { t } = useWords();
  const notifications = notificationsOf(useAccount());
  const chosen = notifications.chosen.value;
  const options = TELLINGS.map((value) => ({ value, label: t(`notices.${value}`) }));
  return (
    <Part title={t("notices.causes")}>
      <div class="notice-causes">
        {CAUSES.map((cause) => (
          <Select
            key={cause}
            label={t(`notices.cause_${cause}`)}
            value={tellingOf(chosen, cause)}
            options={options}
            onChange={(telling) => notifications.set({ causes: { [cause]: telling } })}
          />
        ))}
      </div>
      <Keywords />
      <Switch
        label={t("notices.hide")}
        hint={t("notices.hide_hint")}
        checked={chosen.hide_text === true}
        onChange={(hide_text) => notifications.set({ hide_text })}
      />
    </Part>
  );
}

/** Several, with commas between them; kept when one leaves the field. */
function Keywords() {
  const { t } = useWords();
  const notifications = notificationsOf(useAccount());
  const kept = (notifications.chosen.value.keywords ?? []).join(", ");
  const [typed, setTyped] = useState<string | null>(null);
  const words = (typed ?? kept).split(",").map((word) => word.trim()).filter(Boolean);
  const wrong = words.find((word) => [...word].length < 2 || [...word].length > 50);
  const error =
    words.length > MOST_WORDS
      ? t("notices.keywords_many", { count: MOST_WORDS })
      : wrong !== undefined
        ? t("notices.keywords_wrong", { word: wrong })
        : undefined;
  const save = (): void => {
    if (typed === null || error !== undefined) return;
    if (words.join(", ") !== kept) notifications.set({ keywords: words });
    setTyped(null);
  };
  return (
    <Field
      label={t("notices.keywords")}
      hint={t("notices.keywords_hint")}
      error={error}
      value={typed ?? kept}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onBlur={save}
      onKeyDown={(event) => event.key === "Enter" && save()}
    />
  );
}
