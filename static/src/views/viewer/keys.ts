// The viewer's keys, as long as nothing is open over it.

import type { ReadonlySignal } from "@preact/signals";
import type { Key } from "../../lib/locale.ts";
import { useLayers } from "../common/layers.ts";
import { useKey, useWords } from "../hooks/context.ts";
import { isPhoto } from "../files/shown.ts";
import { copyPicture } from "./copy.ts";
import { save } from "./pages.ts";
import type { ViewerState } from "./state.ts";

export function useViewerKeys(state: ViewerState, depth: ReadonlySignal<number>): void {
  const layers = useLayers();
  const copy = useCopy(state);
  const when = (): boolean => layers.dialogs.peek() === depth.peek();
  const key = (combo: string, name: Key, run: () => void): void =>
    useKey({ combo, name, group: "keys.viewer", when, run });
  key("arrowleft", "viewer.previous", () => state.step("older"));
  key("arrowright", "viewer.next", () => state.step("newer"));
  key("home", "viewer.first", () => state.toEnd(false));
  key("end", "viewer.last", () => state.toEnd(true));
  key("+", "viewer.nearer", () => state.stage?.zoomIn());
  key("=", "viewer.nearer", () => state.stage?.zoomIn());
  key("-", "viewer.farther", () => state.stage?.zoomOut());
  key("0", "viewer.fit", () => state.stage?.zoomOff());
  key("r", "viewer.turn", () => state.stage?.turn());
  key("space", "viewer.play", () => state.stage?.play());
  key("s", "files.save", () => saveShown(state));
  key("ctrl+s", "files.save", () => saveShown(state));
  key("c", "app.copy", copy);
  key("g", "filespanel.go", () => state.leave());
  useKey({ combo: "escape", name: "keys.close", group: "keys.viewer" });
}

export function saveShown(state: ViewerState): void {
  const item = state.item.peek();
  if (item !== null && item.gone === undefined) save(item.file);
}

/** Copies the picture, and says so. */
export function useCopy(state: ViewerState): () => void {
  const { toast } = useLayers();
  const { t } = useWords();
  return () => {
    const item = state.item.peek();
    if (item === null || item.gone !== undefined || !isPhoto(item.file)) return;
    copyPicture(item.file).then(
      () => toast(t("app.copied")),
      () => toast({ text: t("viewer.copy_failed"), kind: "error" }),
    );
  };
}
