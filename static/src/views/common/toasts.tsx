// What was just done, with a way back while there is one; and what went wrong.

import "./toasts.css";
import { useLayoutEffect, useRef } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { IconButton } from "./button.tsx";
import { CopyButton } from "./copy.tsx";
import { type Toast, useLayers } from "./layers.ts";

export function Toasts() {
  const { toasts } = useLayers();
  const { t } = useWords();
  return (
    <div class="toasts" role="region" aria-label={t("toast.region")} aria-live="polite">
      {toasts.value.map((toast) => (
        <One key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function One({ toast }: { toast: Toast }) {
  const { dropToast } = useLayers();
  const { t } = useWords();
  const bar = useRef<HTMLSpanElement>(null);
  const { id, undo, action, until, request } = toast;
  const undoable = undo !== undefined;
  useLayoutEffect(() => {
    if (!undoable) return;
    const duration = Math.max(0, until - Date.now());
    bar.current?.animate([{ scale: `${duration / 8000} 1` }, { scale: "0 1" }], { duration, fill: "both" });
  }, [undoable, until]);
  const doIt = (run: () => void) => () => {
    run();
    dropToast(id);
  };
  return (
    <div class={`toast toast-${toast.kind ?? "plain"}`} role={toast.kind === "error" ? "alert" : undefined}>
      <span class="toast-text">{toast.text}</span>
      {undo && (
        <button type="button" class="toast-action" onClick={doIt(undo.undo)}>
          {t("app.undo")}
        </button>
      )}
      {action && (
        <button type="button" class="toast-action" onClick={doIt(action.run)}>
          {action.label}
        </button>
      )}
      {request !== undefined && (
        <CopyButton kind="quiet" small class="toast-request" text={request}>
          {t("error.request", { id: request.slice(0, 8) })}
        </CopyButton>
      )}
      <IconButton icon="close" label={t("app.close")} small onClick={() => dropToast(id)} />
      {undoable && <span class="toast-bar" ref={bar} />}
    </div>
  );
}
