// What its sender wrote to it, and that more cannot be fetched.

import { useAccount, useWords } from "../hooks/context.ts";
import { lazy } from "../common/lazy.tsx";
import type { ViewerState } from "./state.ts";
import type { WrittenProps } from "./written.tsx";

const Written = lazy<WrittenProps>(() => import("./written.tsx"), true);

export function Caption({ state }: { state: ViewerState }) {
  const { link } = useAccount();
  const { t } = useWords();
  const message = state.message.value;
  const ends = state.strip.failed.value && state.atEdge;
  return (
    <footer class="viewer-foot">
      {ends && (
        <p class="viewer-note" role="status">
          {t(link.state.value === "live" ? "viewer.more_failed" : "viewer.more_offline")}
        </p>
      )}
      {message !== null && message.text !== "" && message.deleted_at === null && (
        <Written text={message.text} chat_id={message.chat_id} />
      )}
    </footer>
  );
}
