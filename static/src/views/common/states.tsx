// What a place looks like while it has nothing, loads, or failed.

import "./states.css";
import type { ComponentChildren } from "preact";
import { useWords } from "../hooks/context.ts";
import { reason } from "../../lib/reasons.ts";
import { ApiError } from "../../lib/errors.ts";
import { Button } from "./button.tsx";
import { CopyButton } from "./copy.tsx";
import { Icon, type IconName } from "./icon.tsx";

export interface EmptyStateProps {
  icon?: IconName | undefined;
  title: string;
  text?: string | undefined;
  /** The one thing to do here: every empty place has one. */
  children: ComponentChildren;
  small?: boolean | undefined;
}

export function EmptyState({ icon, title, text, children, small }: EmptyStateProps) {
  return (
    <div class={`empty-state ${small ? "empty-state-small" : ""}`}>
      {icon !== undefined && (
        <span class="empty-state-icon">
          <Icon name={icon} size={small ? 24 : 32} />
        </span>
      )}
      <p class="empty-state-title">{title}</p>
      {text !== undefined && <p class="empty-state-text">{text}</p>}
      {children}
    </div>
  );
}

/** Seen only when loading takes more than 150 ms. */
export function Skeleton({ rows = 6, kind = "list" }: { rows?: number; kind?: "list" | "text" | "cards" }) {
  return (
    <div class={`skeleton skeleton-${kind}`} aria-hidden="true">
      {Array.from({ length: rows }, (_, index) => (
        <div class="skeleton-row" key={index} />
      ))}
    </div>
  );
}

export interface ErrorStateProps {
  error: unknown;
  retry?: (() => void) | undefined;
  /** What was to be had; without it, only the reason. */
  title?: string | undefined;
}

export function ErrorState({ error, retry, title }: ErrorStateProps) {
  const words = useWords();
  const { t } = words;
  return (
    <div class="empty-state" role="alert">
      <span class="empty-state-icon empty-state-bad">
        <Icon name="warning" size={32} />
      </span>
      {title !== undefined && <p class="empty-state-title">{title}</p>}
      <p class="empty-state-text">{reason(error, words)}</p>
      {retry && (
        <Button kind="main" icon="retry" onClick={retry}>
          {t("app.retry")}
        </Button>
      )}
      <RequestId error={error} />
    </div>
  );
}

/** In a form: what was refused and why; `text` where the form knows it better than the server. */
export function Refused({ error, text }: { error: unknown; text?: string | undefined }) {
  const words = useWords();
  return (
    <div class="refused" role="alert" ref={(element) => element?.scrollIntoView({ block: "nearest" })}>
      <p>{text ?? reason(error, words)}</p>
      <RequestId error={error} />
    </div>
  );
}

/** The id of the request that failed, to be copied for who looks into it; nothing when there is none. */
export function RequestId({ error }: { error: unknown }) {
  const { t } = useWords();
  const id = error instanceof ApiError ? error.requestId : null;
  if (id === null) return null;
  return (
    <CopyButton kind="quiet" small text={id}>
      {t("error.request", { id: id.slice(0, 8) })}
    </CopyButton>
  );
}
