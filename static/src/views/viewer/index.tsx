// One file at a time over everything, and the chat's other photos beside it.

import "./viewer.css";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { IconButton } from "../common/button.tsx";
import { useModal } from "../common/dialog.tsx";
import type { OverlayProps } from "../common/layers.ts";
import { useKey, useModel, useWords } from "../hooks/context.ts";
import { type Viewing, viewing } from "./open.ts";

export default function Viewer({ onClose }: OverlayProps) {
  const asked = viewing.value;
  return asked && <Shown key={asked} asked={asked} onClose={onClose} />;
}

function Shown({ asked, onClose }: { asked: Viewing; onClose: () => void }) {
  const { t } = useWords();
  const box = useRef<HTMLDialogElement>(null);
  const [index, setIndex] = useState(asked.index);
  useModal(box);
  const close = useCover(onClose);
  const group = "keys.viewer";
  const step = (by: number) => (): void => setIndex(Math.max(0, Math.min(asked.files.length - 1, index + by)));
  useKey({ combo: "escape", name: "keys.close", group, whenTyping: true, when: () => true, run: close });
  useKey({ combo: "arrowleft", name: "viewer.previous", group, when: () => true, run: step(-1) });
  useKey({ combo: "arrowright", name: "viewer.next", group, when: () => true, run: step(1) });
  const file = asked.files[index];
  return (
    <dialog ref={box} class="viewer" aria-label={file?.name} onCancel={(event) => event.preventDefault()}>
      <IconButton icon="close" label={t("app.close")} onClick={close} />
      {file && <img class="viewer-picture" src={file.url ?? `/api/v1/files/${file.id}/preview?size=1600`} alt={file.name} />}
    </dialog>
  );
}

/** Back closes it, and closing it goes back: one step of the browser's. */
function useCover(onClose: () => void): () => void {
  const { router } = useModel();
  const covered = router.covered.value;
  const shown = useRef(false);
  useLayoutEffect(() => router.cover(), [router]);
  useEffect(() => {
    if (shown.current && !covered) onClose();
    shown.current = covered;
  }, [covered]);
  return () => router.back();
}
