// The switcher: Ctrl+K, a few letters, Enter.

import "./switcher.css";
import "../common/more-icons.ts";
import { useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Dialog } from "../common/dialog.tsx";
import type { OverlayProps } from "../common/layers.ts";
import { FinderOfAll } from "./finder.tsx";

export default function Switcher({ onClose }: OverlayProps) {
  const { t } = useWords();
  const [typed, setTyped] = useState("");
  return (
    <Dialog class="switcher" title={t("switcher.title")} size="medium" bare full onClose={onClose}>
      <FinderOfAll typed={typed} onType={setTyped} onDone={onClose} onClose={onClose} />
    </Dialog>
  );
}
