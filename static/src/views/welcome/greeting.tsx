// A greeting in the common chat, for who has just come: two things to try, and it goes for good.

import "./greeting.css";
import { useBeginning } from "../hooks/beginning.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useDirect } from "../chats/direct.ts";
import { Button, IconButton } from "../common/index.ts";

export default function Greeting() {
  const { people, user_id, chats } = useAccount();
  const { router } = useModel();
  const { go } = useBeginning();
  const { t } = useWords();
  const direct = useDirect();
  const project = chats.list.value.find(({ chat }) => chat.board);
  const [first = ""] = people.me.value.display_name.split(/\s+/);
  return (
    <aside class="greeting" aria-label={t("welcome.greeting", { name: first })}>
      <div class="greeting-words">
        <p class="greeting-title">{t("welcome.greeting", { name: first })}</p>
        <p>{t("welcome.greeting_text")}</p>
      </div>
      <div class="greeting-actions">
        <Button small icon="note" onClick={() => void direct(user_id)}>
          {t("welcome.try_notebook")}
        </Button>
        {project === undefined ? (
          <Button small icon="task" onClick={() => router.go({ name: "tasks" })}>
            {t("welcome.try_tasks")}
          </Button>
        ) : (
          <Button
            small
            icon="board"
            onClick={() => router.go({ name: "board", chat_id: project.id, filters: {} })}
          >
            {t("welcome.try_board")}
          </Button>
        )}
      </div>
      <IconButton small icon="close" label={t("app.close")} onClick={() => go(null)} />
    </aside>
  );
}
