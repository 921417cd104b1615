// A question before very many people are called at once: `@all` in a large chat.

import { useState } from "preact/hooks";
import type { ComponentChildren } from "preact";
import { useAccount, useWords } from "../hooks/context.ts";
import { mentionedIn } from "../../lib/markdown.ts";
import { Confirm } from "../common/index.ts";

/** So many people read what calls them all without a second thought. */
const FEW = 10;

export interface Everybody {
  /** Send at once, or after the question when the text calls more than a few. */
  ask: (text: string, send: () => void) => void;
  question: ComponentChildren;
}

export function useEverybody(chat_id: number): Everybody {
  const { chats } = useAccount();
  const { t } = useWords();
  const [asked, setAsked] = useState<(() => void) | null>(null);
  const count = chats.members(chat_id).value.length;
  const ask = (text: string, send: () => void): void => {
    if (count > FEW && mentionedIn(text).has("all")) setAsked(() => send);
    else send();
  };
  const close = (): void => setAsked(null);
  const confirm = (): void => {
    close();
    asked?.();
  };
  const question = asked !== null && (
    <Confirm
      title={t("chat.all_ask", { count })}
      text={t("chat.all_text")}
      action={t("chat.send")}
      onConfirm={confirm}
      onClose={close}
    />
  );
  return { ask, question };
}
