// The microphone of the composer: where Send is while nothing is written. What was recorded and not sent
// waits here, too, so that one may listen to it first.

import "./voice.css";
import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { filesOf } from "../../models/uploads/files.ts";
import { IconButton } from "../common/index.ts";
import { lazy } from "../common/lazy.tsx";
import { useAccount, useWords } from "../hooks/context.ts";
import type { ChatState } from "./state.ts";
import { Hold } from "./voice-hold.ts";
import type { VoiceStripProps } from "./voice-strip.tsx";

const Strip = lazy<VoiceStripProps>(() => import("./voice-strip.tsx"));

export interface VoiceProps {
  state: ChatState;
  /** Nothing is written, and nothing else is to be sent. */
  free: boolean;
  /** What stands here otherwise. */
  children: ComponentChildren;
}

/** The microphone comes where the button that sends was: a press so soon is the second of a double click. */
const DOUBLE_MS = 400;

/** Whether this browser records at all. */
const records = (): boolean => "MediaRecorder" in window && "AudioContext" in window;

export function Voice({ state, free, children }: VoiceProps) {
  const account = useAccount();
  const where = `voice.${state.chat_id}`;
  const kept = useMemo(() => filesOf(account).tray(where), [account, where]).files.value[0] ?? null;
  const [begun, setBegun] = useState<{ hold: Hold | null } | null>(null);
  const held = begun?.hold?.hand.value === "held";
  const shown = begun !== null || kept !== null;
  const since = useSince(free);
  const begin = (hold: Hold | null): void => {
    if (performance.now() - since > DOUBLE_MS) setBegun({ hold });
  };
  return (
    <>
      {shown && <Strip {...{ state, where, kept, begun }} onEnd={() => setBegun(null)} />}
      {(free || held) && records() ? <Mic held={held} onBegin={begin} /> : children}
    </>
  );
}

/** When it became so while one was here. */
function useSince(now: boolean): number {
  const seen = useRef({ now, since: -Infinity });
  if (seen.current.now !== now) seen.current = { now, since: performance.now() };
  return seen.current.since;
}

function Mic({ held, onBegin }: { held: boolean; onBegin: (hold: Hold | null) => void }) {
  const { t } = useWords();
  return (
    <IconButton
      class={`voice-mic ${held ? "voice-mic-held" : ""}`}
      icon="mic"
      label={t("voice.record")}
      onPointerDown={(event) => event.pointerType === "touch" && onBegin(new Hold(event))}
      // A finger's press was heard already.
      onClick={(event) => (event as unknown as PointerEvent).pointerType !== "touch" && onBegin(null)}
      // A long press is no question to the browser.
      onContextMenu={(event) => event.preventDefault()}
    />
  );
}
