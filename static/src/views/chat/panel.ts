// How a panel of a chat closes that has no address of its own. On a phone it stands in the chat's place, so
// back closes it, not the chat; and back from what it led to leads to it.

import { breakpointNow, useBreakpoint } from "../hooks/breakpoint.ts";
import { useModel } from "../hooks/context.ts";
import { coverNow, useCover } from "../hooks/cover.ts";
import { isPanel } from "../hooks/place.ts";
import type { ChatState, Panel } from "./state.ts";

export function usePanelClose(state: ChatState, name: Panel): () => void {
  const { router } = useModel();
  const over = useBreakpoint() === "phone";
  const close = (): void => void (state.panel.value = null);
  useCover(close, { over, stays: isPanel, name });
  return over ? () => router.back() : close;
}

/** The one that this step of the history is of. */
export function panelHere(): Panel | null {
  const name = coverNow();
  return breakpointNow() === "phone" && (name === "members" || name === "pins") ? name : null;
}
