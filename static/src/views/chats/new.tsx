// The button that begins a new chat: with one person, with several, with a board, or with oneself.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { MenuButton, type MenuItem } from "../common/index.ts";
import { useDirect } from "./direct.ts";
import type { NewKind } from "./new-dialog.tsx";

export function NewChat({ onAsk }: { onAsk: (kind: NewKind) => void }) {
  const { session } = useModel();
  const { t } = useWords();
  const { user_id } = useAccount();
  const direct = useDirect();
  const items = (): MenuItem[] => [
    (session.settings.direct_chats ?? true) && {
      label: t("chats.new_direct"),
      icon: "person",
      run: () => onAsk("direct"),
    },
    { label: t("chats.new_group"), icon: "people", run: () => onAsk("group") },
    { label: t("chats.new_project"), icon: "board", run: () => onAsk("project") },
    { label: t("chats.notebook"), icon: "note", run: () => void direct(user_id) },
  ];
  return <MenuButton icon="plus" label={t("chats.new")} items={items} />;
}
