// Files that are dropped or pasted where nothing takes them: said, and the app stays on the screen.

import { isField } from "../lib/keys.ts";
import type { Layers } from "../views/common/layers.ts";
import type { Words } from "../lib/locale.ts";

export function watchStrayFiles({ toast }: Layers, { t }: Words): () => void {
  const end = new AbortController();
  const { signal } = end;
  const over = (event: DragEvent): void => {
    if (!strays(event)) return;
    event.preventDefault();
    if (event.dataTransfer !== null) event.dataTransfer.dropEffect = "none";
  };
  addEventListener("dragenter", over, { signal });
  addEventListener("dragover", over, { signal });
  addEventListener(
    "drop",
    (event) => {
      if (!strays(event)) return;
      // A browser would open it instead of the app.
      event.preventDefault();
      if (hasFiles(event.dataTransfer)) toast(t("app.no_files"));
    },
    { signal },
  );
  addEventListener(
    "paste",
    (event) => {
      const given = event.clipboardData;
      // A table or a page has its words beside its picture: those are pasted.
      if (event.defaultPrevented || !hasFiles(given) || given?.types.includes("text/plain")) return;
      event.preventDefault();
      toast(t("app.no_files"));
    },
    { signal },
  );
  return () => end.abort();
}

/** What nobody took, and a field would not: text may be dropped into one. */
function strays(event: DragEvent): boolean {
  if (event.defaultPrevented) return false;
  return hasFiles(event.dataTransfer) || !isField(event.target);
}

function hasFiles(data: DataTransfer | null): boolean {
  return data !== null && (data.types.includes("Files") || data.files.length > 0);
}
