// What a chat is called: its title, the other person, the notebook, the common chat.

import { useAccount, useWords } from "../hooks/context.ts";
import type { Words } from "../../lib/locale.ts";
import type { ChatEntry } from "../../models/entries.ts";

export function titleOf(entry: ChatEntry, { t }: Words): string {
  return entry.notebook ? t("chats.notebook") : entry.title || t("chats.common");
}

export function useTitleOf(id: number): string {
  const { chats } = useAccount();
  const words = useWords();
  const entry = chats.of(id).value;
  return entry === null ? "" : titleOf(entry, words);
}
