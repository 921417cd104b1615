// What can be done with a message, and by whom: the same from the bar, the menu and the keys.

import { useMemo } from "preact/hooks";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import type { Account } from "../../models/account.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { type MenuItem, useLayers } from "../common/index.ts";
import type { ChatState } from "./state.ts";
import { site } from "../../lib/desktop.ts";

export interface MessageActions {
  reply: (message: Shown) => void;
  react: (message: Shown, emoji: string) => void;
  forward: (message: Shown) => void;
  select: (message: Shown) => void;
  /** Make a task of it, or open the one there is. */
  task: (message: Shown) => void;
  edit: (message: Shown) => void;
  copy: (message: Shown) => void;
  remove: (message: Shown) => void;
  items: (message: Shown) => MenuItem[];
}

export function useMessageActions(state: ChatState): MessageActions {
  const account = useAccount();
  const { router } = useModel();
  const { toast } = useLayers();
  const words = useWords();
  return useMemo(() => {
    const { t } = words;
    const { writing } = account;
    const put = async (text: string, said: string): Promise<void> => {
      try {
        await navigator.clipboard.writeText(text);
        toast(said);
      } catch {
        toast({ text: t("app.copy_failed"), kind: "error" });
      }
    };
    const task = (message: Shown): void => {
      if (message.task_id === null) state.task.value = message;
      else router.go({ name: "task", task_id: message.task_id });
    };
    const edit = ({ seq, text }: Shown): void => state.change({ seq, text });
    const copy = ({ text }: Shown): void => void put(text, t("app.copied"));
    const link = ({ chat_id, seq }: Shown): void => {
      const href = router.href({ name: "chat", chat_id, seq });
      void put(new URL(href, site).href, t("chat.link_copied"));
    };
    const remove = ({ chat_id, seq }: Shown): void =>
      toast({ text: t("chat.deleted"), undo: writing.remove(chat_id, seq) });
    const pin = ({ chat_id, seq, pinned_at }: Shown): void =>
      pinned_at === null ? writing.pin(chat_id, seq) : writing.unpin(chat_id, seq);
    const reply = (message: Shown): void => state.answer(message);
    const forward = (message: Shown): void => void (state.forward.value = [message]);
    const select = (message: Shown): void => state.selection.toggle(message);
    const react = ({ chat_id, seq }: Shown, emoji: string): void => void writing.react(chat_id, seq, emoji);
    const items = (message: Shown): MenuItem[] => {
      const may = mayDo(account, message);
      const pinned = message.pinned_at !== null;
      const made = message.task_id !== null;
      return [
        { label: t("chat.reply"), icon: "reply", keys: "r", run: () => reply(message) },
        { label: t("chat.forward"), icon: "forward", keys: "f", run: () => forward(message) },
        { label: t(made ? "chat.open_task" : "chat.make_task"), icon: "task", keys: "t", run: () => task(message) },
        may.edit && { label: t("chat.edit"), icon: "edit", keys: "e", run: () => edit(message) },
        "line",
        message.text !== "" && { label: t("chat.copy_text"), icon: "copy", run: () => copy(message) },
        { label: t("chat.select"), icon: "circleCheck", keys: "x", run: () => select(message) },
        { label: t("chat.copy_link"), icon: "link", run: () => link(message) },
        message.sender_id !== account.user_id && {
          label: t("why.ask"),
          icon: "bell",
          run: () => void (state.why.value = message),
        },
        may.pin && {
          label: t(pinned ? "chat.unpin" : "chat.pin"),
          icon: pinned ? "unpin" : "pin",
          run: () => pin(message),
        },
        may.remove && "line",
        may.remove && {
          label: t("app.delete"),
          icon: "trash",
          keys: "delete",
          danger: true,
          run: () => remove(message),
        },
      ];
    };
    return { reply, forward, select, react, task, edit, copy, remove, items };
  }, [account, router, toast, words, state]);
}

/** What this person may do with a message; the server has the last word. */
export function mayDo(account: Account, message: Shown): { edit: boolean; pin: boolean; remove: boolean } {
  const own = message.sender_id === account.user_id;
  const direct = account.chats.of(message.chat_id).peek()?.chat.kind === "direct";
  const leads = account.chats.may(message.chat_id, "delete_messages");
  return { edit: own && message.forwarded_from === null, pin: direct || leads, remove: own || leads };
}
