// The place beside the list while no chat is chosen.

import { useWords } from "../../app/context.ts";

export default function Chats() {
  const { t } = useWords();
  return <p class="screen-failed">{t("chats.choose")}</p>;
}
