// What can be done with a message of one's own, in a chat or in a card, while the server does not have it.

import "./unsent-menu.css";
import { refusal } from "../files/refusal.ts";
import { useAccount, useWords } from "../hooks/context.ts";
import { filesOf } from "../../models/uploads/files.ts";
import type { Waiting } from "../../models/overlays/messages.ts";
import { Button, type MenuAsked, useLayers, useMenuGesture } from "../common/index.ts";

interface UnsentMenu {
  open: (at: MenuAsked["at"]) => void;
  gesture: ReturnType<typeof useMenuGesture>;
}

/** Until it is on its way it can be changed, and given up. */
export function useUnsentMenu(message: Waiting, edit: () => void): UnsentMenu {
  const { outbox } = useAccount();
  const { openMenu, toast } = useLayers();
  const { t } = useWords();
  const { order, text, forwarded_from } = message;
  const cancel = (): void => {
    const undo = outbox.cancel(order);
    if (undo !== null) toast({ text: t("chat.cancelled"), undo });
  };
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      toast(t("app.copied"));
    } catch {
      toast({ text: t("app.copy_failed"), kind: "error" });
    }
  };
  const open = (at: MenuAsked["at"]): void => {
    const still = outbox.items.peek().find((item) => item.order === order)?.state;
    if (still === undefined || still === "sending") return;
    openMenu({
      label: t("chat.waiting_message"),
      at,
      items: [
        forwarded_from === null && { label: t("chat.edit"), icon: "edit", run: edit },
        { label: t("chat.copy_text"), icon: "copy", run: () => void copy() },
        "line",
        { label: t("chat.cancel_sending"), icon: "close", danger: true, run: cancel },
      ],
    });
  };
  return { open, gesture: useMenuGesture(open) };
}

/** Why the server did not take it, and what can be done about that. */
export function Problem({ message, onEdit }: { message: Waiting; onEdit: () => void }) {
  const account = useAccount();
  const { outbox } = account;
  const words = useWords();
  const { t } = words;
  const { order, error, files, text } = message;
  const { toast } = useLayers();
  const refused = files.find(({ id }) => id === error?.file);
  const discard = (): void => {
    const undo = outbox.cancel(order);
    if (undo !== null) toast({ text: t("chat.deleted"), undo });
  };
  return (
    <div class="unsent-problem" role="alert">
      <span>{refusal(error, files, words)}</span>
      <Button small kind="quiet" icon="retry" onClick={() => outbox.retry(order)}>
        {t("app.retry")}
      </Button>
      {refused?.unpack && (
        <Button small kind="quiet" icon="file" onClick={() => void filesOf(account).sendWhole(order, refused.id)}>
          {t("chat.as_a_file")}
        </Button>
      )}
      {refused !== undefined && (files.length > 1 || text !== "") && (
        <Button small kind="quiet" icon="close" onClick={() => filesOf(account).remove(order, refused.id)}>
          {t("chat.without_file")}
        </Button>
      )}
      {message.forwarded_from === null && (
        <Button small kind="quiet" icon="edit" onClick={onEdit}>
          {t("chat.edit")}
        </Button>
      )}
      <Button small kind="quiet" icon="trash" onClick={discard}>
        {t("app.delete")}
      </Button>
    </div>
  );
}
