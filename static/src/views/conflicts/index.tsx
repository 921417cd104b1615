// What could not be sent by itself: refused, or changed by somebody else meanwhile. The person decides.

import "./conflicts.css";
import "../common/more-icons.ts";
import { useEffect } from "preact/hooks";
import { useAccount, useWords } from "../hooks/context.ts";
import { Button } from "../common/button.tsx";
import { Dialog } from "../common/dialog.tsx";
import type { OverlayProps } from "../common/layers.ts";
import { EmptyState } from "../common/states.tsx";
import { Conflict } from "./conflict.tsx";
import { Failed } from "./failed.tsx";

export default function Conflicts({ onClose }: OverlayProps) {
  const { outbox } = useAccount();
  const { t } = useWords();
  const failed = outbox.failed.value;
  const conflicts = outbox.conflicts.value;
  const none = failed.length + conflicts.length === 0;
  useEffect(() => {
    if (none) onClose();
  }, [none]);
  return (
    <Dialog title={t("outbox.title")} onClose={onClose}>
      {none && (
        <EmptyState small icon="check" title={t("outbox.empty")} text={t("outbox.empty_text")}>
          <Button onClick={onClose}>{t("app.close")}</Button>
        </EmptyState>
      )}
      {conflicts.length > 0 && (
        <section class="conflicts">
          <h3>{t("outbox.conflicts")}</h3>
          <p class="conflicts-text">{t("outbox.conflicts_text")}</p>
          {conflicts.map((item) => (
            <Conflict key={item.order} item={item} />
          ))}
        </section>
      )}
      {failed.length > 0 && (
        <section class="conflicts">
          <h3>{t("outbox.failed")}</h3>
          {failed.map((item) => (
            <Failed key={item.order} item={item} />
          ))}
        </section>
      )}
    </Dialog>
  );
}
