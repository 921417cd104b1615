// What can be done with the chosen messages, in the place of the composer.

import "./selection-bar.css";
import { useLayoutEffect, useRef } from "preact/hooks";
import { nothingOver } from "../common/layers.ts";
import { Button, IconButton } from "../common/index.ts";
import { useBreakpoint } from "../hooks/breakpoint.ts";
import { useKey, useModel, useWords } from "../hooks/context.ts";
import { useCover } from "../hooks/cover.ts";
import { useSelectionActions } from "./selection-actions.ts";
import type { ChatState } from "./state.ts";

export default function SelectionBar({ state }: { state: ChatState }) {
  const { router } = useModel();
  const { t } = useWords();
  const { selection } = state;
  const actions = useSelectionActions(state);
  const clear = (): void => selection.clear();
  // On a phone it is left by back as well, with the chat where it was.
  const over = useBreakpoint() === "phone";
  useCover(clear, { over });
  const leave = over ? (): void => router.back() : clear;
  const bar = useRef<HTMLDivElement>(null);
  // The field that had the focus is covered; a message keeps it.
  useLayoutEffect(() => {
    if (document.activeElement?.closest(".feed") === null) bar.current?.querySelector("button")?.focus();
  }, []);
  useKey({
    combo: "escape",
    name: "keys.unselect",
    group: "keys.message",
    whenTyping: true,
    when: nothingOver,
    run: leave,
  });
  return (
    <div class="selection-bar" role="toolbar" aria-label={t("chat.selection")} ref={bar}>
      <IconButton icon="close" label={t("app.cancel")} keys="escape" onClick={leave} />
      <span class="selection-bar-count number" role="status">
        {t("chat.selected", { count: selection.count.value })}
      </span>
      <IconButton icon="copy" label={t("chat.copy_text")} keys="c" onClick={actions.copy} />
      <IconButton icon="trash" label={t("app.delete")} keys="delete" disabled={!actions.mayRemove()} onClick={actions.remove} />
      <Button kind="main" icon="forward" onClick={actions.forward}>
        {t("chat.forward")}
      </Button>
    </div>
  );
}
