// The place beside the list while no chat is chosen.

import { useWords } from "../hooks/context.ts";
import { Button, EmptyState, useLayers } from "../common/index.ts";

export default function Chats() {
  const { t } = useWords();
  const { show } = useLayers();
  return (
    <EmptyState icon="chat" title={t("chats.choose")} text={t("chats.choose_text")}>
      <Button icon="search" onClick={() => show("switcher")}>
        {t("keys.switch")}
      </Button>
    </EmptyState>
  );
}
