// A chat and its board as two tabs; or both at once, where they fit.

import { useModel, useWords } from "../hooks/context.ts";
import { useBroad } from "../hooks/breakpoint.ts";
import { IconButton, SegmentedTabs } from "../common/index.ts";

export function ViewTabs({ id, at }: { id: number; at: "chat" | "board" }) {
  const { router, preferences } = useModel();
  const { t } = useWords();
  const broad = useBroad();
  const both = preferences.both.value;
  const href = {
    chat: router.href({ name: "chat", chat_id: id }),
    board: router.href({ name: "board", chat_id: id, filters: {} }),
  };
  return (
    <>
      {!(broad && both) && (
        <SegmentedTabs
          label={t("chat.views")}
          value={at}
          options={[
            { value: "chat", label: t("chat.tab_chat"), icon: "chat", href: href.chat },
            { value: "board", label: t("chat.tab_board"), icon: "board", href: href.board },
          ]}
        />
      )}
      {broad && (
        <IconButton
          icon="panel"
          label={t("chat.both")}
          pressed={both}
          onClick={() => (preferences.both.value = !both)}
        />
      )}
    </>
  );
}
