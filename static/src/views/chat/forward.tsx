// Where to forward messages: a chat, found as in the switcher.

import "../switcher/switcher.css";
import { useState } from "preact/hooks";
import { forward } from "../../models/forwarding.ts";
import type { Shown } from "../../models/overlays/messages.ts";
import { Button, Dialog, EmptyState, useLayers } from "../common/index.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { Finder } from "../switcher/finder.tsx";
import { type Thing, useChatsFound } from "../switcher/finding.ts";

export interface ForwardProps {
  messages: Shown[];
  onForwarded: () => void;
  onClose: () => void;
}

export function Forward({ messages, onForwarded, onClose }: ForwardProps) {
  const account = useAccount();
  const { router } = useModel();
  const { t } = useWords();
  const { toast } = useLayers();
  const [typed, setTyped] = useState("");
  const choose = (thing: Thing): void => {
    if (thing.kind !== "chat") return;
    const { name: title, chat } = thing;
    forward(account, messages, chat.id);
    onForwarded();
    const text = t(account.link.state.peek() === "live" ? "chat.forwarded" : "chat.forward_waits", { title });
    const run = (): void => router.go({ name: "chat", chat_id: chat.id });
    toast({ text, action: { label: t("chat.forward_open"), run } });
  };
  return (
    <Dialog class="switcher" title={t("chat.forward_to")} bare full onClose={onClose}>
      <Finder
        typed={typed}
        onType={setTyped}
        label={t("chat.forward_to")}
        action={t("chat.forward_do")}
        groups={useChatsFound(typed, messages[0]?.chat_id ?? 0)}
        onChoose={choose}
        onDone={onClose}
        onClose={onClose}
        nothing={
          <EmptyState small icon="search" title={t("switcher.nothing")} text={t("chat.forward_nothing")}>
            <Button onClick={() => setTyped("")}>{t("chat.forward_all")}</Button>
          </EmptyState>
        }
      />
    </Dialog>
  );
}
