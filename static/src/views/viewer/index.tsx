// One file at a time over everything, and the chat's other photos beside it.

import "./viewer.css";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { IconButton } from "../common/button.tsx";
import { cancelled, useEscape, useModal } from "../common/dialog.tsx";
import { type OverlayProps, useLayers } from "../common/layers.ts";
import { Tips } from "../common/tips.tsx";
import { Toasts } from "../common/toasts.tsx";
import { useConnected } from "../hooks/connected.ts";
import { useAccount, useModel, useWords } from "../hooks/context.ts";
import { useCover } from "../hooks/cover.ts";
import type { Message, Task } from "../../models/types.ts";
import { Bar } from "./bar.tsx";
import { Caption } from "./caption.tsx";
import { insteadOf } from "./instead.tsx";
import { useViewerKeys } from "./keys.ts";
import { type Viewing, viewing } from "./open.ts";
import { Stage } from "./stage.ts";
import { ViewerState } from "./state.ts";

export default function Viewer({ onClose }: OverlayProps) {
  const asked = viewing.value;
  return asked && <Shown key={asked} asked={asked} onClose={onClose} />;
}

function Shown({ asked, onClose }: { asked: Viewing; onClose: () => void }) {
  const { router } = useModel();
  const account = useAccount();
  const words = useWords();
  const { t } = words;
  const layers = useLayers();
  const box = useRef<HTMLDialogElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const state = useMemo(() => new ViewerState(asked, account, router), [asked, account, router]);
  const depth = useModal(box);
  useCover(onClose);
  const back = (): void => router.back();
  useLayoutEffect(() => {
    if (place.current === null) return;
    // Else the first button has it, and Enter presses that.
    box.current?.focus();
    const stage = new Stage(place.current, state.strip.items, state.strip.index, {
      onChange: state.moved,
      onZoom: state.nearer,
      onTap: () => (state.bare.value = !state.bare.peek()),
      onClosed: back,
      instead: (item) => insteadOf(item, words, () => state.retry(item)),
    });
    state.stage = stage;
    state.grow();
    return () => {
      state.stage = null;
      stage.end();
    };
  }, [state]);
  const close = (): void => state.stage?.close();
  useEscape(depth, close);
  useViewerKeys(state, depth);
  useLosses(state);
  useConnected(() => state.retryAll());
  return (
    <dialog
      ref={box}
      class={`viewer ${state.bare.value ? "viewer-bare" : ""}`}
      aria-label={t("keys.viewer")}
      tabIndex={-1}
      onCancel={cancelled(close)}
    >
      <div ref={place} class="viewer-place" />
      <Bar state={state} onClose={close} />
      <IconButton
        class="viewer-step viewer-previous"
        icon="back"
        label={t("viewer.previous")}
        keys="arrowleft"
        disabled={state.isEnd("older")}
        onClick={() => state.step("older")}
      />
      <IconButton
        class="viewer-step viewer-next"
        icon="back"
        label={t("viewer.next")}
        keys="arrowright"
        disabled={state.isEnd("newer")}
        onClick={() => state.step("newer")}
      />
      <Caption state={state} />
      {layers.dialogs.value === depth.value && <Toasts />}
      <Tips />
    </dialog>
  );
}

/** What was deleted, or taken out of its message or off its card, is not looked at any longer; nor is a chat one has left. */
function useLosses(state: ViewerState): void {
  const { chats } = useAccount();
  const item = state.item.value;
  const message = state.message.value;
  const chat_id = item?.chat_id ?? null;
  const left = chat_id !== null && chats.complete.value && chats.of(chat_id).value === null;
  const task = state.task.value;
  const known = useRef<Task | null>(null);
  const gone = task === null && known.current !== null && known.current.id === item?.task_id;
  if (task !== null) known.current = task;
  const has = ({ files }: Message | Task): boolean => files.some(({ id }) => id === item?.file.id);
  const deleted = gone || (message !== null && !has(message)) || (task !== null && !has(task));
  useEffect(() => {
    if (item === null || !(left || deleted)) return;
    state.lose(item, left ? "left" : "deleted");
  }, [state, item, left, deleted]);
}
