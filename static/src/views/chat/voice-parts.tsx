// What both strips have: their frame, the button that sends, and where the focus goes after them.

import type { ComponentChildren, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Undo } from "../../models/outbox.ts";
import { IconButton } from "../common/index.ts";
import { useWords } from "../hooks/context.ts";
import { byTouch } from "../hooks/breakpoint.ts";
import type { ChatState } from "./state.ts";

const UNDO_MS = 8000;

export interface FrameProps {
  box?: RefObject<HTMLDivElement | null>;
  label: string;
  held?: boolean;
  children: ComponentChildren;
}

export function Frame({ box, label, held = false, children }: FrameProps) {
  return (
    <div ref={box ?? null} class={`voice-strip ${held ? "voice-strip-held" : ""}`} role="group" aria-label={label}>
      {children}
    </div>
  );
}

export function Send({ disabled = false, onSend }: { disabled?: boolean; onSend: () => void }) {
  const { t } = useWords();
  const button = useRef<HTMLSpanElement>(null);
  // The button that was pressed is gone: Enter sends, Escape gives up.
  useLayoutEffect(() => button.current?.querySelector("button")?.focus({ preventScroll: true }), [disabled]);
  return (
    <span ref={button} class="voice-send">
      <IconButton class="composer-send" icon="send" label={t("voice.send")} disabled={disabled} onClick={onSend} />
    </span>
  );
}

/** What one answers goes with it. */
export function answering(state: ChatState): { reply_to?: number } {
  const reply = state.reply.peek();
  state.drop();
  return reply === null ? {} : { reply_to: reply.seq };
}

export function undoing(undo: () => void): Undo {
  return { undo, until: Date.now() + UNDO_MS };
}

/** Once it is to be seen again. A finger is not to meet the keyboard at once. */
export function focusField(): void {
  if (!byTouch()) requestAnimationFrame(() => document.querySelector<HTMLElement>(".composer-text")?.focus());
}
