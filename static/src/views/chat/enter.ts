// What Enter does where one writes.

/** On a touch screen Enter is a new line: there is a button beside it for sending. */
export function sends(event: KeyboardEvent, enterSends: boolean): boolean {
  if (event.key !== "Enter") return false;
  if (event.ctrlKey || event.metaKey) return true;
  return enterSends && !event.shiftKey && !event.altKey && !touch();
}

export function touch(): boolean {
  return matchMedia("(hover: none) and (pointer: coarse)").matches;
}
