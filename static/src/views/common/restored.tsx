// Says that what stands in a field was typed before, and offers to be rid of it.

import "./restored.css";
import { useWords } from "../hooks/context.ts";

export function Restored({ onDiscard }: { onDiscard: () => void }) {
  const { t } = useWords();
  return (
    <p class="restored" role="status">
      {t("app.restored")}
      {/* Before the field is left: leaving may save it. */}
      <button type="button" class="restored-discard" onPointerDown={(event) => event.preventDefault()} onClick={onDiscard}>
        {t("app.restored_discard")}
      </button>
    </p>
  );
}
