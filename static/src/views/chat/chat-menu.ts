// What can be done with a chat, as the menu in its head.

import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { ChatEntry } from "../../models/entries.ts";
import type { NotifyLevel } from "../../models/contract.ts";
import { type MenuItem, useLayers } from "../common/index.ts";
import { useProgramItem } from "../program/item.ts";
import type { Asked } from "./chat-dialogs.tsx";
import type { ChatState, Panel } from "./state.ts";

const LEVELS: NotifyLevel[] = ["all", "mentions", "none"];

export function useChatMenu(
  entry: ChatEntry,
  state: ChatState | null,
  ask: (asked: Asked) => void,
): () => MenuItem[] {
  const { chats, writing } = useAccount();
  const { router } = useModel();
  const { toast } = useLayers();
  const { t } = useWords();
  const inProgram = useProgramItem();
  const { id, chat, my, notebook, other, pinned } = entry;
  const open = (panel: Panel) => (): void => {
    if (state === null) router.go({ name: "chat", chat_id: id });
    else state.toggle(panel);
  };
  const board = (): void => {
    writing.setBoard(id, !chat.board);
    if (!chat.board) router.go({ name: "board", chat_id: id, filters: {} });
    else toast(t("chat.board_hidden"));
  };
  return () => [
    other !== null && {
      label: t("chat.profile"),
      icon: "person",
      run: () => router.go({ name: "person", user_id: other.id }),
    },
    other === null && !notebook && { label: t("chat.members"), icon: "people", run: open("members") },
    chats.may(id, "members") && { label: t("chat.add_people"), icon: "personAdd", run: () => ask("people") },
    state !== null && {
      label: t("search.in_chat"),
      icon: "search",
      keys: "ctrl+f",
      run: () => (state.find.value = { q: "", typing: true }),
    },
    { label: t("chat.pins"), icon: "pin", run: open("pins") },
    { label: t("chat.files"), icon: "attach", run: () => router.go({ name: "files", chat_id: id, tab: "media" }) },
    {
      label: t(pinned ? "chats.unpin" : "chats.pin"),
      icon: pinned ? "unpin" : "pin",
      run: () => writing.setListing(id, { pinned: !pinned }),
    },
    { label: t("chats.mark_unread"), icon: "chat", disabled: entry.marked, run: () => writing.setListing(id, { unread: true }) },
    inProgram({ name: "chat", chat_id: id }),
    !notebook && "line",
    ...(notebook ? [] : LEVELS).map((level) => ({
      label: t(`chat.notify_${level}`),
      icon: level === "none" ? ("bellOff" as const) : level === "all" ? ("bell" as const) : ("at" as const),
      checked: my.notify === level,
      run: () => writing.setNotify(id, level),
    })),
    "line",
    chats.may(id, "edit_chat") && { label: t("chat.rename"), icon: "edit", run: () => ask("rename") },
    chats.may(id, "edit_chat") && { label: t("avatar.of_chat"), icon: "image", run: () => ask("picture") },
    chats.may(id, "edit_chat") && {
      label: t(chat.board ? "chat.board_off" : "chat.board_on"),
      icon: "board",
      run: board,
    },
    chats.may(id, "leave") && { label: t("chat.leave"), icon: "leave", danger: true, run: () => ask("leave") },
    chats.may(id, "delete_chat") && {
      label: t("chat.delete_chat"),
      icon: "trash",
      danger: true,
      run: () => ask("delete"),
    },
  ];
}
