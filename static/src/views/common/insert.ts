// Text put into a field as if it had been typed: the browser's own undo takes it back.

type TextField = HTMLTextAreaElement | HTMLInputElement;

/** Put `text` in place of what is from `start` to `end`; what is then selected counts from `start`. */
export function typeInto(
  field: TextField,
  { start, end, text, selected }: { start: number; end: number; text: string; selected: [number, number] },
): void {
  field.focus();
  field.setSelectionRange(start, end);
  const command = text === "" ? "delete" : "insertText";
  // Deprecated, and the only way that the undo of browsers knows.
  if (!(start === end && text === "") && !document.execCommand(command, false, text)) {
    field.setRangeText(text, start, end, "end");
    field.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  }
  field.setSelectionRange(start + selected[0], start + selected[1]);
}
