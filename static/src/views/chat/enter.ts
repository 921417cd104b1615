// What Enter does where one writes.

import { byTouch } from "../hooks/breakpoint.ts";

/** On a touch screen Enter is a new line: there is a button beside it for sending. */
export function sends(event: KeyboardEvent, enterSends: boolean): boolean {
  if (event.key !== "Enter") return false;
  if (event.ctrlKey || event.metaKey) return true;
  return enterSends && !event.shiftKey && !event.altKey && !byTouch();
}
