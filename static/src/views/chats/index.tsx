// The place beside the list while no chat is chosen.

import { useWords } from "../../app/context.ts";
import { EmptyState } from "../common/index.ts";

export default function Chats() {
  const { t } = useWords();
  return <EmptyState icon="chat" title={t("chats.choose")} text={t("chats.choose_text")} />;
}
