// What is done with several messages at once.

import { useMemo } from "preact/hooks";
import { useLayers } from "../common/index.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import type { Words } from "../../lib/locale.ts";
import type { Account } from "../../models/account.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { mayDo } from "./actions.ts";
import type { ChatState } from "./state.ts";

export interface SelectionActions {
  copy: () => void;
  forward: () => void;
  mayRemove: () => boolean;
  remove: () => void;
}

export function useSelectionActions(state: ChatState): SelectionActions {
  const account = useAccount();
  const words = useWords();
  const { toast } = useLayers();
  return useMemo(() => {
    const { selection } = state;
    const { t } = words;
    const copy = async (): Promise<void> => {
      try {
        await navigator.clipboard.writeText(textOf(selection.messages, account, words));
        toast(t("app.copied"));
        selection.clear();
      } catch {
        toast({ text: t("app.copy_failed"), kind: "error" });
      }
    };
    const mayRemove = (): boolean => selection.messages.every((message) => mayDo(account, message).remove);
    const remove = (): void => {
      if (!mayRemove()) return;
      const undos = selection.messages.map(({ chat_id, seq }) => account.writing.remove(chat_id, seq));
      selection.clear();
      const until = Math.min(...undos.map((each) => each.until));
      const undo = (): void => undos.forEach((each) => each.undo());
      toast({ text: t("chat.deleted_count", { count: undos.length }), undo: { undo, until } });
    };
    const forward = (): void => void (state.forward.value = selection.messages);
    return { copy: () => void copy(), forward, mayRemove, remove };
  }, [account, words, toast, state]);
}

/** Several messages as text: who said each of them, and when. */
function textOf(messages: Shown[], { people }: Account, { moment }: Words): string {
  const [only] = messages;
  if (messages.length === 1 && only !== undefined) return only.text;
  const one = ({ sender_id, created_at, text }: Shown): string =>
    `${people.name(sender_id)}, ${moment(created_at)}\n${text}`;
  return messages.map(one).join("\n\n");
}
