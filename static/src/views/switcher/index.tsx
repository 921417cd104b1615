// The switcher: Ctrl+K, a few letters, Enter.

import "./switcher.css";
import { useState } from "preact/hooks";
import { useWords } from "../hooks/context.ts";
import { Dialog } from "../common/dialog.tsx";
import { useLayers } from "../common/layers.ts";
import { Finder } from "./finder.tsx";

export default function Switcher() {
  const { t } = useWords();
  const { show } = useLayers();
  const [typed, setTyped] = useState("");
  const close = (): void => show(null);
  return (
    <Dialog class="switcher" title={t("switcher.title")} size="medium" bare full onClose={close}>
      <Finder typed={typed} onType={setTyped} onDone={close} onClose={close} />
    </Dialog>
  );
}
