// What this is, in a picture: something is agreed in a chat, and is a task already.

import { useWords } from "../hooks/context.ts";
import { Icon } from "../common/icon.tsx";

export function Picture() {
  const { t } = useWords();
  return (
    <aside class="entry-picture" aria-label={t("entry.picture_title")}>
      <div class="entry-scene" aria-hidden="true">
        <div class="entry-bubble">
          {t("entry.picture_said")}
          <span class="entry-chip">
            <Icon name="task" size={16} />
            <span>#42</span>
            {t("entry.picture_task")}
          </span>
        </div>
        <div class="entry-bubble entry-bubble-own">{t("entry.picture_answer")}</div>
      </div>
      <p class="entry-pitch">{t("entry.picture_title")}</p>
      <p class="entry-pitch-text">{t("entry.picture_text")}</p>
    </aside>
  );
}
