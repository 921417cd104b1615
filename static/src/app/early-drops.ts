// Files dropped before `incoming` is there: a browser would show the file in the page's place.

const guard = new AbortController();

/** Refuse them, until `letIn`. */
export function keepOut(): void {
  const { signal } = guard;
  for (const type of ["dragover", "drop"] as const) addEventListener(type, refuse, { signal });
}

/** From here on others see to it; they leave alone what is refused already. */
export function letIn(): void {
  guard.abort();
}

function refuse(event: DragEvent): void {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = "none";
}
