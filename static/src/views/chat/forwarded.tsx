// Whose words a forwarded message has, and where they were said; it leads there for those who may read it.

import "./forwarded.css";
import type { Words } from "../../lib/locale.ts";
import { sourceOf } from "../../models/sources.ts";
import type { ForwardedFrom } from "../../models/types.ts";
import { Icon } from "../common/index.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";

/** Of a message that is stored. */
export function Forwarded({ from, chat_id, seq }: { from: ForwardedFrom; chat_id: number; seq: number }) {
  const { http } = useAccount();
  const { router } = useModel();
  const words = useWords();
  const place = sourceOf(http, chat_id, seq).value;
  if (place === null) return <ForwardedWords from={from} />;
  const href = router.href({ name: "chat", chat_id: place.chat_id, seq: place.seq });
  return (
    <a class="forwarded" href={href}>
      <Icon name="forward" size={14} />
      <span dir="auto">{said(from, words)}</span>
    </a>
  );
}

/** Of one that is still on its way, or whose source may not be read. */
export function ForwardedWords({ from }: { from: ForwardedFrom }) {
  const words = useWords();
  return (
    <p class="forwarded">
      <Icon name="forward" size={14} />
      <span dir="auto">{said(from, words)}</span>
    </p>
  );
}

function said({ chat_kind, chat_title, author, at }: ForwardedFrom, { t, moment }: Words): string {
  const about = { author, at: moment(at) };
  if (chat_kind === "direct") return t("chat.forwarded_direct", about);
  return t("chat.forwarded_from", { ...about, title: chat_title || t("chats.common") });
}
