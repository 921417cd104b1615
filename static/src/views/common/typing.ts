// Puts text into a field as if it had been typed: the browser's own undo takes it back.

export function typeInto(field: HTMLTextAreaElement | HTMLInputElement, from: number, to: number, text: string): void {
  field.focus();
  field.setSelectionRange(from, to);
  // The only way that keeps the history of a field; browsers have no other, deprecated or not.
  if (document.execCommand("insertText", false, text)) return;
  field.setRangeText(text, from, to, "end");
  field.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
